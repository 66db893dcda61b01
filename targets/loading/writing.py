"""Writes one stream's batch: stages it, merges it, and counts what happened."""

# ruff: noqa: S608 - statements are built from quoted names and literals; none takes foreign text unquoted
from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

import msgspec

from targets.loading import replacing
from targets.loading.batch import Batch, careful_line
from targets.loading.careful import read_record
from targets.loading.merge import FOLDED, Merged, Wishes, merge_batch
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
        self.sequence = first + len(batch.lines) + 1
        stamp = Stamp(batch.received_at or now, now, first)
        careful, plain = batch.careful > 0, batch.careful < len(batch.lines)
        staged = self.store.stage(plan, batch.lines, plain=plain, careful=careful)
        target = qualified(plan.table)
        if self._beside(batch, version):
            target = self._open_beside(batch, version, staged)
        append = self.settings.load_method is LoadMethod.APPEND_ONLY
        wishes = Wishes(append, self.settings.hard_delete, self.settings.add_record_metadata)
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


def make_careful(batch: Batch) -> bool:
    """Sends the plain lines of a batch the careful way; False where there were none."""
    if batch.careful == len(batch.lines):
        return False
    for i, data in enumerate(batch.lines):
        line = read_line(data, i) if b'"record"' in data else None
        if line is not None and (record := line.envelope.record) is not msgspec.UNSET:
            careful = read_record(bytes(record), batch.plan)
            batch.lines[i] = careful_line(careful, extracted_at(line), line.envelope.version)
    batch.careful = len(batch.lines)
    return True
