"""Counts what a run did to each stream and says it in one line per stream."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

from targets.loading.errors import one_line

SO_FAR = ", so far"
"""How a stream's line ends while the run goes on."""


@dataclass(slots=True)
class StreamReport:
    """The counts of a stream; `changes` by rule of docs/targets.md, `logged` the records that the log knows of."""

    records: int = 0
    logged: int = 0
    written: int = 0
    deleted: int = 0
    recognised: int = 0
    removed: int = 0
    changes: Counter[str] = field(default_factory=Counter)


def summary(name: str, report: StreamReport) -> str:
    """The stream's line."""
    parts = [f"{report.records:,} records", f"{report.written:,} rows written", f"{report.deleted:,} deleted"]
    if report.removed:
        parts.append(f"{report.removed:,} removed by a complete re-read")
    if report.recognised:
        parts.append(f"{report.recognised:,} recognised as written by an earlier run")
    if changes := +report.changes:
        rules = ", ".join(f"{rule} {count:,}" for rule, count in sorted(changes.items()))
        parts.append(f"{changes.total():,} values changed ({rules})")
    return f"{one_line(name)}: {', '.join(parts)}"
