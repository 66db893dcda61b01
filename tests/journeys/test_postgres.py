"""The first pipeline into Postgres: the same taps, the same models, and the same unified tables as on DuckDB."""

import json
import os
import subprocess
import sys
from pathlib import Path

import duckdb
import psycopg
import pytest

from sandbox.running import running
from tests.journeys.test_first_pipeline import BIN, config
from tests.postgres import embedded_server

ROOT = Path(__file__).parents[2]
PLATFORMS = ("stripe", "shopify", "hubspot", "google_ads")
COUNTED = {
    "unified.customers": "select count(*), count(email) from unified.customers where status = 'active'",
    "unified.orders": "select currency, count(*), sum(total), sum(refunded) from unified.orders group by 1 order by 1",
    "unified.payments": "select match_type, match_rule, count(*), sum(amount) from unified.payments "
    "group by 1, 2 order by 1, 2",
    "unified.identity_edges": "select rule, verdict, count(*) from unified.identity_edges group by 1, 2 order by 1, 2",
    "unified.campaign_performance_daily": "select currency, sum(spend), sum(clicks) "
    "from unified.campaign_performance_daily group by 1 order by 1",
}


def pipe(messages: bytes, folder: Path, target: str, settings: dict[str, object]) -> None:
    file = folder / f"{target}.json"
    file.write_text(json.dumps(settings))
    command = [str(BIN / target), "--config", str(file)]
    done = subprocess.run(command, input=messages, capture_output=True, timeout=170, check=False)
    assert done.returncode == 0, done.stderr.decode()[-2000:]


def dbt(folder: Path, target: str, environment: dict[str, str]) -> None:
    command = [str(BIN / "engarde-dbt"), "build", "--quiet", "--target", target]
    command += ["--target-path", str(folder / f"dbt-{target}")]
    command += ["--log-path", str(folder / f"dbt-{target}")]
    done = subprocess.run(command, capture_output=True, timeout=300, check=False, env={**os.environ, **environment})
    assert done.returncode == 0, done.stdout.decode()[-3000:]


@pytest.mark.slow
@pytest.mark.skipif(sys.platform == "win32", reason="the embedded PostgreSQL has no Windows socket folder")
def test_postgres_and_duckdb_come_to_the_same_result(tmp_path):
    warehouse = tmp_path / "warehouse.duckdb"
    with embedded_server() as host, running(seed=3, people=80) as box:
        with psycopg.connect(host=host, user="postgres", autocommit=True) as server:
            server.execute("create database engarde")
        for platform in PLATFORMS:
            (tmp_path / "tap.json").write_text(json.dumps(config(box, platform)))
            command = [str(BIN / f"tap-{platform.replace('_', '-')}"), "--config", str(tmp_path / "tap.json")]
            tapped = subprocess.run(command, capture_output=True, timeout=170, check=True)
            pipe(tapped.stdout, tmp_path, "target-duckdb", {"path": str(warehouse)})
            postgres = {"host": host, "user": "postgres", "password": "", "database": "engarde"}
            pipe(tapped.stdout, tmp_path, "target-postgres", postgres)
        dbt(tmp_path, "duckdb", {"ENGARDE_DUCKDB_PATH": str(warehouse)})
        dbt(tmp_path, "postgres", {"ENGARDE_PG_HOST": host, "ENGARDE_PG_DATABASE": "engarde"})
        with (
            duckdb.connect(str(warehouse), read_only=True) as ours,
            psycopg.connect(host=host, user="postgres", dbname="engarde") as theirs,
        ):
            for table, query in COUNTED.items():
                expected = ours.execute(query).fetchall()
                assert len(expected) > 0, table
                assert theirs.execute(query).fetchall() == expected, table
