"""What becomes of a run that says nothing any more, and how often models are built when runs end together."""

from __future__ import annotations

import subprocess
import sys
import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from filelock import FileLock

from orchestrate.connections.service import Connections
from orchestrate.meltano_run import Loaded, LogLine, Outcome, process_group
from orchestrate.store.database import Store
from orchestrate.store.tables import HeldConnection, SyncRun, now
from orchestrate.syncs import performing, worker
from orchestrate.syncs.keeping import Keeping
from orchestrate.syncs.objects import refresh
from orchestrate.syncs.performing import TRIES, perform
from orchestrate.syncs.queue import Claim, claim
from orchestrate.syncs.service import Syncs
from orchestrate.warehouse.file import FileWarehouse
from orchestrate.warehouses import warehouse_of
from taps.engine.http_usage import Cost
from tests.orchestrate.stores import sqlite_address

HUBSPOT, STRIPE = {"access_token": "pat-canary-1"}, {"api_key": "rk_test_1"}


@pytest.fixture
def address(tmp_path: Path) -> str:
    """Nothing here depends on the engine."""
    return sqlite_address(tmp_path)


@pytest.fixture
def syncs(connections: Connections) -> Syncs:
    connections.add("hubspot", "main", HUBSPOT)
    connections.add("stripe", "shop", STRIPE)
    return Syncs(connections.store, connections.tenant_id, "user test")


def silent(*given: Any) -> Outcome:
    """A pipeline that hangs: a real process that says nothing and would take ten minutes."""
    began: Callable[[subprocess.Popen[str]], None] = given[-1]
    with process_group([sys.executable, "-c", "import time; time.sleep(600)"], given[0], {}) as process:
        began(process)
    return Outcome(1, reasons=["meltano was stopped"])


def test_a_run_that_says_nothing_is_stopped_with_one_line_and_tried_again(
    syncs: Syncs, connections: Connections, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(performing, "run_meltano", silent)
    monkeypatch.setenv("ENGARDE_SYNC_SILENCE_MINUTES", "0.005")
    run_id = syncs.trigger("main")
    claimed = claim(syncs.store)
    assert claimed is not None
    perform(syncs.store, claimed, tmp_path)
    run = syncs.run(run_id)
    assert (run.status, run.attempt) == ("waiting", 1)
    assert run.reason == "stopped: it said nothing for too long; ENGARDE_SYNC_SILENCE_MINUTES says how long that is"
    assert run.not_before > now()

    with syncs.store.transaction(connections.tenant_id) as session:  # instead of hours of waiting
        row = session.get_one(SyncRun, (connections.tenant_id, run_id))
        row.attempt, row.not_before = TRIES - 1, now()
    syncs.trigger("shop")
    claimed = claim(syncs.store)
    assert claimed is not None and claimed.run_id == run_id
    perform(syncs.store, claimed, tmp_path)
    assert (syncs.run(run_id).status, syncs.run(run_id).reason) == ("failed", run.reason)


def test_single_records_of_a_connection_that_is_held_back_build_no_preview(
    syncs: Syncs, connections: Connections, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    previews: list[str] = []

    def preview(performance: performing.Performance) -> int:
        previews.append(performance.run.id)
        return 0

    monkeypatch.setattr(performing, "run_direct", lambda *_: Outcome())
    monkeypatch.setattr(performing, "run_meltano", lambda *_: Outcome())
    monkeypatch.setattr(performing.Performance, "_preview", preview)
    with syncs.store.transaction(connections.tenant_id) as session:
        session.add(
            HeldConnection(tenant_id=connections.tenant_id, platform="stripe", name="shop", held_by="user test")
        )
    single = refresh(syncs.store, connections.tenant_id, "shop", {"customers": ["cus_1"]})
    whole = syncs.trigger("shop")
    for _ in range(2):
        claimed = claim(syncs.store)
        assert claimed is not None
        perform(syncs.store, claimed, tmp_path)
    assert [syncs.run(each).status for each in (single, whole)] == ["done", "done"]
    assert previews == [whole]


def test_what_each_table_brought_is_told_while_the_models_are_built(
    syncs: Syncs, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    while_built: list[tuple[str, dict[str, int]]] = []

    def build(performance: performing.Performance, _: Sequence[str]) -> int:
        run = syncs.run(performance.run.id)
        while_built.append((run.status, {each.stream: each.rows for each in run.results}))
        return 0

    loaded = Outcome(tables={"hubspot.contacts": Loaded(7, 5, 1)}, costs={"companies": Cost(requests=2)})
    monkeypatch.setattr(performing, "run_meltano", lambda *_: loaded)
    monkeypatch.setattr(FileWarehouse, "publish", lambda _: None)
    monkeypatch.setattr(performing.Performance, "_build", build)
    run_id = syncs.trigger("main")
    claimed = claim(syncs.store)
    assert claimed is not None
    perform(syncs.store, claimed, tmp_path)
    assert while_built == [("running", {"companies": 0, "contacts": 5})]
    assert (syncs.run(run_id).status, len(syncs.run(run_id).results)) == ("done", 2)


def test_what_is_committed_is_told_while_the_rest_is_loaded(
    syncs: Syncs, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    so_far = "hubspot.contacts: 1,400 records, 1,300 rows written, 2 deleted, so far"
    seen: list[tuple[str, dict[str, int]]] = []

    def load(*given: Any) -> Outcome:
        tell: Callable[[LogLine], None] = given[3]
        tell(LogLine("info", "target-duckdb", so_far))
        for _ in range(200):
            run = syncs.run(run_id)
            if run.results:
                break
            time.sleep(0.05)
        seen.append((run.status, {each.stream: each.rows for each in run.results}))
        return Outcome(tables={"hubspot.contacts": Loaded(2000, 1900, 2)})

    monkeypatch.setattr(performing, "HEARTBEAT", 0.05)
    monkeypatch.setattr(performing, "run_meltano", load)
    monkeypatch.setattr(FileWarehouse, "publish", lambda _: None)
    monkeypatch.setattr(performing.Performance, "_build", lambda *_: 0)
    run_id = syncs.trigger("main")
    claimed = claim(syncs.store)
    assert claimed is not None
    perform(syncs.store, claimed, tmp_path)
    assert seen == [("running", {"contacts": 1300})]
    assert [each.rows for each in syncs.run(run_id).results] == [1900]


def test_runs_that_end_together_are_built_once(syncs: Syncs, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    builds: list[Sequence[str]] = []
    codes = iter([1, 0, 0])
    claimed_both, loaded_both = threading.Barrier(2), threading.Barrier(2)
    original = performing.Performance._know

    def load(*_: Any) -> Outcome:
        return Outcome(0)

    def build(_: Any, platforms: Sequence[str]) -> int:
        builds.append(platforms)
        return next(codes)

    def know(performance: performing.Performance) -> int:
        loaded_both.wait(60)
        return original(performance)

    monkeypatch.setattr(performing, "run_meltano", load)
    monkeypatch.setattr(FileWarehouse, "publish", lambda _: None)
    monkeypatch.setattr(performing.Performance, "_build", build)
    monkeypatch.setattr(performing.Performance, "_know", know)

    def done(_: int) -> str:
        claimed = claim(syncs.store)
        assert claimed is not None
        claimed_both.wait(60)
        perform(syncs.store, claimed, tmp_path)
        return syncs.run(claimed.run_id).status

    def together() -> list[str]:
        syncs.trigger("main")
        syncs.trigger("shop")
        with ThreadPoolExecutor(2) as pool:
            return sorted(pool.map(done, range(2)))

    assert together() == ["done", "partial"], "what could not be built is built by the next"
    assert together() == ["done", "done"]
    assert builds == [["hubspot", "stripe"]] * 3


@pytest.mark.parametrize("rows", [[], [5]])
def test_a_run_that_waits_for_its_turn_is_cancelled_while_another_writes(
    syncs: Syncs, connections: Connections, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, rows: list[int]
) -> None:
    lock = FileLock(f"{warehouse_of(connections.tenant_id, 'acme', tmp_path).path}.lock", thread_local=False)
    waits, know, tell = threading.Event(), performing.Performance._know, performing.Performance.tell

    def told(performance: performing.Performance, line: LogLine) -> None:
        tell(performance, line)
        if line.text.startswith("waiting: "):
            waits.set()

    def loaded(performance: performing.Performance) -> int:
        lock.acquire(timeout=0)
        return know(performance)

    monkeypatch.setattr(performing, "HEARTBEAT", 0)
    monkeypatch.setattr(performing.Performance, "tell", told)
    monkeypatch.setattr(performing.Performance, "_know", loaded)
    monkeypatch.setattr(performing, "run_meltano", lambda *_: Outcome(tables={"hubspot.contacts": Loaded(5, 5, 0)}))
    monkeypatch.setattr(FileWarehouse, "publish", lambda _: None)
    run_id = syncs.trigger("main")
    claimed = claim(syncs.store)
    assert claimed is not None
    if not rows:
        lock.acquire(timeout=0)
    with ThreadPoolExecutor(1) as pool:
        done = pool.submit(perform, syncs.store, claimed, tmp_path)
        try:
            assert waits.wait(60)
            syncs.cancel(run_id)
            done.result(timeout=60)
        finally:
            lock.release()
    run = syncs.run(run_id)
    assert (run.status, [each.rows for each in run.results]) == ("cancelled", rows)


def test_single_records_wait_for_no_long_load_of_another_connection(
    syncs: Syncs, connections: Connections, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun: list[str | None] = []
    came = threading.Event()

    def do(store: Store, claimed: Claim, *_: object) -> None:
        run = Syncs(store, claimed.tenant_id, "worker").run(claimed.run_id)
        begun.append(run.connection)
        if run.objects:
            came.set()
        else:
            assert came.wait(60), "the long load ends only when the single record was read"
        Keeping(store, claimed).end("done", None, {})

    monkeypatch.setattr(worker, "perform", do)
    syncs.trigger("main")
    stopping = threading.Event()
    thread = threading.Thread(target=worker.work, args=(syncs.store, stopping), kwargs={"at_once": 1})
    thread.start()
    while begun != ["main"]:
        time.sleep(0.01)
    syncs.trigger("shop", streams=["charges"])
    refresh(syncs.store, connections.tenant_id, "shop", {"charges": ["ch_1"]})
    assert came.wait(60)
    while len(begun) < 3:
        time.sleep(0.01)
    stopping.set()
    thread.join(60)
    assert begun == ["main", "shop", "shop"]
