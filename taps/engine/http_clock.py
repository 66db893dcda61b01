"""The time that waits and limits go by; replaced in tests so that they need not wait."""

import threading
import time
from datetime import UTC, datetime


class StopRequested(Exception):
    """Somebody asked the run to stop while it waited."""


class Clock:
    """Monotonic seconds, UTC now, and a wait that a stop (SIGTERM) ends at once."""

    def __init__(self) -> None:
        self._stopped = threading.Event()

    def monotonic(self) -> float:
        """Seconds that never jump."""
        return time.monotonic()

    def now(self) -> datetime:
        """The moment in UTC as this machine has it."""
        return datetime.now(UTC)

    def wait(self, seconds: float) -> None:
        """Waits; raises `StopRequested` as soon as a stop is asked for."""
        if self._stopped.wait(max(0.0, seconds)):
            raise StopRequested

    def stop(self) -> None:
        """Ends every wait, now and later."""
        self._stopped.set()

    @property
    def stopped(self) -> bool:
        """Whether a stop was asked for."""
        return self._stopped.is_set()
