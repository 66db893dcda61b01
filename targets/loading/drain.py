"""One transaction for everything unwritten: rows, deletions, state and ledger; afterwards the state goes out."""

from __future__ import annotations

import contextlib
import logging
import time
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import TypeVar

from targets.loading.errors import ConversionRefusedError, RowTooWideError, StoreUnavailableError
from targets.loading.ledger import KEPT_ROWS, Entry, Ledger
from targets.loading.merge import Merged
from targets.loading.narrow import make_narrow
from targets.loading.settings import LoadMethod, LoadSettings
from targets.loading.store import Store
from targets.loading.streams import Stream
from targets.loading.writing import Writer, make_careful

T = TypeVar("T")
_RECONNECT_AFTER = (0.5, 1, 2, 4, 8, 16)


def _waits() -> Iterator[float]:
    """How long to wait before each try; however long the tries take, none begins when their time is over."""
    end = time.monotonic() + sum(_RECONNECT_AFTER)
    for wait in _RECONNECT_AFTER:
        if time.monotonic() >= end:
            return
        yield wait


@dataclass(slots=True)
class Drain:
    """Commits what was received, and remembers what is still to be committed."""

    store: Store
    settings: LoadSettings
    emit: Callable[[bytes], None]
    log: logging.Logger
    streams: dict[str, Stream]
    state: bytes | None = None
    operations: list[Callable[[], None]] = field(default_factory=list)
    run_id: str = field(default_factory=lambda: uuid.uuid4().hex)
    number: int = 0
    ledger: Ledger | None = None
    writer: Writer = field(init=False)
    writing: Stream | None = None

    def __post_init__(self) -> None:
        self.writer = Writer(self.store, self.settings)

    @property
    def holds_state(self) -> bool:
        """With overwrite nothing is true before the end."""
        return self.settings.load_method is LoadMethod.OVERWRITE

    def open_ledger(self, pipeline: str, *, tells_end: bool) -> None:
        """Starts the ledger of this run, once."""
        if self.ledger is None:
            name = self.settings.pipeline_id or pipeline
            self.ledger = Ledger(self.store, name, self.run_id, time.time_ns(), KEPT_ROWS if tells_end else 0)

    def drain(self, *, final: bool = False) -> None:
        """Commits rows, operations and state together, then emits the state."""
        full = [stream for stream in self.streams.values() if stream.batch.rows]
        state = self.state if final or not self.holds_state else None
        if not full and not self.operations and state is None:
            return
        self.number += 1
        merged = self._commit(full, state, last=final)
        for stream, counts in zip(full, merged, strict=True):
            stream.report.written += counts.written
            stream.report.deleted += counts.deleted
        for stream in self.streams.values():
            stream.committed()
        self.operations.clear()
        if state is not None:
            self.state = None
            self.emit(state)
            self._confirm(self.number)

    def confirm_everything(self) -> None:
        """Notes that nothing will come again: the tap has come to its end."""
        self._confirm(None)

    def _confirm(self, batch: int | None) -> None:
        """Noted too late is no harm: the next batch finds the connection lost and makes it again."""
        if self.ledger is not None and (batch is None or self.ledger.unconfirmed):
            with contextlib.suppress(StoreUnavailableError):
                self.ledger.confirm(batch)

    def again(self, work: Callable[[], T]) -> T:
        """Does what can be repeated, over a new connection where the old one is lost."""
        waits = _waits()
        while True:
            try:
                return work()
            except StoreUnavailableError as error:
                self._reconnect(error, next(waits, None))

    def _reconnect(self, error: StoreUnavailableError, wait: float | None) -> None:
        if wait is None:
            raise error
        self.log.warning("%s; trying again in %s s", error, wait)
        time.sleep(wait)
        with contextlib.suppress(StoreUnavailableError):
            self.store.reconnect()

    def _commit(self, full: list[Stream], state: bytes | None, *, last: bool) -> list[Merged]:
        waits = _waits()
        while True:
            try:
                return self._attempt(full, state, last=last)
            except ConversionRefusedError as refused:
                if not self._mended(refused):
                    raise
            except StoreUnavailableError as error:
                self._reconnect(error, next(waits, None))
                if (found := self._already_there(full)) is not None:
                    return found

    def _mended(self, refused: ConversionRefusedError) -> bool:
        """Whether lines that the store refused can be tried again, read value by value."""
        if (stream := self.writing) is None:
            return False
        changes = make_careful(stream.batch, strict=self.settings.validate_records)
        stream.report.changes.update(changes or ())
        if not isinstance(refused, RowTooWideError):
            return changes is not None
        moved = make_narrow(stream.batch)
        stream.report.changes.update(moved)
        return bool(moved)

    def _already_there(self, full: list[Stream]) -> list[Merged] | None:
        try:
            if self.ledger is None or not self.ledger.holds(self.number):
                return None
        except StoreUnavailableError:
            return None
        return [Merged(stream.batch.rows, 0) for stream in full]

    def _attempt(self, full: list[Stream], state: bytes | None, *, last: bool) -> list[Merged]:
        with self.store.transaction(last=last):
            self.store.lock_tables([stream.batch.plan.table for stream in self.streams.values()])
            merged = [self._write(stream) for stream in full]
            for operation in self.operations:
                operation()
            if self.ledger is not None:
                passed = [segment for stream in self.streams.values() for segment in stream.passed()]
                self.ledger.write(self.number, self._entries(full), passed, state)
        return merged

    def _write(self, stream: Stream) -> Merged:
        self.writing = stream
        merged = self.writer.write(stream.batch, stream.version)
        self.writing = None
        return merged

    def _entries(self, full: list[Stream]) -> list[Entry]:
        """Merged rows are noted for the record, added ones with what recognises them."""
        entries = []
        for stream in self.streams.values():
            name = stream.declared.stream
            if stream in full and not stream.adds_rows(self.settings.load_method):
                entries.append(Entry(name, 0, stream.batch.rows))
            for part, rows in enumerate((stream.before_state, stream.after_state)):
                if rows:
                    entries.append(Entry(name, part, len(rows), rows))
        return entries
