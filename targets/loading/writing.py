"""Writes one stream's batch: stages it, merges it, and counts what happened."""

# ruff: noqa: S608 - statements are built from quoted names and literals; none takes foreign text unquoted
from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import UTC, datetime

import msgspec

from targets.loading import replacing
from targets.loading.batch import Batch, careful_line
from targets.loading.careful import read_record
from targets.loading.merge import FOLDED, Merged, Wishes, load_plain, merge_batch
from targets.loading.messages import extracted_at, read_line
from targets.loading.names import quoted
from targets.loading.settings import LoadMethod, LoadSettings
from targets.loading.store import Stamp, Store
from targets.loading.tables import qualified


@dataclass(slots=True)
class Writer:
    """Writes batches with rising sequence numbers."""

    store: Store
    settings: LoadSettings
    sequence: int = 0

    def write(self, batch: Batch, version: int | None) -> Merged:
        """Writes a batch inside the open transaction; raises ConversionRefusedError where a value does not read."""
        plan, now = batch.plan, datetime.now(UTC)
        first = max(self.sequence, int(now.timestamp() * 1_000_000))
        self.sequence = first + batch.rows + 1
        stamp = Stamp(batch.received_at or now, now, first)
        append = self.settings.load_method is LoadMethod.APPEND_ONLY
        wishes = Wishes(append, self.settings.hard_delete, self.settings.add_record_metadata)
        careful, plain = batch.careful > 0, batch.careful < batch.rows
        target, beside = qualified(plan.table), self._beside(batch, version)
        if not careful and not batch.partial and not beside:
            loaded = load_plain(self.store, plan, batch.chunks, target, stamp, wishes)
            if loaded is not None:
                return loaded
        staged = self.store.stage(plan, batch.chunks, plain=plain, careful=careful, partial=batch.partial)
        if beside:
            target = self._open_beside(batch, version, staged)
        merged = merge_batch(self.store, plan, staged, target, stamp, wishes, partial=batch.partial)
        self.store.execute(f"DROP TABLE {staged}")
        self.store.execute(f"DROP TABLE IF EXISTS {FOLDED}")
        return merged

    def _beside(self, batch: Batch, version: int | None) -> bool:
        if self.settings.load_method is LoadMethod.OVERWRITE:
            return True
        return version is not None and not batch.plan.keys and self.settings.load_method is LoadMethod.UPSERT

    def _open_beside(self, batch: Batch, version: int | None, staged: str) -> str:
        plan = batch.plan
        connections = None if plan.connection is None else f"SELECT {quoted(plan.connection.name)} FROM {staged}"
        overwrite = self.settings.load_method is LoadMethod.OVERWRITE
        return qualified(replacing.open_beside(self.store, plan, None if overwrite else version, connections))


def make_careful(batch: Batch, *, strict: bool) -> Counter[str] | None:
    """Sends the plain lines of a batch the careful way; returns what that changed, None where there were none.

    Raises InputError where a key, or (`strict`) any value, does not read as its type.
    """
    if batch.careful == batch.rows:
        return None
    lines, changes = [], Counter[str]()
    for data in b"".join(batch.chunks).splitlines():
        line = read_line(data, 0) if b'"record"' in data else None
        if line is not None and (record := line.envelope.record) is not msgspec.UNSET:
            careful = read_record(bytes(record), batch.plan, strict=strict, widens=False)
            changes += careful.changes + (line.changes or Counter())
            lines.append(careful_line(careful, extracted_at(line), line.envelope.version))
        else:
            lines.append(data)
    batch.chunks = [line + b"\n" for line in lines]
    batch.careful = batch.rows
    return changes
