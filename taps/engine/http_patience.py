"""How long one request is tried again: budgets in seconds, not tries, and full jitter between tries."""

import backoff

from taps.engine.http_clock import Clock

_FIRST = 0.5
_LONGEST_STEP = 60.0
_BAD_BODIES = 5


class Budget:
    """Time for one kind of trouble, counted from its first appearance; waits double with full jitter."""

    def __init__(self, seconds: float, clock: Clock) -> None:
        self.seconds, self._clock = seconds, clock
        self._since: float | None = None
        self._steps = backoff.expo(base=2, factor=_FIRST, max_value=_LONGEST_STEP)
        next(self._steps)
        self.tries = 0

    @property
    def spent(self) -> float:
        """Seconds since the trouble began."""
        return 0.0 if self._since is None else self._clock.monotonic() - self._since

    def next_wait(self, said: float | None = None, seconds: float | None = None) -> float | None:
        """Seconds to wait before the next try, at least what the vendor said; None where the budget is over."""
        if self._since is None:
            self._since = self._clock.monotonic()
        self.tries += 1
        step = backoff.full_jitter(next(self._steps))
        wait = said if said else step
        return None if self.spent + wait > (self.seconds if seconds is None else seconds) else wait


class Patience:
    """The budgets of one request: for limits, for faults, and for answers that are not what was promised."""

    def __init__(self, *, faults: float, limits: float, clock: Clock) -> None:
        self.faults = Budget(faults, clock)
        self.limits = Budget(limits, clock)
        self.bodies = Budget(faults, clock)
        self.renewed = False

    def next_body(self) -> float | None:
        """As `Budget.next_wait`, for a wrong body: five answers of the kind are enough to believe it."""
        wait = self.bodies.next_wait()
        return None if self.bodies.tries >= _BAD_BODIES else wait
