"""A DuckDB warehouse with raw tables of a scoring-only platform, built by dbt as a user's is."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import duckdb

from transform.launch import DBT, PROJECT

WAREHOUSE = "warehouse.duckdb"


class BuildError(Exception):
    """dbt failed; the text is the end of what it printed."""


def load(folder: Path, platform: str, table: str, query: str, parameters: Sequence[Any] = ()) -> None:
    """Makes the raw table `<platform>.<table>` of a query's rows, in the folder's warehouse."""
    with duckdb.connect(str(folder / WAREHOUSE)) as connection:
        connection.execute(f"CREATE SCHEMA IF NOT EXISTS {platform}")
        connection.execute(f"CREATE OR REPLACE TABLE {platform}.{table} AS {query}", list(parameters))


def build(folder: Path, platform: str, models: Sequence[str], variables: dict[str, Any]) -> tuple[float, float]:
    """Builds models (dbt selectors) and returns wall seconds of the models and peak memory in MB; raises `BuildError`.

    The platform's staging models and macros lie in `models/scoring/<platform>` and `macros/scoring/<platform>`.
    """
    given = ["--vars", json.dumps(variables)]  # to both, for dbt parses anew where they change
    _dbt(folder, platform, "seed", given)
    memory = _dbt(folder, platform, "run", ["--select", *models, *given])
    results = json.loads((folder / "target" / "run_results.json").read_text(encoding="utf-8"))
    return float(results["elapsed_time"]), memory


def _dbt(folder: Path, platform: str, command: str, arguments: Sequence[str]) -> float:
    """Runs dbt and returns the peak memory of its process in MB."""
    environment = os.environ | {
        "ENGARDE_STAGING": "scoring",
        "ENGARDE_CONNECTED": platform,
        "ENGARDE_DUCKDB_PATH": str(folder / WAREHOUSE),
        "DBT_PROFILES_DIR": str(PROJECT),
        "DBT_TARGET_PATH": str(folder / "target"),
        "DBT_LOG_PATH": str(folder / "logs"),
    }
    printed = folder / "dbt.txt"
    with printed.open("w", encoding="utf-8") as output:
        process = subprocess.Popen(
            [str(DBT), command, "--target", "duckdb", *arguments],
            cwd=PROJECT, env=environment, stdout=output, stderr=subprocess.STDOUT,
        )  # fmt: skip
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode != 0:
        msg = f"dbt {command} failed:\n{printed.read_text(encoding='utf-8')[-3000:]}"
        raise BuildError(msg)
    return usage.ru_maxrss / 1024
