"""A warehouse that a benchmark fills from DuckDB and dbt builds in.

Every figure is dbt's own: seconds of its models, which run one after the other, and the peak memory of its process.
"""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import duckdb
import psycopg

from tests.postgres import fresh_database, system_server
from transform.launch import DBT, PROJECT

TYPES = {"JSON": "jsonb", "VARCHAR": "text", "TIMESTAMP WITH TIME ZONE": "timestamptz"}
"""Postgres' type for a type of DuckDB, where it has another name."""


@dataclass
class Run:
    """One run of dbt: seconds by model, the folder of each, and dbt's process: processor seconds and peak memory in MB.

    DuckDB works in that process, Postgres does not.
    """

    seconds: dict[str, float]
    folders: dict[str, str]
    processor: float
    megabytes: float

    @property
    def total(self) -> float:
        """Seconds of all models."""
        return sum(self.seconds.values())

    @property
    def by_folder(self) -> dict[str, float]:
        """Seconds by folder of the models."""
        sums: dict[str, float] = defaultdict(float)
        for model, seconds in self.seconds.items():
            sums[self.folders.get(model, "other")] += seconds
        return dict(sums)


@dataclass
class Warehouse:
    """A DuckDB file or a Postgres database that dbt builds in; `settings` say which platforms."""

    folder: Path
    host: str | None
    database: str = ""
    settings: Mapping[str, str] = field(default_factory=dict)

    @property
    def file(self) -> Path:
        """The file of DuckDB."""
        return self.folder / "warehouse.duckdb"

    def load(self, source: duckdb.DuckDBPyConnection, tables: Mapping[str, str]) -> None:
        """Replaces raw tables (`schema.table`) by what queries on a DuckDB database give."""
        if self.host is None:
            source.execute(f"ATTACH '{self.file}' AS warehouse")
            for table, query in tables.items():
                source.execute(f"CREATE SCHEMA IF NOT EXISTS warehouse.{table.partition('.')[0]}")
                source.execute(f"CREATE OR REPLACE TABLE warehouse.{table} AS {query}")
            source.execute("DETACH warehouse")
            return
        with psycopg.connect(host=self.host, user="postgres", dbname=self.database) as connection:
            for table, query in tables.items():
                connection.execute(f"CREATE SCHEMA IF NOT EXISTS {table.partition('.')[0]}")
                self._copy(source, connection, table, query)
        with psycopg.connect(host=self.host, user="postgres", dbname=self.database, autocommit=True) as connection:
            connection.execute("VACUUM ANALYZE")

    def _copy(self, source: duckdb.DuckDBPyConnection, connection: Any, table: str, query: str) -> None:
        rows = self.folder / "rows.csv"
        columns = ", ".join(
            f'"{name}" {TYPES.get(str(kind), str(kind))}'
            for name, kind, *_ in source.execute(f"DESCRIBE {query}").fetchall()
        )
        source.execute(f"COPY ({query}) TO '{rows}' (FORMAT csv, HEADER false)")
        connection.execute(f"DROP TABLE IF EXISTS {table}")
        connection.execute(f"CREATE TABLE {table} ({columns})")
        with rows.open("rb") as lines, connection.cursor().copy(f"COPY {table} FROM STDIN (FORMAT csv)") as copy:
            while block := lines.read(1 << 20):
                copy.write(block)
        rows.unlink()

    def rows(self, query: str) -> list[tuple[Any, ...]]:
        """The answer to a query."""
        if self.host is None:
            with duckdb.connect(str(self.file), read_only=True) as connection:
                return connection.execute(query).fetchall()
        with psycopg.connect(host=self.host, user="postgres", dbname=self.database) as connection:
            return connection.execute(query).fetchall()

    def dbt(self, command: str, *arguments: str) -> Run:
        """Runs dbt; ends the benchmark with what it printed if it fails."""
        environment = os.environ | {
            "ENGARDE_DUCKDB_PATH": str(self.file),
            "ENGARDE_PG_HOST": self.host or "",
            "ENGARDE_PG_DATABASE": self.database,
            "DBT_PROFILES_DIR": str(PROJECT),
            "DBT_TARGET_PATH": str(self.folder / "target"),
            "DBT_LOG_PATH": str(self.folder / "logs"),
            **self.settings,
        }
        target = "duckdb" if self.host is None else "postgres"
        printed = self.folder / "dbt.txt"
        with printed.open("w") as output:
            process = subprocess.Popen(
                [str(DBT), command, "--target", target, *arguments],
                cwd=PROJECT, env=environment, stdout=output, stderr=subprocess.STDOUT,
            )  # fmt: skip
            _, status, usage = os.wait4(process.pid, 0)
            process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode:
            raise SystemExit(printed.read_text()[-3000:])
        results = json.loads((self.folder / "target" / "run_results.json").read_text())["results"]
        nodes = json.loads((self.folder / "target" / "manifest.json").read_text())["nodes"]
        names = {result["unique_id"]: result["unique_id"].split(".")[-1] for result in results}
        return Run(
            {names[result["unique_id"]]: result["execution_time"] for result in results},
            {
                name: _folder(nodes[node]["original_file_path"])
                for node, name in names.items()
                if not node.startswith("operation.")
            },
            usage.ru_utime + usage.ru_stime,
            usage.ru_maxrss / 1024,
        )


def _folder(path: str) -> str:
    parts = Path(path).parts
    return parts[2] if parts[1] == "reconciled" else "staging" if parts[0] == "models" else parts[0]


@contextlib.contextmanager
def warehouse(engine: str, folder: Path, settings: Mapping[str, str]) -> Iterator[Warehouse]:
    """An empty warehouse."""
    if engine == "duckdb":
        yield Warehouse(folder, None, settings=settings)
        return
    with system_server() as host, fresh_database(host, "bench") as database:
        yield Warehouse(folder, host, database, settings)
