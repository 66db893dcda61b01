"""A preview in a copy of the DuckDB file, which takes as much room as the warehouse while it is built."""

from __future__ import annotations

import shutil
import time
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import duckdb

from orchestrate.warehouse.published import copy

if TYPE_CHECKING:
    from orchestrate.warehouse.file import FileWarehouse


class FilePreview:
    """The preview of one connection, in a folder beside the warehouse."""

    def __init__(self, warehouse: FileWarehouse, answers: FileWarehouse, copied: FileWarehouse) -> None:
        self._warehouse, self._copied = warehouse, copied
        self.answers = answers
        """Where the answers lie, in the way of a published warehouse."""
        self.memory = answers.folder / "dbt"

    @property
    def built_at(self) -> datetime | None:
        """When it was built (UTC); None before."""
        newest = max(self._kept(), default=None)
        return None if newest is None else datetime.fromtimestamp(int(newest, 16) / 1e9, UTC)

    def begin(self) -> FileWarehouse:
        """Copies the warehouse, which nobody writes meanwhile."""
        self._copied.path.parent.mkdir(parents=True, exist_ok=True)
        copy(self._warehouse, self._copied.path)
        return self._copied

    def keep(self, questions: Mapping[str, str], values: Sequence[Any]) -> None:
        """Keeps the answers of the copy; those of the build before are kept for lists under way."""
        folder = self.answers.folder / "published"
        folder.mkdir(exist_ok=True)
        version = f"{time.time_ns():016x}"
        part = folder / f"{version}.part"
        with duckdb.connect(str(self._copied.path)) as built:
            built.execute("SET TimeZone = 'UTC'")
            name = str(part).replace("'", "''")
            built.execute(f"ATTACH '{name}' AS kept; CREATE SCHEMA kept.answers")
            for name, question in questions.items():
                built.execute(f"CREATE TABLE kept.answers.{name} AS {question}", list(values))
            built.execute("DETACH kept")
        older = self._kept()
        part.replace(folder / f"{version}.duckdb")
        for old in older[:-1]:
            (folder / f"{old}.duckdb").unlink(missing_ok=True)

    def end(self) -> None:
        """Drops the copy."""
        for path in self._copied.path.parent.glob("preview.duckdb*"):
            path.unlink()

    def forget(self) -> None:
        """Drops everything."""
        shutil.rmtree(self.answers.folder, ignore_errors=True)

    def _kept(self) -> list[str]:
        return sorted(path.stem for path in (self.answers.folder / "published").glob("*.duckdb"))
