"""What was committed: the state of each pipeline, and the batches since the last state that the tap surely knows.

Both are written in the transaction of the rows. A tap that starts again from its last known state sends rows once more;
streams with a key take that in their stride, and streams without one are recognised by the ledger.
"""

# ruff: noqa: S608 - statements are built from quoted names and literals; none takes foreign text unquoted
from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field

from targets.loading.names import INTERNAL_SCHEMA, literal, quoted
from targets.loading.store import Store
from targets.loading.tables import OWN_TABLES

STATE_TABLE = f"{quoted(INTERNAL_SCHEMA)}.{quoted('state')}"
BATCHES_TABLE = f"{quoted(INTERNAL_SCHEMA)}.{quoted('batches')}"
_MODULUS = 2**128
_KEEP = "INTERVAL '30 days'"


def prepare(store: Store) -> None:
    """Creates the tables."""
    with store.transaction():
        store.lock_tables([OWN_TABLES])
        store.execute(
            f"CREATE TABLE IF NOT EXISTS {STATE_TABLE} "
            "(pipeline text NOT NULL, value text NOT NULL, committed_at timestamptz NOT NULL)"
        )
        store.execute(
            f"CREATE TABLE IF NOT EXISTS {BATCHES_TABLE} (pipeline text NOT NULL, run_id text NOT NULL, "
            "started bigint NOT NULL, batch bigint NOT NULL, part bigint NOT NULL, stream text NOT NULL, "
            "row_count bigint NOT NULL, digest text, emitted boolean NOT NULL, committed_at timestamptz NOT NULL)"
        )


@dataclass(slots=True)
class Tally:
    """Number and order-free sum of hashes of rows."""

    rows: int = 0
    total: int = 0

    def add(self, record: bytes) -> None:
        """Counts a record in."""
        self.rows += 1
        self.total = (self.total + fingerprint(record)) % _MODULUS

    def absorb(self, other: Tally) -> None:
        """Takes over what another one counted, and empties it."""
        self.rows += other.rows
        self.total = (self.total + other.total) % _MODULUS
        other.clear()

    def clear(self) -> None:
        """Starts anew."""
        self.rows = self.total = 0


def fingerprint(record: bytes) -> int:
    """A 128-bit hash of a record's bytes."""
    return int.from_bytes(hashlib.blake2b(record, digest_size=16).digest())


@dataclass(frozen=True, slots=True)
class Entry:
    """Rows of a stream in a batch; part 0 lies before the batch's last STATE, part 1 after it."""

    stream: str
    part: int
    rows: int
    digest: str | None


@dataclass(slots=True)
class Ledger:
    """The ledger of one run of one pipeline."""

    store: Store
    pipeline: str
    run_id: str
    started: int
    emitted: int | None = None
    """The number of the batch whose state was written to standard output last."""

    def write(self, batch: int, entries: Sequence[Entry], state: bytes | None, now: str) -> None:
        """Notes a batch, and the state that it makes true; belongs into the transaction of the rows."""
        for entry in entries:
            values = (
                self.pipeline,
                self.run_id,
                self.started,
                batch,
                entry.part,
                entry.stream,
                entry.rows,
                entry.digest,
            )
            cells = ", ".join(str(v) if isinstance(v, int) else literal(v) for v in values)
            self.store.execute(f"INSERT INTO {BATCHES_TABLE} VALUES ({cells}, false, {literal(now)})")
        if state is not None:
            self.store.execute(f"DELETE FROM {STATE_TABLE} WHERE pipeline = {literal(self.pipeline)}")
            cells = f"{literal(self.pipeline)}, {literal(state.decode())}, {literal(now)}"
            self.store.execute(f"INSERT INTO {STATE_TABLE} VALUES ({cells})")
        self.confirm(now)

    def confirm(self, now: str, *, everything: bool = False) -> None:
        """Notes which rows no tap will send again, now that their state is out."""
        if self.emitted is None and not everything:
            return
        older = f"run_id <> {literal(self.run_id)} OR batch < {self.emitted} OR (batch = {self.emitted} AND part = 0)"
        which = f"pipeline = {literal(self.pipeline)}"
        known = "" if everything else f" AND ({older})"
        self.store.execute(f"UPDATE {BATCHES_TABLE} SET emitted = true WHERE {which} AND NOT emitted{known}")
        old = f"committed_at < CAST({literal(now)} AS timestamptz) - {_KEEP}"
        self.store.execute(f"DELETE FROM {BATCHES_TABLE} WHERE {which} AND emitted AND {old}")
        self.emitted = None

    def holds(self, batch: int) -> bool:
        """Whether this run's batch was committed, for when the answer to COMMIT got lost."""
        run = f"run_id = {literal(self.run_id)} AND batch = {batch}"
        return bool(self.store.query(f"SELECT 1 FROM {BATCHES_TABLE} WHERE {run} LIMIT 1"))

    def unconfirmed(self, stream: str) -> list[tuple[int, int]]:
        """Rows and sums of a keyless stream, in order, that are committed but whose state the tap may not know."""
        where = f"pipeline = {literal(self.pipeline)} AND stream = {literal(stream)} AND NOT emitted"
        found = self.store.query(
            f"SELECT row_count, digest FROM {BATCHES_TABLE} WHERE {where} AND digest IS NOT NULL "
            f"AND run_id <> {literal(self.run_id)} ORDER BY started, batch, part"
        )
        return [(rows, int(digest, 16)) for rows, digest in found]


@dataclass(slots=True)
class Recall:
    """Recognises the rows of a keyless stream that an earlier run committed and the tap sends again."""

    segments: list[tuple[int, int]]
    held: list[bytes] = field(default_factory=list)
    sums: list[int] = field(default_factory=lambda: [0])

    @property
    def wanted(self) -> int:
        """How many rows decide."""
        return sum(rows for rows, _ in self.segments)

    def offer(self, line: bytes, record: bytes) -> bool:
        """Holds a line back; True once enough lines are held to decide."""
        self.held.append(line)
        self.sums.append((self.sums[-1] + fingerprint(record)) % _MODULUS)
        return len(self.held) >= self.wanted

    def decide(self) -> tuple[int, list[bytes]]:
        """How many of the held lines are in the table already, and the others."""
        known = max((self._matched(first) for first in range(len(self.segments))), default=0)
        return known, self.held[known:]

    def _matched(self, first: int) -> int:
        at = 0
        for rows, total in self.segments[first:]:
            if at + rows >= len(self.sums) or (self.sums[at + rows] - self.sums[at]) % _MODULUS != total:
                break
            at += rows
        return at
