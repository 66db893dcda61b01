"""Two warehouses with the same raw tables: DuckDB and Postgres, filled by hand and built by dbt."""

from __future__ import annotations

import atexit
import hashlib
import json
import os
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

import duckdb
import psycopg
import yaml

from tests.transform import dbt_process

ROOT = Path(__file__).parents[2]
PROJECT = ROOT / "transform"
LOADED = "2026-11-20T06:00:00+00:00"
TYPES = {
    "duckdb": {"decimal": "DECIMAL(38,9)", "json": "JSON", "number": "DOUBLE", "string": "VARCHAR"},
    "postgres": {"decimal": "numeric", "json": "jsonb", "number": "double precision", "string": "text"},
}
COMMON = {
    "integer": "BIGINT",
    "epoch": "BIGINT",
    "epoch_ms": "BIGINT",
    "boolean": "BOOLEAN",
    "date": "DATE",
    "datetime": "TIMESTAMPTZ",
}
OWN = {"_connection_id": "string", "_extra": "json", "_sdc_extracted_at": "datetime", "_sdc_deleted_at": "datetime"}
Rows = dict[str, dict[str, list[dict[str, Any]]]]


@dataclass
class Warehouse:
    """A database with raw tables; `build` runs dbt on it."""

    engine: str
    place: str
    folder: Path
    database: str = ""
    user: str = "postgres"
    prefix: str = ""
    """What the schemas begin with."""
    connected: Sequence[str] | None = None
    """The platforms that builds are for which name none, with those loaded; else those with raw tables."""
    loaded: set[str] = field(default_factory=set)

    @contextmanager
    def connection(self) -> Iterator[Any]:
        """Opens the database; times are UTC."""
        if self.engine == "duckdb":
            with duckdb.connect(self.place) as connection:
                connection.execute("SET TimeZone = 'UTC'")
                yield connection
        else:
            with psycopg.connect(
                host=self.place, user=self.user, dbname=self.database, options="-c timezone=UTC"
            ) as connection:
                yield connection

    def load(self, rows: Rows) -> None:
        """Replaces raw tables by the rows given, with all columns their manifests declare."""
        self.loaded |= rows.keys()
        with self.connection() as connection:
            for platform, streams in rows.items():
                connection.execute(f"CREATE SCHEMA IF NOT EXISTS {self.prefix}{platform}")
                for stream, records in streams.items():
                    self._load_table(connection, platform, stream, records)

    def _load_table(self, connection: Any, platform: str, stream: str, records: Sequence[dict[str, Any]]) -> None:
        declared = columns_of(platform, stream)
        custom = {
            name: "string"
            for record in records
            for name in record
            if platform == "hubspot" and name not in declared | OWN
        }
        types = declared | OWN | custom
        sql_types = COMMON | TYPES[self.engine]
        columns = ", ".join(f'"{name}" {sql_types[kind]}' for name, kind in types.items())
        table = f"{self.prefix}{platform}.{stream}"
        connection.execute(f"DROP TABLE IF EXISTS {table} CASCADE")
        connection.execute(f"CREATE TABLE {table} ({columns})")
        mark = "?" if self.engine == "duckdb" else "%s"
        for record in records:
            values = {"_connection_id": "default", "_sdc_extracted_at": LOADED, **record}
            sent = [json.dumps(v) if types[k] == "json" and v is not None else v for k, v in values.items()]
            names = ", ".join(f'"{name}"' for name in values)
            connection.execute(f"INSERT INTO {table} ({names}) VALUES ({', '.join([mark] * len(values))})", sent)

    def build(self, *arguments: str, connected: Sequence[str] | None = None, command: str = "build") -> str:
        """Runs dbt on the platforms named, or on those loaded, and returns what it printed; fails with it otherwise."""
        variables = arguments[arguments.index("--vars") + 1] if "--vars" in arguments else ""
        call = [command, "--target", self.engine, *arguments]
        code, printed = dbt_process.run(call, PROJECT, os.environ | self.environment(connected, variables))
        assert code == 0, printed[-6000:]
        return printed

    def environment(self, connected: Sequence[str] | None = None, variables: str = "") -> dict[str, str]:
        """The settings by which the project's profile finds this database, and dbt what it remembers.

        dbt forgets what it parsed where platforms or variables change, so that each set of them has its own memory,
        which all warehouses of this process share.
        """
        if connected is None and self.connected is not None:
            connected = sorted({*self.connected, *self.loaded})
        name = self.database or Path(self.place).stem
        memory = hashlib.sha256(f"{self.engine} {name} {connected} {variables}".encode()).hexdigest()[:8]
        settings = {
            "DBT_TARGET_PATH": str(memories() / memory),
            "DBT_LOG_PATH": str(self.folder / "logs"),
            "DBT_PROFILES_DIR": str(PROJECT),
            "DBT_WRITE_JSON": "false",
            "DBT_LOG_LEVEL_FILE": "none",
        }
        if connected is not None:
            settings["ENGARDE_CONNECTED"] = ",".join(connected)
        if self.engine == "duckdb":
            return settings | {"ENGARDE_DUCKDB_PATH": self.place}
        return settings | {"ENGARDE_PG_HOST": self.place, "ENGARDE_PG_DATABASE": self.database}

    def rows(self, query: str) -> list[tuple[Any, ...]]:
        """The answer to a query."""
        with self.connection() as connection:
            return [tuple(row) for row in connection.execute(query).fetchall()]

    def table(self, name: str, without: Sequence[str] = ("run_id",)) -> list[tuple[Any, ...]]:
        """All rows of a table in a fixed order of rows and columns, without the named columns."""
        schema, _, table = name.partition(".")
        found = self.rows(
            "SELECT column_name FROM information_schema.columns "
            f"WHERE table_schema = '{schema}' AND table_name = '{table}'"
        )
        columns = sorted(column for (column,) in found if column not in without)
        chosen = ", ".join(f'CAST("{column}" AS VARCHAR)' for column in columns)
        return sorted(self.rows(f"SELECT {chosen} FROM {name}"), key=str)


def columns_of(platform: str, stream: str) -> dict[str, str]:
    """Column names and types of a stream as its manifest declares them."""
    fields = manifest_of(platform)["streams"][stream]["fields"]
    return {name: (spec if isinstance(spec, str) else spec["type"]).removesuffix("!") for name, spec in fields.items()}


@cache
def memories() -> Path:
    """The folder in which dbt remembers what it parsed for the tests of this process."""
    folder = tempfile.TemporaryDirectory(prefix="engarde-parsed-")
    atexit.register(folder.cleanup)
    return Path(folder.name)


@cache
def manifest_of(platform: str) -> dict[str, Any]:
    """A platform's manifest, read once: the largest take seconds."""
    text = (ROOT / "taps" / "platforms" / platform / "manifest.yaml").read_text(encoding="utf-8")
    found: dict[str, Any] = yaml.load(text, Loader=yaml.CSafeLoader)
    return found
