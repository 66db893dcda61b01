"""What every run of a tap has, whatever it reads: the way out, the state, and what became of each stream."""

import threading
import time
from collections.abc import Iterable
from dataclasses import dataclass, field

from taps.engine.errors import TapError
from taps.engine.state import State
from taps.engine.writer import Writer


@dataclass
class Outcome:
    """What became of a stream: `error` for a failed one, `refused` where the login may not read (part of) it."""

    error: TapError | None = None
    refused: TapError | None = None
    skipped: int = 0


@dataclass(kw_only=True)
class TapRun:
    """One run: its switches and its results."""

    writer: Writer
    state: State
    first_page_only: bool = False
    outcomes: dict[str, Outcome] = field(default_factory=dict)
    stop: threading.Event = field(default_factory=threading.Event)
    version: int = field(default_factory=lambda: int(time.time() * 1000))

    def __post_init__(self) -> None:
        self._lock = threading.Lock()

    def outcome(self, name: str) -> Outcome:
        """The outcome of a stream so far."""
        with self._lock:
            return self.outcomes.setdefault(name, Outcome())

    def interrupt(self) -> None:
        """Lets whatever waits for the source wait no longer."""

    def metrics(self) -> Iterable[str]:
        """What reading cost, a line for the log each, where the kind of source can say."""
        return ()
