"""target-postgres: Singer messages into a PostgreSQL database."""

from __future__ import annotations

from functools import partial
from typing import Any, ClassVar

from targets.loading.frame import LoadingTarget, run
from targets.loading.settings import LoadSettings, json_schema
from targets.postgres.connect import connect
from targets.postgres.settings import PostgresSettings
from targets.postgres.store import PostgresStore


class TargetPostgres(LoadingTarget):
    """Loads into the database that the settings name."""

    name = "target-postgres"
    settings_model: ClassVar[type[LoadSettings]] = PostgresSettings
    config_jsonschema: ClassVar[dict[str, Any]] = json_schema(PostgresSettings)

    def open_store(self) -> PostgresStore:
        """Connects to the database."""
        assert isinstance(self.settings, PostgresSettings)
        return PostgresStore(partial(connect, self.settings))


def main() -> None:
    """Runs target-postgres."""
    run(TargetPostgres)


if __name__ == "__main__":
    main()
