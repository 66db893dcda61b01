"""Takes Singer messages line by line, groups records by stream and decides when to write."""

from __future__ import annotations

import logging
import time
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial
from typing import Any

import msgspec

from targets.loading import replacing, tables
from targets.loading.batch import Batch, careful_line
from targets.loading.batch_files import read_batch_files
from targets.loading.careful import NeedsWiderColumnError, read_record
from targets.loading.drain import Drain
from targets.loading.errors import InputError, one_line
from targets.loading.messages import Line, extracted_at, read_line, read_message
from targets.loading.plan import Plan
from targets.loading.recall import Recall, fingerprint
from targets.loading.report import StreamReport, summary
from targets.loading.settings import LoadMethod, LoadSettings
from targets.loading.store import Store
from targets.loading.streams import Declared, Stream, read_schema, table_of
from targets.loading.values import has_long_number


@dataclass(slots=True)
class Loader:
    """Loads one run's messages; `emit` is given each state once everything before it is committed."""

    store: Store
    settings: LoadSettings
    emit: Callable[[bytes], None]
    log: logging.Logger
    streams: dict[str, Stream] = field(default_factory=dict)
    number: int = 0
    counts: Counter[str] = field(default_factory=Counter)
    unwritten_bytes: int = 0
    oldest: float | None = None
    saw_state: bool = False
    early: dict[str, Callable[[], None]] = field(default_factory=dict)
    unknown_types: set[str] = field(default_factory=set)
    drain: Drain = field(init=False)

    def __post_init__(self) -> None:
        self.drain = Drain(self.store, self.settings, self.emit, self.log, self.streams)

    def feed(self, data: bytes) -> None:
        """Takes one line. Raises InputError where the run cannot go on."""
        self.number += 1
        line = read_line(data, self.number)
        self.counts[line.envelope.type] += 1
        match line.envelope.type:
            case "RECORD":
                self._record(line)
            case "STATE":
                self._state(line)
            case "SCHEMA":
                self._schema(read_message(line, self.number))
            case "ACTIVATE_VERSION":
                self._activate_version(read_message(line, self.number))
            case "BATCH":
                self._batch(read_message(line, self.number))
            case other:
                self._unknown(other)

    def tick(self) -> None:
        """Writes what has waited long enough."""
        if self.oldest is not None and time.monotonic() - self.oldest >= self.settings.batch_wait_limit_seconds:
            self.write()

    def write(self) -> None:
        """Writes everything received so far."""
        self.drain.drain()
        self.unwritten_bytes, self.oldest = 0, None

    def finish(self, *, complete: bool) -> None:
        """Ends the run: writes what is left; `complete` only where the input ended by itself."""
        if complete:
            self.drain.operations += self.early.values()
            if self.settings.load_method is LoadMethod.OVERWRITE:
                self.drain.operations += [partial(self._replace, stream) for stream in self.streams.values()]
        self.drain.drain(final=complete)
        if complete and not self.saw_state:
            self.drain.confirm_everything()

    def reports(self) -> list[str]:
        """A line per stream."""
        tables_of = {name: stream.batch.plan.table for name, stream in self.streams.items()}
        return [
            summary(f"{tables_of[name].schema}.{tables_of[name].name}", s.report) for name, s in self.streams.items()
        ]

    def _record(self, line: Line) -> None:
        envelope = line.envelope
        stream = self.streams.get(envelope.stream or "")
        if stream is None:
            raise InputError(f"line {self.number}: a RECORD of stream {one_line(envelope.stream)!r} before its SCHEMA")
        if envelope.record is msgspec.UNSET:
            raise InputError(f"line {self.number}: stream {one_line(envelope.stream)}: a RECORD without record")
        stream.report.records += 1
        if line.changes:
            stream.report.changes.update(line.changes)
        if envelope.version != stream.version:
            if stream.batch.lines:
                self.write()
            stream.version = envelope.version
        row = fingerprint(bytes(envelope.record)) if stream.adds_rows(self.settings.load_method) else None
        if row is not None and stream.recall is not None and stream.recall.knows(row):
            stream.report.recognised += 1
            stream.after_state.append(row)
            return
        self._take(stream, line, row)

    def _take(self, stream: Stream, line: Line, row: int | None) -> None:
        record, batch = line.envelope.record, stream.batch
        assert record is not msgspec.UNSET
        data = line.data if _is_plain(batch.plan, line, record) else self._careful(stream, line, bytes(record))
        if batch.received_at is None:
            batch.received_at = datetime.now(UTC)
        batch.lines.append(data)
        if row is not None:
            stream.after_state.append(row)
        self.unwritten_bytes += len(data)
        if self.oldest is None:
            self.oldest = time.monotonic()
        if self.unwritten_bytes >= self.settings.batch_size_bytes or len(batch.lines) >= self.settings.batch_size_rows:
            self.write()

    def _careful(self, stream: Stream, line: Line, record: bytes) -> bytes:
        for _ in range(len(stream.batch.plan.columns) * 4 + 4):
            try:
                careful = read_record(record, stream.batch.plan, strict=self.settings.validate_records)
            except NeedsWiderColumnError as wider:
                self._widen(stream, wider)
                continue
            stream.report.changes.update(careful.changes)
            stream.batch.careful += 1
            stream.batch.partial |= careful.missing is not None
            return careful_line(careful, extracted_at(line), line.envelope.version)
        raise InputError(
            f"stream {one_line(stream.declared.stream)}: no column type takes its values"
        )  # pragma: no cover

    def _widen(self, stream: Stream, wider: NeedsWiderColumnError) -> None:
        self.write()
        plan, column = stream.batch.plan, wider.column
        with self.store.transaction():
            self.store.lock_tables([plan.table])
            wide = tables.widened(self.store, plan.table, column.name, column.type, wider.needed)
            tables.change_type(self.store, plan.table, column.name, column.type, wide)
        self._plan(stream)
        stream.report.changes[f"column widened to {wide.kind}"] += 1
        self.log.info(
            "stream %s: column %s widened from %s to %s",
            *map(one_line, (stream.declared.stream, column.name, column.type.told, wide.told)),
        )

    def _state(self, line: Line) -> None:
        if line.envelope.value is msgspec.UNSET:
            raise InputError(f"line {self.number}: a STATE without value")
        self.saw_state = True
        self.drain.state = bytes(line.envelope.value)
        for stream in self.streams.values():
            stream.state_came()
        if self.oldest is None:
            self.oldest = time.monotonic()

    def _schema(self, message: dict[str, Any]) -> None:
        declared = read_schema(message, self.number)
        stream = self.streams.get(declared.stream)
        if stream is None:
            self._open(declared)
        elif stream.declared != declared:
            self.write()
            stream.declared = declared
            self._plan(stream)
        if "replaces" in message:
            window = replacing.read_window(declared.stream, message["replaces"])
            stream = self.streams[declared.stream]
            self.drain.operations.append(partial(self._remove_window, stream, window))

    def _open(self, declared: Declared) -> None:
        fallback, limit = self.store.default_schema, self.store.max_name_bytes
        table = table_of(declared, self.settings.default_target_schema, fallback, limit)
        if table in [stream.batch.plan.table for stream in self.streams.values()]:
            table = table.apart(declared.stream, limit)
        self.drain.open_ledger(table.schema)
        plan = tables.plan_stream(
            self.store, declared.stream, table, declared.schema, declared.keys,
            record_metadata=self.settings.add_record_metadata,
            unique=self.settings.load_method is not LoadMethod.APPEND_ONLY,
        )  # fmt: skip
        stream = Stream(declared, Batch(plan), StreamReport())
        if stream.adds_rows(self.settings.load_method) and self.drain.ledger is not None:
            segments = self.drain.ledger.recallable(declared.stream)
            stream.recall = Recall(segments) if segments else None
        if self.settings.load_method is LoadMethod.OVERWRITE:
            self.drain.operations.append(partial(replacing.empty_beside, self.store, plan))
            self.write()
        self.streams[declared.stream] = stream

    def _plan(self, stream: Stream) -> None:
        declared, table = stream.declared, stream.batch.plan.table
        stream.batch.plan = tables.plan_stream(
            self.store, declared.stream, table, declared.schema, declared.keys,
            record_metadata=self.settings.add_record_metadata,
            unique=self.settings.load_method is not LoadMethod.APPEND_ONLY,
        )  # fmt: skip

    def _activate_version(self, message: dict[str, Any]) -> None:
        stream, version = self.streams.get(str(message.get("stream"))), message.get("version")
        if stream is None or not isinstance(version, int):
            raise InputError(f"line {self.number}: an ACTIVATE_VERSION without version, or before its stream's SCHEMA")
        if self.settings.load_method is not LoadMethod.UPSERT:
            return
        connection = message.get("connection_id")
        activate = partial(self._activate, stream, version, None if connection is None else str(connection))
        if stream.version != version:
            # Some taps announce a version before its records: nothing may go until they are here.
            self.early[stream.declared.stream] = activate
            return
        self.early.pop(stream.declared.stream, None)
        self.drain.operations.append(activate)
        self.write()

    def _activate(self, stream: Stream, version: int, connection: str | None) -> None:
        now, hard = datetime.now(UTC).isoformat(), self.settings.hard_delete
        gone = replacing.activate(self.store, stream.batch.plan, version, connection, now, hard_delete=hard)
        stream.report.removed += gone

    def _remove_window(self, stream: Stream, window: replacing.Window) -> None:
        if stream.report.recognised:
            # They bear the time at which an earlier run extracted them and would go too; the next re-read tells.
            return
        stream.report.removed += replacing.remove_window(self.store, stream.batch.plan, window)

    def _replace(self, stream: Stream) -> None:
        stream.report.removed += replacing.replace_table(self.store, stream.batch.plan)

    def _batch(self, message: dict[str, Any]) -> None:
        name = msgspec.json.encode(str(message.get("stream")))
        for record in read_batch_files(message, self.settings.batch_root, self.number):
            self._record(read_line(b'{"type":"RECORD","stream":%b,"record":%b}' % (name, record), self.number))

    def _unknown(self, name: str) -> None:
        if name not in self.unknown_types:
            self.unknown_types.add(name)
            self.log.warning("line %s: messages of type %r are unknown and ignored", self.number, one_line(name)[:40])


def load(loader: Loader, blocks: Iterable[list[bytes]], stopped: Callable[[], bool] = lambda: False) -> None:
    """Loads blocks of lines to the end, or until stopped; where the input is broken, what came before it is committed.

    Raises LoadError.
    """
    try:
        for block in blocks:
            for line in block:
                loader.feed(line)
            loader.tick()
    except InputError:
        loader.finish(complete=False)
        raise
    loader.finish(complete=not stopped())


def _is_plain(plan: Plan, line: Line, record: msgspec.Raw) -> bool:
    if plan.plain is None or (plan.checks_digits and has_long_number(line.data)):
        return False
    try:
        plan.plain.decode(record)
    except (msgspec.MsgspecError, UnicodeDecodeError):
        return False
    return True
