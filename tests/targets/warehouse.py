"""Loads lines into a warehouse, in this process or through the command line, and reads back what is there."""

from __future__ import annotations

import json
import logging
import subprocess
import sys
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from decimal import Decimal
from functools import partial
from pathlib import Path
from typing import Any

import psycopg

from targets.duckdb.kind import DUCKDB
from targets.duckdb.settings import DuckDBSettings
from targets.loading import ledger, tables
from targets.loading.column_types import ColumnType
from targets.loading.errors import LoadError
from targets.loading.loader import Loader, load
from targets.loading.names import literal, quoted
from targets.loading.settings import LoadSettings
from targets.loading.store import Store
from targets.postgres import connect as postgres_connect
from targets.postgres.settings import PostgresSettings
from targets.postgres.store import PostgresStore

LOG = logging.getLogger("tests.targets")


@dataclass
class Outcome:
    """What a load wrote to standard output and said about itself."""

    states: list[Any] = field(default_factory=list)
    reports: list[str] = field(default_factory=list)
    error: str | None = None


class Warehouse:
    """A place to load into."""

    module: str
    name: str = ""
    settings: type[LoadSettings]

    def config(self) -> dict[str, Any]:
        raise NotImplementedError

    def open(self, settings: LoadSettings) -> Store:
        raise NotImplementedError

    def load(self, lines: Iterable[bytes], *, complete: bool = True, **config: Any) -> Outcome:
        """Loads in this process; with `complete=False` the run ends without drain, as a kill does."""
        settings = self.settings.model_validate({**self.config(), **config})
        outcome = Outcome()
        store = self.open(settings)
        try:
            tables.prepare(store)
            ledger.prepare(store)
            loader = Loader(store, settings, lambda state: outcome.states.append(json.loads(state)), LOG)
            try:
                if complete:
                    load(loader, [b"\n".join(lines)])
                else:
                    for line in lines:
                        loader.feed(line)
            except LoadError as error:
                outcome.error = str(error)
            outcome.reports = loader.reports()
        finally:
            store.close()
        return outcome

    def command(self, folder: Path, **config: Any) -> list[str]:
        """The command line of the target."""
        file = folder / "config.json"
        file.write_text(json.dumps({**self.config(), **config}))
        return [sys.executable, "-m", self.module, "--config", str(file)]

    def run(self, folder: Path, data: bytes, **config: Any) -> subprocess.CompletedProcess[bytes]:
        """Loads through the command line."""
        return subprocess.run(self.command(folder, **config), input=data, capture_output=True, timeout=180, check=False)

    def query(self, sql: str) -> list[tuple[Any, ...]]:
        store = self.open(self.settings.model_validate(self.config()))
        try:
            return store.query(sql)
        finally:
            store.close()

    def rows(self, table: str, columns: Iterable[str]) -> list[dict[str, Any]]:
        """Rows of `schema.table` as JSON values, in no order: numbers exact as text where they are decimals."""
        schema, _, name = table.partition(".")
        columns = list(columns)
        kinds = self.types(table)
        names = ", ".join(
            f"CAST({quoted(name)} AS text)" if kinds[name].kind == "json" else quoted(name) for name in columns
        )
        found = self.query(f"SELECT {names} FROM {quoted(schema)}.{quoted(name)}")
        return [
            {column: _plain(value, kinds[column].kind) for column, value in zip(columns, row, strict=True)}
            for row in found
        ]

    def types(self, table: str) -> dict[str, ColumnType]:
        schema, _, name = table.partition(".")
        store = self.open(self.settings.model_validate(self.config()))
        try:
            return store.table_columns(schema, name)
        finally:
            store.close()

    def tables(self) -> set[str]:
        hidden = ", ".join(map(literal, ("_engarde", "information_schema", "pg_catalog")))
        found = self.query(
            f"SELECT table_schema, table_name FROM information_schema.tables WHERE table_schema NOT IN ({hidden})"
        )
        return {f"{schema}.{table}" for schema, table in found}

    def state(self) -> Any:
        """The committed state of the only pipeline."""
        found = self.query("SELECT value FROM _engarde.state")
        assert len(found) <= 1
        return json.loads(found[0][0]) if found else None


class DuckDBWarehouse(Warehouse):
    """A DuckDB file."""

    module = "targets.duckdb.target"
    settings = DuckDBSettings

    def __init__(self, path: Path) -> None:
        self.path = path

    def config(self) -> dict[str, Any]:
        return {"path": str(self.path)}

    def open(self, settings: LoadSettings) -> Store:
        assert isinstance(settings, DuckDBSettings)
        return DUCKDB.open_store(settings, LOG)


class PostgresWarehouse(Warehouse):
    """A PostgreSQL database."""

    module = "targets.postgres.target"
    settings = PostgresSettings

    def __init__(self, host: str, database: str) -> None:
        self.host, self.database = host, database

    def emptied(self) -> PostgresWarehouse:
        """The same, without what earlier tests left."""
        with psycopg.connect(host=self.host, user="postgres", dbname=self.database, autocommit=True) as connection:
            found = connection.execute("SELECT nspname FROM pg_namespace WHERE nspname !~ '^(pg_|information_schema)'")
            for (name,) in found.fetchall():
                connection.execute(f"DROP SCHEMA {quoted(name)} CASCADE".encode())
            connection.execute("CREATE SCHEMA public")
        return self

    def config(self) -> dict[str, Any]:
        return {"host": self.host, "user": "postgres", "database": self.database}

    def open(self, settings: LoadSettings) -> Store:
        assert isinstance(settings, PostgresSettings)
        return PostgresStore(partial(postgres_connect.connect, settings))


def _plain(value: Any, kind: str) -> Any:
    if kind == "json":
        return None if value is None else _finite(json.loads(value))
    if kind == "big integer":
        return None if value is None else int(value)
    if isinstance(value, Decimal):
        plain = format(value, "f")
        return plain.rstrip("0").rstrip(".") if "." in plain else plain
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat()
    if isinstance(value, date):
        return value.isoformat()
    return value


def _finite(value: Any) -> Any:
    """PostgreSQL writes 1e400 with all its digits, DuckDB as it came; both are beyond a float."""
    if isinstance(value, dict):
        return {name: _finite(part) for name, part in value.items()}
    return float("inf") if isinstance(value, int) and value > 10**310 else value
