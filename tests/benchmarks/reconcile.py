"""`make bench-reconcile`: what identifying invented customers costs: in full, after 1 % changed, and again.

Every figure is dbt's own: seconds of its models, which run one after the other, and the peak memory of its process.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb
import psycopg

from tests.postgres import fresh_database, system_server
from transform.launch import DBT, PROJECT
from transform.scoring.population import populate

RAW = """
    SELECT unique_id::text AS id, platform, first_name, last_name, try_cast(dob AS date) AS dob, email, phone, street,
        suburb, postcode, NULL::text AS state
    FROM population
"""
# Of a thousand records six change (a moved house, a new telephone), two vanish and two are new.
LATER = f"""
    SELECT * REPLACE (CASE WHEN id::bigint % 1000 < 3 THEN '7 new road' ELSE street END AS street,
        CASE WHEN id::bigint % 1000 BETWEEN 3 AND 5 THEN '07' || lpad(id, 9, '5') ELSE phone END AS phone)
    FROM ({RAW}) WHERE hash(id) % 1000 >= 2
"""
FIRST = "SELECT * FROM ({}) WHERE hash(id, 'new') % 1000 >= 2"


@dataclass
class Run:
    """One run of dbt: seconds by model, the peak memory of dbt's process in MB, and its own wall time."""

    seconds: dict[str, float]
    megabytes: float

    @property
    def total(self) -> float:
        """Seconds of all models."""
        return sum(self.seconds.values())


class Warehouse:
    """A DuckDB file or a Postgres database that dbt builds in."""

    def __init__(self, folder: Path, host: str | None, database: str = "") -> None:
        self.folder, self.host, self.database = folder, host, database
        self.file = folder / "warehouse.duckdb"

    def load(self, population: Path, query: str) -> None:
        """Replaces the raw table by what a query on the population gives."""
        with duckdb.connect() as source:
            source.execute(f"CREATE VIEW population AS FROM read_parquet('{population}')")
            if self.host is None:
                source.execute(f"ATTACH '{self.file}' AS warehouse")
                source.execute("CREATE SCHEMA IF NOT EXISTS warehouse.people")
                source.execute(f"CREATE OR REPLACE TABLE warehouse.people.records AS {query}")
                return
            rows = self.folder / "rows.csv"
            source.execute(f"COPY ({query}) TO '{rows}' (FORMAT csv, HEADER false)")
        with psycopg.connect(host=self.host, user="postgres", dbname=self.database) as connection:
            connection.execute("CREATE SCHEMA IF NOT EXISTS people")
            connection.execute("DROP TABLE IF EXISTS people.records")
            connection.execute(
                "CREATE TABLE people.records (id text, platform text, first_name text, last_name text, dob date, "
                "email text, phone text, street text, suburb text, postcode text, state text)"
            )
            with (
                rows.open("rb") as lines,
                connection.cursor().copy("COPY people.records FROM STDIN (FORMAT csv)") as copy,
            ):
                while block := lines.read(1 << 20):
                    copy.write(block)

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
            "ENGARDE_STAGING": "scoring",
            "ENGARDE_CONNECTED": "people",
            "ENGARDE_DUCKDB_PATH": str(self.file),
            "ENGARDE_PG_HOST": self.host or "",
            "ENGARDE_PG_DATABASE": self.database,
            "DBT_PROFILES_DIR": str(PROJECT),
            "DBT_TARGET_PATH": str(self.folder / "target"),
            "DBT_LOG_PATH": str(self.folder / "logs"),
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
        return Run(
            {result["unique_id"].split(".")[-1]: result["execution_time"] for result in results},
            usage.ru_maxrss / 1024,
        )


def main() -> None:
    """Prints seconds of each model and the ratios."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--records", type=int, nargs="+", default=[100_000, 1_000_000])
    options.add_argument("--engines", nargs="+", default=["duckdb", "postgres"])
    options.add_argument("--select", nargs="+", default=["+customer_identities"])
    options.add_argument("--seed", type=int, default=1)
    given = options.parse_args()
    for engine in given.engines:
        for records in given.records:
            with tempfile.TemporaryDirectory(prefix="engarde-bench-") as place, warehouse(engine, Path(place)) as made:
                measure(made, f"{engine}, {records:,} records", records, given.seed, given.select)


@contextlib.contextmanager
def warehouse(engine: str, folder: Path) -> Iterator[Warehouse]:
    """An empty warehouse."""
    if engine == "duckdb":
        yield Warehouse(folder, None)
        return
    with system_server() as host, fresh_database(host, "bench") as database:
        yield Warehouse(folder, host, database)


def measure(made: Warehouse, title: str, records: int, seed: int, models: Sequence[str]) -> None:
    """A full build, an increment and a rerun."""
    population = made.folder / "population.parquet"
    with duckdb.connect() as connection:
        populate(connection, records, seed)
        connection.execute(f"COPY population TO '{population}' (FORMAT parquet)")
    made.load(population, FIRST.format(RAW))
    made.dbt("seed")
    arguments = ("--threads", "1", "--select", *models, "--vars", json.dumps({"default_country": "GB"}))
    full = made.dbt("run", *arguments)
    made.load(population, LATER)
    part = made.dbt("run", *arguments)
    before = made.rows("SELECT record_key, customer_key FROM unified.customer_identities WHERE is_current ORDER BY 1")
    again = made.dbt("run", *arguments)
    after = made.rows("SELECT record_key, customer_key FROM unified.customer_identities WHERE is_current ORDER BY 1")
    sys.stdout.write(f"{title}\n{'model':<32}{'full':>8}{'1 %':>8}{'again':>8}\n")
    for model in full.seconds:
        row = "".join(f"{run.seconds.get(model, 0):8.2f}" for run in (full, part, again))
        sys.stdout.write(f"{model:<32}{row}\n")
    sys.stdout.write(f"{'all':<32}{full.total:8.2f}{part.total:8.2f}{again.total:8.2f}\n")
    sys.stdout.write(
        f"an increment costs {part.total / full.total:.1%} of a full run; keys changed by a rerun: "
        f"{len(set(before) ^ set(after))}; peak memory {full.megabytes:.0f} MB\n\n"
    )


if __name__ == "__main__":
    main()
