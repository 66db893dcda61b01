"""target-duckdb: Singer messages into a DuckDB file."""

from __future__ import annotations

from functools import partial
from typing import Any, ClassVar

from targets.duckdb.connect import connect
from targets.duckdb.settings import DuckDBSettings
from targets.duckdb.store import DuckDBStore
from targets.loading.frame import LoadingTarget, run
from targets.loading.settings import LoadSettings, json_schema


class TargetDuckDB(LoadingTarget):
    """Loads into the DuckDB file of the setting `path`."""

    name = "target-duckdb"
    settings_model: ClassVar[type[LoadSettings]] = DuckDBSettings
    config_jsonschema: ClassVar[dict[str, Any]] = json_schema(DuckDBSettings)

    def open_store(self) -> DuckDBStore:
        """Opens the file, waiting for another process that has it."""
        assert isinstance(self.settings, DuckDBSettings)
        return DuckDBStore(partial(connect, self.settings, self.logger))


def main() -> None:
    """Runs target-duckdb."""
    run(TargetDuckDB)


if __name__ == "__main__":
    main()
