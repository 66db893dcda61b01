"""Why a decision cannot be taken; each says what to do."""


class DecisionRefusedError(Exception):
    """What was decided cannot be obeyed."""


class NoDecisionError(DecisionRefusedError):
    """There is no such decision, pair, customer or finding."""
