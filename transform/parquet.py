"""`make parquet`: the raw tables of a DuckDB warehouse as Parquet files, for dbt on Spark.

A table is a folder: `<folder>/<platform>/<stream>/*.parquet`. Types go as they are; JSON goes as text.
"""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Sequence
from pathlib import Path

import duckdb

from transform.launch import PROJECT, connected_platforms
from transform.warehouse import WarehouseError


def export(warehouse: Path, folder: Path, platforms: Sequence[str]) -> int:
    """Writes the raw tables of these platforms, each in place of what was there; returns how many they are."""
    written = 0
    with duckdb.connect(str(warehouse), read_only=True) as connection:
        connection.execute("SET TimeZone = 'UTC'")
        tables = connection.execute("SELECT schema_name, table_name FROM duckdb_tables() ORDER BY ALL").fetchall()
        for schema, table in tables:
            if schema not in platforms:
                continue
            place = folder / schema / table
            shutil.rmtree(place, ignore_errors=True)
            place.mkdir(parents=True)
            source = f'"{schema}"."{table}"'
            connection.execute(f"COPY {source} TO '{_quoted(place / 'part.parquet')}' (FORMAT parquet)")
            written += 1
    return written


def _quoted(path: Path) -> str:
    return str(path).replace("'", "''")


def main() -> int:
    """Exports the warehouse that ENGARDE_DUCKDB_PATH names into the folder given; 2 where it cannot be opened."""
    folder = Path(sys.argv[1])
    warehouse = PROJECT / os.environ.get("ENGARDE_DUCKDB_PATH", "../output/dev.duckdb")
    try:
        platforms = connected_platforms(PROJECT, PROJECT, "duckdb")
    except WarehouseError as error:
        sys.stderr.write(f"parquet: {error}\n")
        return 2
    if not platforms:
        place = warehouse.resolve()
        sys.stderr.write(f"parquet: no platform has raw tables in {place}; ENGARDE_DUCKDB_PATH names another\n")
        return 2
    sys.stdout.write(f"{export(warehouse, folder, platforms)} tables of {', '.join(platforms)} in {folder}\n")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
