"""A preview in schemas of its own: dbt builds it beside the warehouse, of the same raw tables.

What the models remember of earlier builds is copied first, which takes as much room as what is built.
"""

from __future__ import annotations

import shutil
from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from orchestrate.data.errors import NoRowsError
from orchestrate.warehouse.names import quoted
from orchestrate.warehouse.postgres_names import BUILT
from orchestrate.warehouse.postgres_rights import grant

if TYPE_CHECKING:
    from orchestrate.warehouse.postgres import PostgresWarehouse

_REMEMBERED = ("unified", "staging")
_TABLES = "SELECT tablename FROM pg_tables WHERE schemaname = %s ORDER BY tablename"


class PostgresPreview:
    """The preview of one connection."""

    def __init__(self, warehouse: PostgresWarehouse, beside: PostgresWarehouse, memory: Path) -> None:
        self._warehouse, self._beside = warehouse, beside
        self.answers = beside
        self.memory = memory

    @property
    def built_at(self) -> datetime | None:
        """When it was built (UTC); None before."""
        try:
            with self.answers.opened() as reading:
                rows = reading.execute("SELECT built_at FROM answers.built").rows
        except NoRowsError:
            return None
        return rows[0][0] if rows else None

    def begin(self) -> PostgresWarehouse:
        """Copies what the models remember; nobody writes the warehouse meanwhile."""
        self.end()
        with self._warehouse.connected() as connection, connection.begin():
            for schema in (*BUILT, "decided"):
                connection.exec_driver_sql(f"CREATE SCHEMA {quoted(self._beside.schema(schema))}")
            for schema in _REMEMBERED:
                source, copy = quoted(self._warehouse.schema(schema)), quoted(self._beside.schema(schema))
                for (table,) in connection.exec_driver_sql(_TABLES, (self._warehouse.schema(schema),)).all():
                    own = f"{copy}.{quoted(table)}"
                    connection.exec_driver_sql(f"CREATE TABLE {own} (LIKE {source}.{quoted(table)} INCLUDING ALL)")
                    connection.exec_driver_sql(f"INSERT INTO {own} SELECT * FROM {source}.{quoted(table)}")  # noqa: S608 # quoted names
        return self._beside

    def keep(self, questions: Mapping[str, str], values: Sequence[Any]) -> None:
        """Keeps the answers of the copy, in place of those of the build before."""
        with self._beside.connected() as connection, connection.begin():
            connection.exec_driver_sql(self._dropped("answers"))
            grant(connection, self._beside.reader, [self._beside.schema("answers")])
        with self._beside.writing() as writing:
            for name, question in questions.items():
                writing.execute(f"CREATE TABLE answers.{name} AS {question}", values)
            writing.execute("CREATE TABLE answers.built AS SELECT now() AS built_at")

    def end(self) -> None:
        """Drops the copy."""
        self._drop(*BUILT, "decided")

    def forget(self) -> None:
        """Drops everything."""
        self._drop(*BUILT, "decided", "answers")
        shutil.rmtree(self.memory.parent, ignore_errors=True)

    def _drop(self, *schemas: str) -> None:
        with self._beside.connected() as connection, connection.begin():
            for schema in schemas:
                connection.exec_driver_sql(self._dropped(schema))

    def _dropped(self, schema: str) -> str:
        return f"DROP SCHEMA IF EXISTS {quoted(self._beside.schema(schema))} CASCADE"
