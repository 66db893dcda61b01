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
from targets.loading.careful import NAN_AS_NULL, NeedsWiderColumnError, read_record
from targets.loading.column_types import ColumnType
from targets.loading.drain import Drain
from targets.loading.errors import InputError, NoSchemaError, one_line
from targets.loading.ledger import Ledger
from targets.loading.messages import Line, extracted_at, read_line, read_message
from targets.loading.plain import PlainLines, is_plain, plain_lines
from targets.loading.plan import Plan, TableName
from targets.loading.recall import Recall, Segment, fingerprint
from targets.loading.repair import NAN_AS_TEXT
from targets.loading.report import SO_FAR, StreamReport, summary
from targets.loading.runs import Run, read_runs
from targets.loading.settings import LoadMethod, LoadSettings
from targets.loading.store import Store
from targets.loading.streams import Declared, Stream, read_schema, table_of

PROGRESS_SECONDS = 5.0
"""How long the log is silent about what is committed while the run goes on, at least."""


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
    ended: bool = False
    early: dict[str, Callable[[], None]] = field(default_factory=dict)
    unknown_types: set[str] = field(default_factory=set)
    spoke: float = field(default_factory=time.monotonic)
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

    def feed_block(self, block: bytes) -> None:
        """Takes whole lines, of which the last may lack its newline. Raises InputError where the run cannot go on."""
        for run in read_runs(block):
            stream = self.streams.get(run.stream or "")
            if stream is not None and (plain := self._whole(stream, run)) is not None:
                self.number += run.rows
                self.counts["RECORD"] += run.rows
                stream.report.records += run.rows
                stream.batch.partial |= plain.partial
                self._stage(stream, plain.data, run.rows)
                continue
            for line in run.data.removesuffix(b"\n").split(b"\n"):
                self.feed(line)

    def tick(self) -> None:
        """Writes what has waited long enough."""
        if self.oldest is not None and time.monotonic() - self.oldest >= self.settings.batch_wait_limit_seconds:
            self.write()

    def write(self) -> None:
        """Writes everything received so far."""
        self.drain.drain()
        self.unwritten_bytes, self.oldest = 0, None
        if time.monotonic() - self.spoke >= PROGRESS_SECONDS:
            self._tell()

    def finish(self, *, complete: bool) -> None:
        """Ends the run: writes what is left; `complete` only where the input ended by itself."""
        if complete:
            self.drain.operations += self.early.values()
            if self.settings.load_method is LoadMethod.OVERWRITE:
                self.drain.operations += [partial(self._replace, stream) for stream in self.streams.values()]
        self.drain.drain(final=complete)
        if complete and (self.ended if self._tells_end else not self.saw_state):
            self.drain.confirm_everything()

    @property
    def _tells_end(self) -> bool:
        return any(stream.declared.tells_end for stream in self.streams.values())

    def reports(self) -> list[str]:
        """A line per stream."""
        return [_line(stream) for stream in self.streams.values()]

    def _tell(self) -> None:
        """A line for each stream that went on since it was told of: what is committed, while the run goes on."""
        for stream in self.streams.values():
            if stream.report.records > stream.report.logged:
                self.log.info("%s%s", _line(stream), SO_FAR)
                stream.report.logged = stream.report.records
        self.spoke = time.monotonic()

    def _record(self, line: Line) -> None:
        envelope = line.envelope
        stream = self.streams.get(envelope.stream or "")
        if stream is None:
            raise NoSchemaError(
                f"line {self.number}: a RECORD of stream {one_line(envelope.stream)!r} before its SCHEMA"
            )
        if envelope.record is msgspec.UNSET:
            raise InputError(f"line {self.number}: stream {one_line(envelope.stream)}: a RECORD without record")
        stream.report.records += 1
        if line.changes:
            stream.report.changes.update(line.changes)
        if envelope.version != stream.version:
            if stream.batch.rows or stream.activates:
                self.write()
            stream.version = envelope.version
        row = fingerprint(bytes(envelope.record)) if stream.adds_rows(self.settings.load_method) else None
        if row is not None and stream.recall is not None and stream.recall.knows(row):
            stream.report.recognised += 1
            stream.after_state.append(row)
            return
        self._take(stream, line, row)

    def _whole(self, stream: Stream, run: Run) -> PlainLines | None:
        """A run that can be staged at once: checked line by line, records that need nothing cost the most."""
        batch, method = stream.batch, self.settings.load_method
        if batch.rows + run.rows > self.settings.batch_size_rows or stream.adds_rows(method):
            return None
        return plain_lines(batch.plan, run, stream.version)

    def _take(self, stream: Stream, line: Line, row: int | None) -> None:
        record, plan = line.envelope.record, stream.batch.plan
        assert record is not msgspec.UNSET
        data = line.data if is_plain(plan, line, record) else self._careful(stream, line, bytes(record))
        if row is not None:
            stream.after_state.append(row)
        self._stage(stream, data, 1)

    def _stage(self, stream: Stream, data: bytes, rows: int) -> None:
        stream.batch.add(data, rows)
        self.unwritten_bytes += len(data)
        if self.oldest is None:
            self.oldest = time.monotonic()
        full = stream.batch.rows >= self.settings.batch_size_rows
        if full or self.unwritten_bytes >= self.settings.batch_size_bytes:
            self.write()

    def _careful(self, stream: Stream, line: Line, record: bytes) -> bytes:
        for _ in range(len(stream.batch.plan.columns) * 4 + 4):
            try:
                careful = read_record(record, stream.batch.plan, strict=self.settings.validate_records)
            except NeedsWiderColumnError as wider:
                self._widen(stream, wider)
                continue
            stream.report.changes.update(careful.changes)
            if line.changes:
                # Every NaN was made a text; those that then became null are counted as such.
                nulls = min(line.changes[NAN_AS_TEXT], careful.changes[NAN_AS_NULL])
                stream.report.changes.subtract({NAN_AS_TEXT: nulls})
            stream.batch.careful += 1
            stream.batch.partial |= careful.missing is not None
            return careful_line(careful, extracted_at(line), line.envelope.version)
        raise InputError(
            f"stream {one_line(stream.declared.stream)}: no column type takes its values"
        )  # pragma: no cover

    def _widen(self, stream: Stream, wider: NeedsWiderColumnError) -> None:
        self.write()
        plan, column = stream.batch.plan, wider.column

        def widen() -> ColumnType:
            with self.store.transaction():
                self.store.lock_tables([plan.table])
                wide = tables.widened(self.store, plan.table, column.name, column.type, wider.needed)
                tables.change_type(self.store, plan.table, column.name, column.type, wide)
            return wide

        wide = self.drain.again(widen)
        stream.batch.plan = self._plan(stream.declared, plan.table)
        stream.report.changes[f"column widened to {wide.kind}"] += 1
        self.log.info(
            "stream %s: column %s widened from %s to %s",
            *map(one_line, (stream.declared.stream, column.name, column.type.told, wide.told)),
        )

    def _state(self, line: Line) -> None:
        if line.envelope.value is msgspec.UNSET:
            raise InputError(f"line {self.number}: a STATE without value")
        self.saw_state, self.ended = True, line.envelope.end
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
            stream.batch.plan = self._plan(declared, stream.batch.plan.table)
        if "replaces" in message:
            window = replacing.read_window(declared.stream, message["replaces"])
            stream = self.streams[declared.stream]
            self.drain.operations.append(partial(self._remove_window, stream, window))

    def _open(self, declared: Declared) -> None:
        fallback, limit = self.store.default_schema, self.store.max_name_bytes
        table = table_of(declared, self.settings.default_target_schema, fallback, limit)
        if table in [stream.batch.plan.table for stream in self.streams.values()]:
            table = table.apart(declared.stream, limit)
        self.drain.open_ledger(table.schema, tells_end=declared.tells_end)
        plan = self._plan(declared, table)
        stream = Stream(declared, Batch(plan), StreamReport())
        if stream.adds_rows(self.settings.load_method) and self.drain.ledger is not None:
            segments = self.drain.again(partial(self._recallable, self.drain.ledger, declared.stream))
            stream.recall = Recall(segments) if segments else None
        if self.settings.load_method is LoadMethod.OVERWRITE:
            self.drain.operations.append(partial(replacing.empty_beside, self.store, plan))
            self.write()
        self.streams[declared.stream] = stream

    def _recallable(self, ledger: Ledger, stream: str) -> list[Segment]:
        """Who was left over by a kill may still commit rows: the ledger is read when they are through."""
        self.store.hold(ledger.pipeline)
        return ledger.recallable(stream)

    def _plan(self, declared: Declared, table: TableName) -> Plan:
        return self.drain.again(
            lambda: tables.plan_stream(
                self.store, declared.stream, table, declared.schema, declared.keys,
                record_metadata=self.settings.add_record_metadata,
                unique=self.settings.load_method is LoadMethod.UPSERT,
            )
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
        # Committed with what other streams bring: a run over a hundred small streams is not a hundred commits.
        self.drain.operations.append(activate)
        stream.activates = True
        if self.oldest is None:
            self.oldest = time.monotonic()

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
        number = self.number
        for block in read_batch_files(message, self.settings.batch_root, number):
            self.feed_block(block)
            self.number = number

    def _unknown(self, name: str) -> None:
        if name not in self.unknown_types:
            self.unknown_types.add(name)
            self.log.warning("line %s: messages of type %r are unknown and ignored", self.number, one_line(name)[:40])


def _line(stream: Stream) -> str:
    table = stream.batch.plan.table
    return summary(f"{table.schema}.{table.name}", stream.report)


def load(loader: Loader, blocks: Iterable[bytes], stopped: Callable[[], bool] = lambda: False) -> None:
    """Loads blocks of lines to the end, or until stopped; where the input is broken, what came before it is committed.

    Raises LoadError.
    """
    try:
        for block in blocks:
            loader.feed_block(block)
            loader.tick()
    except InputError:
        loader.finish(complete=False)
        raise
    loader.finish(complete=not stopped())
