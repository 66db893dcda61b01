"""What workers of several machines share of a tenant: one at a time writes, and knows what another left undone."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import psycopg
import pytest
import sqlalchemy
from sqlalchemy.exc import DBAPIError

from orchestrate.connections.service import Connections
from orchestrate.data.errors import AbandonedError, BusyError
from orchestrate.meltano_run import Outcome
from orchestrate.syncs import performing
from orchestrate.syncs.performing import perform
from orchestrate.syncs.queue import claim
from orchestrate.syncs.resetting import ResetError, forget_bookmarks
from orchestrate.syncs.service import Syncs
from orchestrate.warehouse.base import Warehouse
from orchestrate.warehouse.postgres import PostgresWarehouse
from orchestrate.warehouses import ADDRESS, FOLDER, warehouse_of
from tests.meltano.project_copy import ROOT, copy_project
from tests.orchestrate.stores import sqlite_address

ID, OTHER = "3f9c2a1b" + "0" * 24, "3f9c2a1c" + "0" * 24
HOLDS = (
    "import time; from orchestrate.warehouses import warehouse_of\n"
    f"with warehouse_of('{ID}', 'acme').alone(print): print('has it', flush=True); time.sleep(600)"
)


@pytest.fixture
def address(tmp_path: Path) -> str:
    """Nothing here depends on the store's engine."""
    return sqlite_address(tmp_path)


@pytest.fixture
def machine(engine: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Goes to a machine, whose folder no other has where warehouses lie in Postgres."""

    def go(name: str) -> Path:
        root = tmp_path / (name if engine == "postgres" else "shared")
        monkeypatch.setenv(FOLDER, str(root / "tenants"))
        return root

    go("first")
    return go


def elsewhere() -> subprocess.Popen[str]:
    """Another worker, which has acme's warehouse to itself once this returns."""
    process = subprocess.Popen(
        [sys.executable, "-c", HOLDS], stdout=subprocess.PIPE, text=True, env=os.environ.copy(), cwd=ROOT
    )
    assert process.stdout is not None and process.stdout.readline() == "has it\n"
    return process


def test_one_worker_at_a_time_has_a_tenants_warehouse_and_a_killed_one_frees_it(engine: str, machine: Any) -> None:
    said: list[str] = []
    entered = threading.Event()
    holder = elsewhere()
    machine("second")

    def wait() -> None:
        with warehouse_of(ID, "acme").alone(said.append):
            entered.set()

    waiting = threading.Thread(target=wait, daemon=True)
    try:
        waiting.start()
        with warehouse_of(OTHER, "zeta").alone(said.append):
            assert not entered.wait(1)
        assert len(said) == 1 and said[0].startswith("waiting: another run writes to ")
    finally:
        holder.kill()
        holder.wait()
    assert entered.wait(5)
    waiting.join(10)


def test_who_waits_for_a_warehouse_may_be_told_that_nobody_wants_it_any_more(engine: str, machine: Any) -> None:
    holder = elsewhere()
    machine("second")
    try:
        with pytest.raises(AbandonedError), warehouse_of(ID, "acme").alone(print, lambda: True):
            pytest.fail("it had the warehouse to itself")
    finally:
        holder.kill()
        holder.wait()


@pytest.mark.parametrize("engine", ["postgres"], indirect=True)
def test_a_run_whose_session_is_lost_says_that_another_may_have_written(engine: str, machine: Any) -> None:
    holding = warehouse_of(ID, "acme").alone(print)
    holding.__enter__()
    admin = os.environ[ADDRESS].replace("//warehouses@", "//postgres@")
    with psycopg.connect(admin, autocommit=True) as connection:
        ended = "SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype = 'advisory'"
        assert connection.execute(ended).fetchall() == [(True,)]
    with pytest.raises(BusyError, match="was lost, so that one may have written too; start the run again: "):
        holding.__exit__(None, None, None)


def test_what_one_worker_left_to_be_built_another_knows(engine: str, machine: Any) -> None:
    first = warehouse_of(ID, "acme").unbuilt
    assert first.platforms() == []
    for platform in ("stripe", "hubspot", "stripe"):
        first.add(platform)
    machine("second")
    second = warehouse_of(ID, "acme").unbuilt
    assert second.platforms() == ["hubspot", "stripe"]
    assert warehouse_of(OTHER, "zeta").unbuilt.platforms() == []
    second.built(["stripe", "shopify"])
    machine("first")
    assert first.platforms() == ["hubspot"]
    first.built(["hubspot"])


def test_a_build_that_one_worker_left_undone_is_built_by_another(
    engine: str, machine: Any, connections: Connections, monkeypatch: pytest.MonkeyPatch
) -> None:
    connections.add("hubspot", "main", {"access_token": "pat-canary-1"})
    connections.add("stripe", "shop", {"api_key": "rk_test_1"})
    syncs = Syncs(connections.store, connections.tenant_id, "user test")
    builds: list[Sequence[str]] = []
    codes = iter([1, 0])

    def build(_: performing.Performance, platforms: Sequence[str]) -> int:
        builds.append(platforms)
        return next(codes)

    monkeypatch.setattr(performing, "run_meltano", lambda *_: Outcome(0))
    monkeypatch.setattr(performing.Performance, "_build", build)
    monkeypatch.setattr("orchestrate.warehouse.file.FileWarehouse.publish", lambda _: None)
    ends = []
    for name, connection in (("first", "main"), ("second", "shop")):
        run_id = syncs.trigger(connection)
        claimed = claim(syncs.store)
        assert claimed is not None
        perform(syncs.store, claimed, machine(name))
        ends.append(syncs.run(run_id).status)
    assert ends == ["partial", "done"], syncs.run(run_id).reason
    assert builds == [["hubspot"], ["hubspot", "stripe"]]


def _state(root: Path, warehouse: Warehouse, *words: str) -> str:
    """What `meltano state` says of a tenant."""
    done = subprocess.run(
        [sys.executable, "-m", "meltano.cli", "--environment=dev", "state", *words],
        cwd=root, env={**os.environ, **warehouse.environment}, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.mark.parametrize("engine", ["postgres"], indirect=True)
def test_bookmarks_lie_beside_the_rows_and_the_reader_may_not_read_them(
    engine: str, machine: Any, tmp_path: Path
) -> None:
    first = warehouse_of(ID, "acme")
    assert isinstance(first, PostgresWarehouse)
    first.prepare("stripe")
    root = copy_project(tmp_path)
    kept = {"singer_state": {"bookmarks": {"charges": {"at": 1}, "customers": {"at": 2}}}}
    _state(root, first, "set", "--force", "dev:tap-stripe-to-target-postgres:main", json.dumps(kept))
    machine("second")
    second = warehouse_of(ID, "acme")
    forget_bookmarks(root, "dev:tap-stripe-to-target-postgres:main", {"charges": "rows"}, second.environment)
    left = json.loads(_state(root, first, "get", "dev:tap-stripe-to-target-postgres:main"))
    assert left["singer_state"]["bookmarks"] == {"customers": {"at": 2}}
    with first.connected() as connection:
        told = "SELECT table_name FROM information_schema.tables WHERE table_schema = %s"
        tables = {name for (name,) in connection.exec_driver_sql(told, ("acme_3f9c2a1b_meltano",))}
        assert {"state", "runs", "unbuilt"} <= tables
    other = warehouse_of(OTHER, "zeta")
    other.prepare()
    assert json.loads(_state(root, other, "get", "dev:tap-stripe-to-target-postgres:main")) == {}
    for table in ("state", "unbuilt"):
        with first.opened() as reading, pytest.raises(DBAPIError, match="permission denied"):
            reading.execute(f"SELECT * FROM acme_3f9c2a1b_meltano.{table}")


def test_a_database_that_does_not_answer_is_named_without_its_password(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(ADDRESS, "postgresql://warehouses:canary%24HOME@127.0.0.1:1/rows")
    monkeypatch.setenv("MELTANO_DATABASE_MAX_RETRIES", "0")
    warehouse = warehouse_of(ID, "acme")
    with pytest.raises(BusyError, match="the warehouse does not answer") as busy, warehouse.alone(print):
        pass
    with pytest.raises(ResetError) as reset:
        forget_bookmarks(copy_project(tmp_path), "dev:x", {"charges": "rows"}, warehouse.environment)
    for said in (str(busy.value), repr(busy.value.__cause__), str(reset.value), repr(warehouse)):
        assert "canary" not in said
    assert sqlalchemy.make_url(warehouse.environment["MELTANO_DATABASE_URI"]).password == "canary$HOME"
    assert "$" not in warehouse.environment["MELTANO_DATABASE_URI"], "Meltano would put a variable in its place"
