"""What is still to be built of a DuckDB warehouse, in a file beside it."""

from __future__ import annotations

import json
from collections.abc import Collection
from pathlib import Path


class FileUnbuilt:
    """The file `unbuilt.json` in the folder of a warehouse."""

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
