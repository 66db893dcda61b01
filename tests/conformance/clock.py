"""Time that passes only by waiting: every wait of the engine ends at once and is counted."""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any
from unittest import mock

from taps.engine.http_clock import Clock
from taps.engine.outcomes import TapRun
from taps.engine.writer import Writer

START = datetime(2026, 6, 1, 6, 30, tzinfo=UTC)
"""The present of every pretend vendor when its first run begins."""


class VirtualTime:
    """Seconds since the start. Threads that wait side by side wait the same seconds.

    Waits make no difference to the present, so that what is asked for does not depend on who waited first.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._own = threading.local()
        self.passed = 0.0
        self.between = timedelta()
        self.waits: list[float] = []

    def monotonic(self) -> float:
        """Seconds that never jump."""
        return 1_000.0 + self.passed

    def own(self) -> float:
        """Seconds that pass by this thread's waits alone: what one waits for a turn makes no other's request late."""
        return float(getattr(self._own, "passed", 0.0))

    def now(self) -> datetime:
        """The present in UTC."""
        return START + self.between

    def wait(self, seconds: float) -> None:
        """Lets time pass."""
        if seconds <= 0:
            return
        until = self.passed + seconds
        self._own.passed = self.own() + seconds
        with self._lock:
            self.waits.append(seconds)
            self.passed = max(self.passed, until)

    def advance(self, **spans: float) -> None:
        """Time between two runs."""
        self.between += timedelta(**spans)
        self.passed += timedelta(**spans).total_seconds()


class _InstantEvent(threading.Event):
    """An event whose waits pass in virtual time."""

    def __init__(self, virtual: VirtualTime) -> None:
        super().__init__()
        self._virtual = virtual

    def wait(self, timeout: float | None = None) -> bool:
        if timeout and not self.is_set():
            self._virtual.wait(timeout)
        return self.is_set() if timeout is not None else super().wait()


class _Module:
    """Stands in for the module `time` where the engine counts a deadline."""

    def __init__(self, monotonic: Callable[[], float]) -> None:
        self.monotonic = monotonic
        self.time = time.time


def _present(virtual: VirtualTime) -> type[datetime]:
    class Present(datetime):
        @classmethod
        def now(cls, tz: Any = None) -> datetime:
            return virtual.now().astimezone(tz)

    return Present


@contextmanager
def virtual_time() -> Iterator[VirtualTime]:
    """Replaces the engine's clock, its deadlines and the pauses between the polls of an export."""
    virtual = VirtualTime()
    made, written = TapRun.__post_init__, Writer.__init__

    def prepared(run: Any) -> None:
        made(run)
        run.stop = _InstantEvent(virtual)

    def eager(writer: Writer, *args: Any, **kwargs: Any) -> None:
        written(writer, *args, **kwargs)
        writer._state_every = 0.0

    def wait(clock: Clock, seconds: float) -> None:
        from taps.engine.http_clock import StopRequested

        if clock.stopped:
            raise StopRequested
        virtual.wait(seconds)

    with (
        mock.patch.object(Clock, "monotonic", lambda _: virtual.monotonic()),
        mock.patch.object(Clock, "now", lambda _: virtual.now()),
        mock.patch.object(Clock, "wait", wait),
        mock.patch("taps.engine.run.datetime", _present(virtual)),
        mock.patch("taps.engine.job_run.time", _Module(virtual.monotonic)),
        mock.patch("taps.engine.deadline.time", _Module(virtual.own)),
        mock.patch.object(TapRun, "__post_init__", prepared),
        mock.patch.object(Writer, "__init__", eager),
    ):
        yield virtual
