"""The unwritten lines of a stream.

A staged line is either a RECORD message as it came, or one with `texts` in place of `record`: a text per column of the
plan, and in `missing` the numbers of the columns that the record does not mention.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import msgspec

from targets.loading.careful import Careful
from targets.loading.plan import Plan


@dataclass(slots=True)
class Batch:
    """Lines of one stream waiting to be written together."""

    plan: Plan
    lines: list[bytes] = field(default_factory=list)
    bytes: int = 0
    careful: int = 0
    partial: bool = False
    received_at: datetime | None = None

    def clear(self) -> None:
        """Forgets the lines, after they were written."""
        self.lines = []
        self.bytes = self.careful = 0
        self.partial = False
        self.received_at = None


def careful_line(careful: Careful, time_extracted: str | None, version: int | None) -> bytes:
    """The staged line of a record that went the careful way."""
    line: dict[str, Any] = {"texts": careful.texts, "missing": careful.missing, "version": version}
    if time_extracted is not None:
        line["time_extracted"] = time_extracted
    return msgspec.json.encode(line)
