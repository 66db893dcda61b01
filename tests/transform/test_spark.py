"""The same models build on Spark from Parquet files and say what DuckDB says; they need Java and `make spark`."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import duckdb
import pytest

from tests.transform.shops import ALL
from tests.transform.warehouse import PROJECT, Warehouse
from transform.parquet import export

MODELS = ("--select", "+customers", "+orders", "+product_identities", "--exclude-resource-type", "test", "unit_test")
TABLES = (
    "unified.customers",
    "unified.customer_identities",
    "unified.orders",
    "unified.payments",
    "unified.product_identities",
)
OF_THE_RUN = ("run_id", "identity_id", "valid_from", "key_minted_at")

pytestmark = pytest.mark.skipif(
    shutil.which("java") is None or find_spec("pyspark") is None, reason="no Java, or no PySpark: make spark"
)


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> tuple[Warehouse, Path]:
    """The hand-made shops in DuckDB, and the folder of tables that Spark made of the same rows."""
    folder = tmp_path_factory.mktemp("spark")
    warehouse = Warehouse("duckdb", str(folder / "warehouse.duckdb"), folder / "duckdb")
    warehouse.load(ALL)
    export(Path(warehouse.place), folder / "raw", list(ALL))
    warehouse.build(*MODELS)
    settings = {
        "ENGARDE_PARQUET": str(folder / "raw"), "ENGARDE_SPARK_WAREHOUSE": str(folder / "tables"),
        "ENGARDE_SPARK_CATALOG": "in-memory", "ENGARDE_SPARK_MASTER": "local[2]", "ENGARDE_SPARK_PARTITIONS": "1",
        "ENGARDE_SPARK_MEMORY": "2g", "ENGARDE_SPARK_JAVA": "-XX:TieredStopAtLevel=1",
        "DBT_TARGET_PATH": str(folder / "target"), "DBT_LOG_PATH": str(folder / "logs"),
        "DBT_PROFILES_DIR": str(PROJECT),
    }  # fmt: skip
    done = subprocess.run(
        [str(Path(sys.executable).with_name("engarde-dbt")), "build", "--target", "spark", *MODELS],
        cwd=PROJECT, env=os.environ | settings, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout[-6000:] + done.stderr[-2000:]
    return warehouse, folder / "tables"


@pytest.mark.parametrize("table", TABLES)
def test_tables_are_those_of_duckdb(built: tuple[Warehouse, Path], table: str) -> None:
    warehouse, tables = built
    schema, name = table.split(".")
    with duckdb.connect() as connection:
        connection.execute("SET TimeZone = 'UTC'")
        connection.execute(f"CREATE SCHEMA {schema}")
        connection.execute(f"ATTACH '{warehouse.place}' AS made (READ_ONLY)")
        connection.execute(f"CREATE TABLE {table} AS FROM read_parquet('{tables}/{schema}.db/{name}/*.parquet')")
        ours = f"SELECT * EXCLUDE ({', '.join(c for c in OF_THE_RUN if c in columns(connection, f'made.{table}'))})"
        only_duckdb = connection.execute(f"{ours} FROM made.{table} EXCEPT ALL {ours} FROM {table}").fetchall()
        only_spark = connection.execute(f"{ours} FROM {table} EXCEPT ALL {ours} FROM made.{table}").fetchall()
        (count,) = connection.execute(f"SELECT count(*) FROM {table}").fetchall()[0]
    assert (only_duckdb, only_spark) == ([], [])
    assert count > 0


def columns(connection: duckdb.DuckDBPyConnection, table: str) -> list[str]:
    """The names of a table's columns, in their order."""
    return [name for name, *_ in connection.execute(f"DESCRIBE {table}").fetchall()]
