"""What a connection that is held back would change: built in a copy of the warehouse, whose answers alone are kept.

Neither the unified tables nor the memory of keys is touched. The copy takes as much room as the warehouse while it is
built, and is dropped then.
"""

from __future__ import annotations

import shutil
import time
from datetime import UTC, datetime

import duckdb

from orchestrate.data.published import copy
from orchestrate.imports.entities import ENTITIES
from orchestrate.warehouses import Warehouse

SEEN = (
    "--select", "+identity_edges", "+match_review_queue", "+product_edges", "+orders", "+payments",
    "--exclude-resource-type", "test", "unit_test",
)  # fmt: skip
"""The arguments for what dbt builds for a preview: what the questions of `entities` read."""


class Preview:
    """The preview of one connection, in a folder beside the warehouse."""

    def __init__(self, warehouse: Warehouse, connection_id: str) -> None:
        self._warehouse = warehouse
        folder = warehouse.folder / "previews" / connection_id
        self.answers = Warehouse(folder, folder / "none.duckdb")
        """Where the answers lie, in the way of a published warehouse: a table per entity."""
        self.memory = folder / "dbt"
        """What dbt remembers of the copy; beside that of the warehouse, which would be worth nothing after it."""
        self._copied = Warehouse(warehouse.folder, folder / "preview.duckdb")

    @property
    def built_at(self) -> datetime | None:
        """When it was built (UTC); None before."""
        newest = max(self._kept(), default=None)
        return None if newest is None else datetime.fromtimestamp(int(newest, 16) / 1e9, UTC)

    def begin(self) -> Warehouse:
        """Copies the warehouse, which nobody writes meanwhile; the copy is for dbt to build in, with `memory`."""
        self._copied.path.parent.mkdir(parents=True, exist_ok=True)
        copy(self._warehouse, self._copied.path)
        return self._copied

    def keep(self, platform: str, connection: str) -> None:
        """Keeps the answers of the copy, once it is built; those of the build before are kept for lists under way."""
        folder = self.answers.folder / "published"
        folder.mkdir(exist_ok=True)
        version = f"{time.time_ns():016x}"
        part = folder / f"{version}.part"
        with duckdb.connect(str(self._copied.path)) as built:
            built.execute("SET TimeZone = 'UTC'")
            name = str(part).replace("'", "''")
            built.execute(f"ATTACH '{name}' AS kept")
            for entity in ENTITIES.values():
                built.execute(f"CREATE TABLE kept.main.{entity.name} AS {entity.query}", [platform, connection])
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
