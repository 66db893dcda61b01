"""The unwritten lines of a stream.

They wait in chunks of one or many lines, each line with its newline. A staged line is either a RECORD message as it
came, or one with `texts` in place of `record`: a text per column of the plan. In `missing` of either are the numbers of
the columns that the record does not mention.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import msgspec

from targets.loading.careful import Careful
from targets.loading.plan import Plan


@dataclass(slots=True)
class Batch:
    """Lines of one stream waiting to be written together."""

    plan: Plan
    chunks: list[bytes] = field(default_factory=list)
    rows: int = 0
    careful: int = 0
    partial: bool = False
    received_at: datetime | None = None

    def add(self, chunk: bytes, rows: int) -> None:
        """Takes lines; the last one may lack its newline."""
        if self.received_at is None:
            self.received_at = datetime.now(UTC)
        self.chunks.append(chunk if chunk.endswith(b"\n") else chunk + b"\n")
        self.rows += rows

    def clear(self) -> None:
        """Forgets the lines, after they were written."""
        self.chunks = []
        self.rows = self.careful = 0
        self.partial = False
        self.received_at = None


def careful_line(careful: Careful, time_extracted: str | None, version: int | None) -> bytes:
    """The staged line of a record that went the careful way."""
    line: dict[str, Any] = {"texts": careful.texts, "missing": careful.missing, "version": version}
    if time_extracted is not None:
        line["time_extracted"] = time_extracted
    return msgspec.json.encode(line)
