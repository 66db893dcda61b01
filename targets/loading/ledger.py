"""What was committed: the state of each pipeline, and the batches since the last state that the tap surely knows.

Both are written in the transaction of the rows. A tap that starts again from its last known state sends rows once more;
rows that are merged by key take that in their stride, and rows that are added are recognised by the ledger.
"""

# ruff: noqa: S608 - statements are built from quoted names and literals; none takes foreign text unquoted
from __future__ import annotations

from array import array
from base64 import b64decode, b64encode
from collections import deque
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime

from targets.loading.errors import LoadError, one_line
from targets.loading.names import INTERNAL_SCHEMA, literal, quoted
from targets.loading.recall import Segment, fingerprints
from targets.loading.store import Store
from targets.loading.tables import OWN_TABLES

STATE_TABLE = f"{quoted(INTERNAL_SCHEMA)}.{quoted('state')}"
BATCHES_TABLE = f"{quoted(INTERNAL_SCHEMA)}.{quoted('batches')}"
KEPT_ROWS = 500_000
_KEEP = "INTERVAL '30 days'"
_COLUMNS = (
    "SELECT column_name FROM information_schema.columns "
    f"WHERE table_schema = {literal(INTERNAL_SCHEMA)} AND table_name = 'batches'"
)


def prepare(store: Store) -> None:
    """Creates the tables; batches noted by a version that knew no fingerprints serve nobody and make way."""
    with store.transaction():
        store.lock_tables([OWN_TABLES])
        columns = {name for (name,) in store.query(_COLUMNS)}
        if columns and "fingerprints" not in columns:
            store.execute(f"DROP TABLE {BATCHES_TABLE}")
        store.execute(
            f"CREATE TABLE IF NOT EXISTS {STATE_TABLE} "
            "(pipeline text NOT NULL, value text NOT NULL, committed_at timestamptz NOT NULL)"
        )
        store.execute(
            f"CREATE TABLE IF NOT EXISTS {BATCHES_TABLE} (pipeline text NOT NULL, run_id text NOT NULL, "
            "started bigint NOT NULL, batch bigint NOT NULL, part bigint NOT NULL, stream text NOT NULL, "
            "row_count bigint NOT NULL, fingerprints text, emitted boolean NOT NULL, committed_at timestamptz NOT NULL)"
        )


def committed(store: Store, pipeline: str | None) -> bytes:
    """The last committed state of a pipeline, of the only one where none is named; raises LoadError without one."""
    found: dict[str, str] = {}
    if store.query(_COLUMNS):
        found = {str(name): str(value) for name, value in store.query(f"SELECT pipeline, value FROM {STATE_TABLE}")}
    name = next(iter(found), "") if pipeline is None and len(found) == 1 else pipeline
    if name is None and found:
        raise LoadError(
            f"several pipelines have a state: name one in pipeline_id: {one_line(', '.join(sorted(found)))}"
        )
    if name is None or name not in found:
        raise LoadError(f"no state of {'any pipeline' if name is None else one_line(name)} is committed here")
    return found[name].encode()


@dataclass(frozen=True, slots=True)
class Entry:
    """Rows of a stream in a batch; part 0 lies before the batch's last STATE, part 1 after it.

    `rows` are the fingerprints by which rows that are added are recognised if they come again.
    """

    stream: str
    part: int
    count: int
    rows: array[int] | None = None


@dataclass(slots=True)
class Ledger:
    """The ledger of one run of one pipeline."""

    store: Store
    pipeline: str
    run_id: str
    started: int
    kept: int = 0
    """How many rows of a stream are remembered though a STATE followed them."""
    unconfirmed: bool = field(init=False, default=False)
    """Whether this run noted rows that may come again."""
    _noted: dict[str, deque[tuple[int, int]]] = field(init=False, default_factory=dict)

    def write(self, batch: int, entries: Sequence[Entry], passed: Iterable[Segment], state: bytes | None) -> None:
        """Notes a batch, what came again in it and the state that it makes true, in the transaction of the rows."""
        now = literal(datetime.now(UTC).isoformat())
        for entry in entries:
            place = f"{literal(self.pipeline)}, {literal(self.run_id)}, {self.started}, {batch}, {entry.part}"
            what = f"{literal(entry.stream)}, {entry.count}, {_written(entry.rows)}"
            self.store.execute(f"INSERT INTO {BATCHES_TABLE} VALUES ({place}, {what}, false, {now})")
            if entry.rows is not None:
                self.unconfirmed = True
                self._noted.setdefault(entry.stream, deque()).append((batch, entry.count))
        for segment in passed:
            self._keep(segment)
        if state is not None:
            self.store.execute(f"DELETE FROM {STATE_TABLE} WHERE pipeline = {literal(self.pipeline)}")
            cells = f"{literal(self.pipeline)}, {literal(state.decode())}, {now}"
            self.store.execute(f"INSERT INTO {STATE_TABLE} VALUES ({cells})")

    def confirm(self, batch: int | None) -> None:
        """Notes that no tap will send again what came before the last state of this run's batch, which is out.

        A tap that reads windows side by side may, however: of one that tells its end, some rows are kept until then.
        None says so of everything, also of what earlier runs wrote.
        """
        which = f"pipeline = {literal(self.pipeline)}"
        own = f"run_id = {literal(self.run_id)} AND (batch < {batch} OR (batch = {batch} AND part = 0))"
        if self.kept and batch is not None:
            own = f"run_id = {literal(self.run_id)} AND (fingerprints IS NULL OR {self._too_many()})"
        known = (
            "" if batch is None else f" AND (({own}) OR (run_id <> {literal(self.run_id)} AND fingerprints IS NULL))"
        )
        old = f"committed_at < CAST({literal(datetime.now(UTC).isoformat())} AS timestamptz) - {_KEEP}"
        with self.store.transaction():
            self.store.execute(
                f"UPDATE {BATCHES_TABLE} SET emitted = true, fingerprints = NULL WHERE {which} AND NOT emitted{known}"
            )
            self.store.execute(f"DELETE FROM {BATCHES_TABLE} WHERE {which} AND emitted AND {old}")

    def holds(self, batch: int) -> bool:
        """Whether this run's batch was committed, for when the answer to COMMIT got lost."""
        run = f"run_id = {literal(self.run_id)} AND batch = {batch}"
        return bool(self.store.query(f"SELECT 1 FROM {BATCHES_TABLE} WHERE {run} LIMIT 1"))

    def recallable(self, stream: str) -> list[Segment]:
        """What earlier runs committed of a stream and the tap may send again, in the order in which it would.

        Rows that came again belong to the later run, so what an earlier one still holds follows them.
        """
        where = f"pipeline = {literal(self.pipeline)} AND stream = {literal(stream)} AND NOT emitted"
        found = self.store.query(
            f"SELECT run_id, batch, part, fingerprints FROM {BATCHES_TABLE} WHERE {where} AND fingerprints IS NOT NULL "
            f"AND run_id <> {literal(self.run_id)} ORDER BY started DESC, batch, part"
        )
        return [Segment(stream, run_id, batch, part, _read(text)) for run_id, batch, part, text in found]

    def _too_many(self) -> str:
        """The condition of the oldest rows of each stream, beyond those that are kept."""
        conditions = ["false"]
        for stream, noted in self._noted.items():
            rows, last = sum(count for _, count in noted), -1
            while rows - noted[0][1] >= self.kept:
                last, count = noted.popleft()
                rows -= count
            if last >= 0:
                conditions.append(f"(stream = {literal(stream)} AND batch <= {last} AND batch < {noted[0][0]})")
        return f"({' OR '.join(conditions)})"

    def _keep(self, segment: Segment) -> None:
        place = f"run_id = {literal(segment.run_id)} AND batch = {segment.batch} AND part = {segment.part}"
        which = f"pipeline = {literal(self.pipeline)} AND stream = {literal(segment.stream)} AND {place}"
        rows = f"fingerprints = {_written(segment.rows)}" if segment.rows else "fingerprints = NULL, emitted = true"
        self.store.execute(f"UPDATE {BATCHES_TABLE} SET {rows} WHERE {which}")


def _written(rows: array[int] | None) -> str:
    return "NULL" if rows is None else literal(b64encode(rows.tobytes()).decode())


def _read(text: str) -> array[int]:
    rows = fingerprints()
    rows.frombytes(b64decode(text))
    return rows
