"""One transaction for everything unwritten: rows, deletions, state and ledger; afterwards the state goes out."""

from __future__ import annotations

import logging
import time
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field

from targets.loading.errors import ConversionRefusedError, StoreUnavailableError
from targets.loading.ledger import Entry, Ledger
from targets.loading.merge import Merged
from targets.loading.settings import LoadMethod, LoadSettings
from targets.loading.store import Store
from targets.loading.streams import Stream
from targets.loading.writing import Writer, make_careful

_RECONNECT_AFTER = (0.5, 1, 2, 4, 8, 16)


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

    def __post_init__(self) -> None:
        self.writer = Writer(self.store, self.settings)

    @property
    def holds_state(self) -> bool:
        """With overwrite nothing is true before the end."""
        return self.settings.load_method is LoadMethod.OVERWRITE

    def open_ledger(self, pipeline: str) -> None:
        """Starts the ledger of this run, once."""
        if self.ledger is None:
            self.ledger = Ledger(self.store, self.settings.pipeline_id or pipeline, self.run_id, time.time_ns())

    def drain(self, *, final: bool = False) -> None:
        """Commits rows, operations and state together, then emits the state."""
        full = [stream for stream in self.streams.values() if stream.batch.lines]
        state = self.state if final or not self.holds_state else None
        if not full and not self.operations and state is None:
            return
        self.number += 1
        merged = self._commit(full, state)
        for stream, counts in zip(full, merged, strict=True):
            stream.report.written += counts.written
            stream.report.deleted += counts.deleted
        for stream in self.streams.values():
            stream.committed()
        self.operations.clear()
        if state is not None:
            self.state = None
            self.emit(state)
            if self.ledger is not None and self.ledger.unconfirmed:
                self.ledger.confirm(self.number)

    def confirm_everything(self) -> None:
        """Notes that nothing will come again: a tap without states has come to its end."""
        if self.ledger is not None:
            self.ledger.confirm(None)

    def _commit(self, full: list[Stream], state: bytes | None) -> list[Merged]:
        waits = iter(_RECONNECT_AFTER)
        while True:
            try:
                return self._attempt(full, state)
            except ConversionRefusedError:
                changed = [make_careful(stream.batch) for stream in full]
                if not any(changed):
                    raise
            except StoreUnavailableError as error:
                if (wait := next(waits, None)) is None:
                    raise
                self.log.warning("%s; trying again in %s s", error, wait)
                time.sleep(wait)
                if (found := self._already_there(full)) is not None:
                    return found

    def _already_there(self, full: list[Stream]) -> list[Merged] | None:
        try:
            self.store.reconnect()
            if self.ledger is None or not self.ledger.holds(self.number):
                return None
        except StoreUnavailableError:
            return None
        return [Merged(len(stream.batch.lines), 0) for stream in full]

    def _attempt(self, full: list[Stream], state: bytes | None) -> list[Merged]:
        with self.store.transaction():
            self.store.lock_tables([stream.batch.plan.table for stream in self.streams.values()])
            merged = [self.writer.write(stream.batch, stream.version) for stream in full]
            for operation in self.operations:
                operation()
            if self.ledger is not None:
                passed = [segment for stream in self.streams.values() for segment in stream.passed()]
                self.ledger.write(self.number, self._entries(full), passed, state)
        return merged

    def _entries(self, full: list[Stream]) -> list[Entry]:
        """Merged rows are noted for the record, added ones with what recognises them."""
        entries = []
        for stream in self.streams.values():
            name = stream.declared.stream
            if stream in full and not stream.adds_rows(self.settings.load_method):
                entries.append(Entry(name, 0, len(stream.batch.lines)))
            for part, rows in enumerate((stream.before_state, stream.after_state)):
                if rows:
                    entries.append(Entry(name, part, len(rows), rows))
        return entries
