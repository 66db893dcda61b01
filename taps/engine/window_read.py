"""Reads windows of time side by side, and tells how far they are complete."""

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from taps.engine import one_reading, side_by_side
from taps.engine.answers import value_of
from taps.engine.cursor import Cursor
from taps.engine.errors import BadAnswer, Restart, TooBig
from taps.engine.manifest import Stream
from taps.engine.nodes import Node
from taps.engine.reading import refers, scope_of
from taps.engine.records import Row
from taps.engine.run import Run
from taps.engine.windows import Window, render, scope, unit_of
from taps.engine.writer import extraction_time

RESTARTS = 3
TELL_EVERY = 5.0
"""Seconds between two announcements of replaced windows; the bookmark waits for them."""


@dataclass
class Frontier:
    """The windows of one reading: those finished that follow each other from the first are complete."""

    run: Run
    node: Node
    found: list[Window]
    down: Row
    zone: str | None
    done: Callable[[datetime], None]
    finished: set[int] = field(default_factory=set)
    edge: int = 0
    told: int = 0
    began: datetime = field(default_factory=extraction_time)

    def __post_init__(self) -> None:
        self._lock = threading.Lock()
        self._told_at = time.monotonic()

    def finish(self, index: int) -> None:
        """One more window is read."""
        with self._lock:
            self.finished.add(index)
            while self.edge in self.finished:
                self.edge += 1
            replaces = self.node.stream.deletes == "window"
            if not replaces or time.monotonic() - self._told_at > TELL_EVERY:
                self._tell()
        self.run.writer.write_state()

    def end(self) -> None:
        """No window follows: tells what was not told yet."""
        with self._lock:
            self._tell()

    def _tell(self) -> None:
        if self.edge == self.told:
            return
        if self.node.stream.deletes == "window":
            self._replace(Window(self.found[self.told].start, self.found[self.edge - 1].end))
        self.told, self._told_at = self.edge, time.monotonic()
        self.done(self.found[self.edge - 1].end)

    def _replace(self, window: Window) -> None:
        cursor = self.node.stream.cursor
        assert isinstance(cursor, Cursor)
        kind = self.node.columns[cursor.field or ""].kind
        is_day = kind == "date"
        last = window.end - timedelta(days=1) if is_day else window.end
        form = kind if kind in {"date", "epoch", "epoch_ms"} else "datetime"
        bounds = {"field": cursor.field or "", "includes": "both" if is_day else "from"}
        bounds["until"] = render(last, form, self.zone)
        if window.start is not None:
            bounds["from"] = render(window.start, form, self.zone)
        where = {name: value_of(value) for name, value in one_reading.of_key(self.node.stream, self.down).items()}
        self.run.replaced(self.node, where, self.began, bounds)


@dataclass(frozen=True)
class Reading:
    """What all windows of a reading have in common."""

    run: Run
    node: Node
    words: Stream
    more: dict[str, Any]
    down: Row


def read_windows(
    reading: Reading, found: list[Window], *, done: Callable[[datetime], None],
    progress: Callable[[Any], None] | None = None,
) -> None:  # fmt: skip
    """Reads windows side by side; `done` is called with the end of what is complete, in order."""
    run, node = reading.run, reading.node
    cursor = node.stream.cursor
    assert isinstance(cursor, Cursor)
    zone = run.connection.zone(cursor.zone, scope_of(run, node, node.stream, **reading.more))
    frontier = Frontier(run, node, found, reading.down, zone, done)

    def one(index: int) -> None:
        read_window(reading, found[index], zone, progress=progress if index == 0 else None)
        frontier.finish(index)

    at_once = 1 if run.first_page_only else min(run.max_concurrency, len(found))
    try:
        side_by_side.each([partial(one, index) for index in range(len(found))], at_once)
    finally:
        frontier.end()


def read_window(
    reading: Reading, window: Window, zone: str | None, *, progress: Callable[[Any], None] | None = None,
    tries: int = 0,
) -> None:  # fmt: skip
    """Reads one window whole; halves it where it holds too much, begins again where the vendor says so."""
    run, node, words = reading.run, reading.node, reading.words
    cursor = node.stream.cursor
    assert isinstance(cursor, Cursor)
    run.check_stopped()
    asked = scope_of(run, node, words, window=scope(window, cursor, zone), **reading.more)
    lower = None if cursor.filter == "vendor" else window.start
    upper = None if refers(run, words, "window.end") else run.end
    try:
        one_reading.read_once(run, node, words, asked, reading.down, lower=lower, upper=upper, progress=progress)
    except TooBig as full:
        halves = window.halves(unit_of(cursor)) if refers(run, words, "window") else None
        if halves is None:
            what = f"{full.what}, and the window cannot be made shorter"
            raise BadAnswer(what, platform=run.connection.platform, stream=node.name) from None
        for half in halves:
            read_window(reading, half, zone)
    except Restart:
        if tries >= RESTARTS:
            raise
        read_window(reading, window, zone, tries=tries + 1)
