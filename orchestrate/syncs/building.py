"""Which platforms a warehouse holds rows of that its models do not know yet: runs that end together are built once."""

from __future__ import annotations

import json
from collections.abc import Collection
from pathlib import Path

DECISIONS = "decisions"
"""Stands among the platforms where people decided something."""
_TESTS = ("test", "unit_test")
_DECIDED = ("identity_overrides+", "attribute_overrides+")


def selection(platforms: Collection[str]) -> list[str]:
    """The arguments for what dbt builds once rows of these platforms were loaded, or people decided.

    What was tested when it was loaded is not tested again before somebody sees what a decision did.
    """
    loaded = [f"@source:{platform}" for platform in platforms if platform != DECISIONS]
    chosen = ["--select", *loaded, *(_DECIDED if DECISIONS in platforms else ())]
    return chosen if loaded else [*chosen, "--exclude-resource-type", *_TESTS]


class Unbuilt:
    """A file beside a tenant's warehouse; read and written by whoever has the warehouse to himself."""

    def __init__(self, folder: Path) -> None:
        self._file = folder / "unbuilt.json"

    def platforms(self) -> list[str]:
        """The platforms whose rows were loaded since the last build that worked."""
        return sorted(json.loads(self._file.read_text(encoding="utf-8"))) if self._file.exists() else []

    def add(self, platform: str) -> None:
        """Rows of it were loaded."""
        self._keep({*self.platforms(), platform})

    def built(self, platforms: Collection[str]) -> None:
        """The models know them."""
        self._keep(set(self.platforms()) - set(platforms))

    def _keep(self, platforms: Collection[str]) -> None:
        fresh = self._file.with_suffix(".new")
        fresh.write_text(json.dumps(sorted(platforms)), encoding="utf-8")
        fresh.replace(self._file)
