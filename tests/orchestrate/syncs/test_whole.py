"""A sync from end to end: a connection to a pretend vendor, a worker, rows and models in the tenant's own warehouse."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest

from orchestrate.connections.service import Connections
from orchestrate.data.service import Data, Wanted
from orchestrate.store.tables import SyncRun, now
from orchestrate.syncs.objects import refresh
from orchestrate.syncs.queue import SILENT
from orchestrate.syncs.service import Run, Syncs, work_at
from orchestrate.syncs.worker import work
from orchestrate.warehouse.base import Warehouse
from orchestrate.warehouses import warehouse_of
from sandbox.running import Box, running
from tests.meltano.project_copy import copy_project


@pytest.fixture(scope="module")
def box() -> Iterator[Box]:
    with running(seed=7, people=60) as box:
        yield box


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return copy_project(tmp_path_factory.mktemp("syncs"))


@pytest.fixture
def address(tmp_path: Path) -> str:
    """What differs between the stores is tested with the queue."""
    return f"sqlite:///{tmp_path / 'store.db'}"


@pytest.fixture
def syncs(connections: Connections, box: Box) -> Syncs:
    settings = {"api_url": f"http://127.0.0.1:{box.port}/stripe/v1", "api_key": "rk_test_engarde"}
    connections.add("stripe", "main", settings)
    return Syncs(connections.store, connections.tenant_id, "user test")


def done(syncs: Syncs, root: Path, run_id: str) -> Run:
    work(syncs.store, threading.Event(), until_idle=True, root=root)
    return syncs.run(run_id)


def asked(warehouse: Warehouse, sql: str, values: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
    """Does something in the warehouse; `{raw}` is the raw table of customers."""
    with warehouse.writing() as writing:
        return writing.execute(sql.format(raw=writing.named("stripe", "customers")), values).rows


@pytest.mark.parametrize("engine", ["duckdb", pytest.param("postgres", marks=pytest.mark.slow)], indirect=True)
def test_a_sync_loads_the_tenants_warehouse_and_builds_what_depends_on_it(
    engine: str, syncs: Syncs, connections: Connections, root: Path
) -> None:
    run = done(syncs, root, syncs.trigger("main"))
    log = "\n".join(f"{line.plugin}: {line.text}" for line in syncs.lines(run.id))
    assert run.status == "done", log
    results = {each.stream: each for each in run.results}
    assert results["customers"].answers == results["customers"].requests > 0
    assert results["customers"].answering >= results["customers"].slowest > 0
    warehouse = warehouse_of(connections.tenant_id, "acme", root)
    assert warehouse.engine == engine
    assert warehouse.folder == root / "output" / "tenants" / connections.tenant_id
    ((rows,),) = asked(warehouse, "SELECT count(*) FROM {raw} WHERE _connection_id = 'main'")
    ((payments,),) = asked(warehouse, "SELECT count(*) FROM unified.payments")
    assert rows == results["customers"].rows > 0
    assert payments > 0
    with warehouse.writing():  # somebody writes, and rows can be read
        data = Data(connections, root)
        assert len(data.unified("payments", Wanted(1000)).rows) == payments
        paid = data.unified("payments", Wanted(1000, ["status=succeeded", "amount>0"])).rows
        assert 0 < len(paid) <= payments and {row["status"] for row in paid} == {"succeeded"}
        assert data.entity("stripe", "payments", Wanted(1000), "main").rows
        assert data.raw("stripe", "customers", Wanted(1000)).rows
    assert "rk_test_engarde" not in log and "METRIC" not in log
    assert results["customers"].requests >= 1
    assert results["customers"].bytes > rows * 100
    limits = {each.bucket: each for each in syncs.sources.limits("main")}
    assert limits["account"].used == sum(each.requests for each in run.results)

    asked(warehouse, "INSERT INTO {raw} (id, _connection_id) VALUES ('stray', 'main'), ('stray', 'other')")
    asked(warehouse, "UPDATE {raw} SET email = 'stale'")
    ((known,),) = asked(warehouse, "SELECT min(id) FROM {raw} WHERE id <> 'stray'")
    stood = syncs.sources.of("main")
    single = done(syncs, root, refresh(syncs.store, connections.tenant_id, "main", {"customers": [known, "stray"]}))
    assert single.status == "done", single.reason
    told = "SELECT id, email <> 'stale', _sdc_deleted_at IS NOT NULL FROM {raw} "
    found = asked(warehouse, told + "WHERE _connection_id = 'main' AND id IN (?, 'stray') ORDER BY id", [known])
    assert [(row[0], row[2]) for row in found] == [(known, False), ("stray", True)] and found[0][1]
    assert asked(warehouse, "SELECT count(*) FROM {raw} WHERE email = 'stale'") != [(0,)]
    now_ = syncs.sources.of("main")
    assert [each.complete_at for each in now_] == [each.complete_at for each in stood]

    again = done(syncs, root, syncs.trigger("main", streams=["customers"]))
    assert again.status == "done"
    assert {each.stream for each in again.results} == {"customers"}
    assert again.results[0].rows < rows, "the bookmark goes on from run to run, and is where it was"

    syncs.sources.reset("main", "customers", rows=True)
    anew = done(syncs, root, syncs.trigger("main", streams=["customers"]))
    assert anew.results[0].rows == rows, "it is read whole"
    stray = asked(warehouse, "SELECT _connection_id FROM {raw} WHERE id = 'stray'")
    assert stray == [("other",)], "another connection's rows stay"
    assert syncs.sources.resets("main", []) == {}


def test_a_vendor_that_refuses_the_login_fails_the_run_in_one_line(
    syncs: Syncs, connections: Connections, root: Path
) -> None:
    connections.change("main", {"api_key": "rk_test_wrong"})
    run = done(syncs, root, syncs.trigger("main"))
    assert run.status == "failed"
    assert run.reason and "stripe: " in run.reason and "the login is refused (401 Unauthorized" in run.reason
    assert "rk_test_wrong" not in run.reason
    assert connections.show("main").status == "reconnect"


def test_a_cancelled_run_stops_all_that_it_started(
    syncs: Syncs, connections: Connections, box: Box, root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("orchestrate.syncs.performing.HEARTBEAT", 0.2)
    run_id, stopping = syncs.trigger("main"), threading.Event()
    worker = threading.Thread(target=work, args=(syncs.store, stopping), kwargs={"root": root})
    worker.start()
    _wait_for_children(connections.tenant_id)
    syncs.cancel(run_id)
    while syncs.run(run_id).status == "running":
        time.sleep(0.05)
    stopping.set()
    worker.join(120)
    assert syncs.run(run_id).status == "cancelled"
    assert _children(connections.tenant_id) == []


def test_a_worker_that_is_asked_to_end_gives_its_run_back(syncs: Syncs, connections: Connections, root: Path) -> None:
    run_id, stopping = syncs.trigger("main"), threading.Event()
    worker = threading.Thread(target=work, args=(syncs.store, stopping), kwargs={"root": root})
    worker.start()
    _wait_for_children(connections.tenant_id)
    stopping.set()
    worker.join(120)
    assert _children(connections.tenant_id) == []
    run = syncs.run(run_id)
    assert (run.status, run.attempt) == ("queued", 0)
    assert run.reason and "asked to end" in run.reason


@pytest.mark.slow
def test_a_killed_workers_run_is_done_by_the_next(
    syncs: Syncs, connections: Connections, environment: Path, root: Path
) -> None:
    run_id = syncs.trigger("main")
    script = (
        "import threading; from pathlib import Path; from orchestrate.connections.opening import open_connections; "
        "from orchestrate.syncs.worker import work; "
        f"work(open_connections('acme').store, threading.Event(), root=Path({str(root)!r}))"
    )
    worker = subprocess.Popen([sys.executable, "-c", script], start_new_session=True, env=os.environ.copy())
    _wait_for_children(connections.tenant_id)
    os.killpg(worker.pid, signal.SIGKILL)
    worker.wait()
    with syncs.store.transaction(connections.tenant_id) as session:  # instead of waiting for a minute and a half
        session.get_one(SyncRun, (connections.tenant_id, run_id)).alive_at = now() - SILENT
        work_at(session, connections.tenant_id, now())
    run = done(syncs, root, run_id)
    assert (run.status, run.attempt) == ("done", 2)


def _wait_for_children(tenant_id: str) -> None:
    deadline = time.monotonic() + 120
    while not _children(tenant_id):
        assert time.monotonic() < deadline
        time.sleep(0.05)


def _children(tenant_id: str) -> list[int]:
    """Processes that work for this tenant's warehouse."""
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            variables = (folder / "environ").read_bytes()
        except OSError:
            continue
        if tenant_id.encode() in variables and b"TARGET_DUCKDB_PATH" in variables:
            found.append(int(folder.name))
    return found
