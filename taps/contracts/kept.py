"""The evidence kept beside a platform's manifest, read without what computes it."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from taps.engine.load import PLATFORMS


@dataclass(frozen=True)
class Share:
    """How many of how many, and how many of them by the vendor's own description."""

    official: int
    described: int
    total: int

    def at_least(self, part: float, *, official: bool) -> bool:
        """Whether that part of all is reached."""
        return self.total > 0 and (self.official if official else self.described) >= part * self.total


@dataclass(frozen=True)
class Evidence:
    """What is known about a platform, and what from."""

    grade: str
    streams: Share
    fields: Share
    descriptions: list[dict[str, Any]]
    deviations: int
    real: list[str]

    def text(self) -> str:
        """As it is written into the file."""
        return json.dumps(asdict(self), indent=2, ensure_ascii=False) + "\n"


def file_of(platform: str) -> Path:
    """Where a platform's evidence is kept."""
    return PLATFORMS / platform / "evidence.json"


def known(platform: str) -> Evidence | None:
    """The evidence kept beside the manifest, None where it was never computed."""
    try:
        given = json.loads(file_of(platform).read_text())
    except FileNotFoundError:
        return None
    return Evidence(**{**given, "streams": Share(**given["streams"]), "fields": Share(**given["fields"])})
