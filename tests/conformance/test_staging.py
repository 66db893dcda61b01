"""The staging models of all platforms build on what their taps read from the pretend vendors, on either engine."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from taps.kinds import platforms
from tests.conformance.checks import Case
from tests.conformance.checks_loading import lines_of, server
from tests.conformance.test_platforms import CHOSEN
from tests.targets.warehouse import DuckDBWarehouse, PostgresWarehouse, Warehouse

ROOT = Path(__file__).parents[2]
STAGING = ROOT / "transform" / "models" / "staging"


@pytest.mark.parametrize("engine", ["duckdb", pytest.param("postgres", marks=pytest.mark.slow)])
def test_staging_models_build_on_what_the_taps_read(engine: str, tmp_path: Path) -> None:
    chosen = [name for name in platforms("api") if name in CHOSEN and any(STAGING.glob(f"{name}/stg_*.sql"))]
    if not chosen:
        pytest.skip("none of these platforms has staging models")
    warehouse: Warehouse
    if engine == "duckdb":
        warehouse = DuckDBWarehouse(tmp_path / "staging.duckdb")
    else:
        warehouse = PostgresWarehouse(server(), "postgres").emptied()
    for platform in chosen:
        with Case(platform).bench() as here:
            lines = lines_of(here.run())
        outcome = warehouse.load(lines)
        assert outcome.error is None, f"{platform}: {outcome.error}"
    assert built(engine, warehouse, tmp_path / "dbt", chosen) == []


def built(engine: str, warehouse: Warehouse, folder: Path, chosen: list[str]) -> list[str]:
    """What dbt says went wrong, a line for each model."""
    where = warehouse.config()
    environment = {
        **os.environ,
        "ENGARDE_DBT_TARGET_NAME": engine,
        "ENGARDE_DUCKDB_PATH": str(where.get("path", "")),
        "ENGARDE_PG_HOST": str(where.get("host", "")),
        "ENGARDE_PG_USER": "postgres",
        "ENGARDE_PG_DATABASE": str(where.get("database", "")),
    }
    target = folder / "target"
    command = [str(Path(sys.executable).with_name("engarde")), "dbt", "build", "--exclude-resource-type", "test"]
    command += [
        "--target-path",
        str(target),
        "--select",
        "path:seeds",
        *(f"path:models/staging/{platform}" for platform in chosen),
        "--log-path",
        str(folder),
        "--log-level-file",
        "none",
        "--quiet",
    ]
    done = subprocess.run(command, env=environment, cwd=ROOT, capture_output=True, text=True, check=False)
    results = target / "run_results.json"
    if not results.is_file():
        return [done.stdout[-2000:] + done.stderr[-2000:]]
    found = json.loads(results.read_text())["results"]
    assert found, "dbt built no model"
    return [
        f"{each['unique_id']}: {each['message'][:300]}"
        for each in found
        if each["status"] not in {"success", "skipped"}
    ]
