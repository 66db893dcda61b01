"""Where a DuckDB warehouse lies."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Place:
    """A DuckDB file and the folder of what belongs to it."""

    folder: Path
    path: Path
