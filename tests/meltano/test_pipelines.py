"""Meltano itself, in a copy of the project, against a sandbox."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import duckdb
import pytest

from demo.vendors import Vendors
from orchestrate.project import read_project
from sandbox.running import Box, running
from tests.meltano.project_copy import copy_project

Meltano = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture(scope="module")
def box() -> Iterator[Box]:
    with running(seed=7, people=60) as box:
        yield box


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return copy_project(tmp_path_factory.mktemp("meltano"))


@pytest.fixture(scope="module")
def meltano(root: Path, box: Box) -> Meltano:
    """Runs .venv/bin/meltano with nothing activated, and no way to the network but a proxy that is not there."""
    addresses = Vendors(f"http://127.0.0.1:{box.port}").tap_settings(read_project(root))
    quiet = {"PATH": "/usr/bin:/bin", "HOME": str(root), "NO_COLOR": "1", "MELTANO_CLI_LOG_FORMAT": "plain"}
    nowhere = {"HTTPS_PROXY": "http://127.0.0.1:9", "HTTP_PROXY": "http://127.0.0.1:9", "NO_PROXY": "127.0.0.1"}

    def run(*arguments: str, fails: bool = False, **variables: str) -> subprocess.CompletedProcess[str]:
        command = [str(root / ".venv" / "bin" / "meltano"), *arguments]
        environment = {**quiet, **nowhere, **addresses, **variables}
        done = subprocess.run(command, cwd=root, env=environment, capture_output=True, text=True, check=False)
        assert (done.returncode != 0) == fails, done.stderr[-3000:]
        return done

    return run


def records(said: str, stream: str) -> int:
    found = re.search(rf"stripe\.{stream}: ([\d,]+) records", said)
    assert found, said[-2000:]
    return int(found[1].replace(",", ""))


def customers(root: Path) -> int:
    with duckdb.connect(str(root / "output" / "warehouse.duckdb"), read_only=True) as con:
        return int(con.execute("select count(*) from stripe.customers").fetchall()[0][0])


def test_el_loads_and_goes_on_where_it_stopped(meltano: Meltano, root: Path, box: Box) -> None:
    before = (root / "meltano.yml").read_text()
    first = meltano("--environment=sandbox", "el", "tap-stripe", "target-duckdb", "--state-id=stripe").stderr
    loaded = customers(root)
    assert loaded > 10
    assert records(first, "customers") >= loaded

    box.advance(days=1)
    second = meltano("--environment=sandbox", "el", "tap-stripe", "target-duckdb", "--state-id=stripe").stderr
    assert records(second, "charges") < records(first, "charges") / 2
    assert customers(root) >= loaded
    assert '"charges"' in meltano("--environment=sandbox", "state", "get", "stripe").stdout
    assert (root / "meltano.yml").read_text() == before, "Meltano rewrote the file that is under version control"


@pytest.mark.slow
def test_a_schedule_runs_by_hand_and_keeps_state_by_environment(meltano: Meltano, root: Path) -> None:
    meltano("--environment=sandbox", "schedule", "run", "stripe-hourly")
    assert "sandbox:tap-stripe-to-target-duckdb" in meltano("--environment=sandbox", "state", "list").stdout
    with duckdb.connect(str(root / "output" / "warehouse.duckdb"), read_only=True) as con:
        assert con.execute("select count(*) from unified.payments").fetchall()[0][0] > 0


def test_a_secret_goes_into_the_env_file_and_nowhere_else(meltano: Meltano, root: Path) -> None:
    meltano("config", "set", "tap-stripe", "api_key", "rk_test_kept_apart")
    assert "rk_test_kept_apart" in (root / ".env").read_text()
    assert "rk_test_kept_apart" not in (root / "meltano.yml").read_text()
    assert "rk_test_kept_apart" not in meltano("config", "list", "tap-stripe").stdout
    (root / ".env").unlink()


def test_a_refused_login_ends_the_run_and_says_why(meltano: Meltano) -> None:
    said = meltano(
        "--environment=sandbox", "run", "tap-stripe", "target-duckdb", fails=True, TAP_STRIPE_API_KEY="rk_test_wrong"
    ).stderr
    assert "stripe: " in said
    assert "401" in said or "refused" in said
    assert "rk_test_wrong" not in said


def test_every_job_and_schedule_names_what_there_is(root: Path) -> None:
    project = read_project(root)
    names = {path.name.split("--")[0] for path in (root / "plugins").glob("*/*.lock")}
    for job in project.jobs.values():
        for task in job.tasks:
            assert {plugin.split(":")[0] for plugin in task.plugins} <= names
    assert {schedule.job for schedule in project.schedules} <= project.jobs.keys()
    assert sys.prefix == str((root / ".venv").resolve())
    assert os.environ.get("MELTANO_ENVIRONMENT") is None
