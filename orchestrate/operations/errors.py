"""What keeps an operation from being done."""


class OperationError(Exception):
    """Says what is wrong and what to do."""
