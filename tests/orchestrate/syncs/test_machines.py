"""Workers that share a store and the tenants' warehouses on Postgres, and nothing else; a tenant that moves there."""

from __future__ import annotations

import itertools
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from orchestrate.connections.service import Connections
from orchestrate.reconciliation.decisions import Decisions
from orchestrate.syncs import performing
from orchestrate.syncs.objects import refresh
from orchestrate.syncs.service import Run, Syncs
from orchestrate.syncs.worker import work
from orchestrate.warehouse.base import Warehouse
from orchestrate.warehouses import ADDRESS, warehouse_of
from sandbox.running import Box, running
from tests.journeys.test_first_pipeline import config
from tests.meltano.project_copy import copy_project
from tests.orchestrate.stores import cleared

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def box() -> Iterator[Box]:
    with running(seed=7, people=60) as box:
        yield box


@pytest.fixture
def address(postgres_store: str) -> str:
    """The store that the machines share."""
    return cleared(postgres_store)


@pytest.fixture
def syncs(connections: Connections, box: Box) -> Syncs:
    connections.add("stripe", "main", config(box, "stripe"))
    connections.add("shopify", "shop", config(box, "shopify"))
    return Syncs(connections.store, connections.tenant_id, "user test")


@pytest.fixture
def machines(tmp_path: Path) -> tuple[Path, Path]:
    """The projects of two machines, with nothing in common."""
    roots = tmp_path / "first", tmp_path / "second"
    for root in roots:
        root.mkdir()
    return copy_project(roots[0]), copy_project(roots[1])


def worked(syncs: Syncs, root: Path, *run_ids: str) -> list[Run]:
    """The runs, after a worker of this machine did whatever was due."""
    work(syncs.store, threading.Event(), until_idle=True, root=root)
    runs = [syncs.run(each) for each in run_ids]
    for run in runs:
        assert run.status == "done", "\n".join(line.text for line in syncs.lines(run.id))
    return runs


def asked(warehouse: Warehouse, sql: str) -> list[tuple[Any, ...]]:
    with warehouse.writing() as writing:
        return writing.execute(sql).rows


def test_a_run_on_one_machine_goes_on_where_another_machines_ended(
    syncs: Syncs, connections: Connections, machines: tuple[Path, Path], warehouses: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    monkeypatch.setenv(ADDRESS, warehouses)
    first, second = machines
    (run,) = worked(syncs, first, syncs.trigger("main"))
    whole = {each.stream: each.rows for each in run.results}
    (again,) = worked(syncs, second, syncs.trigger("main"))
    news = {each.stream: each.rows for each in again.results}
    assert whole["customers"] > 10 and news["customers"] <= 1, (whole, news)
    warehouse = warehouse_of(connections.tenant_id, "acme", second)
    ((known,),) = asked(warehouse, f"SELECT min(id) FROM {warehouse.schema('stripe')}.customers")
    (single,) = worked(syncs, second, refresh(syncs.store, connections.tenant_id, "main", {"customers": [known]}))
    assert [(each.stream, each.rows) for each in single.results] == [("customers", 1)]
    syncs.sources.reset("main", "customers", rows=True)
    (anew,) = worked(syncs, first, syncs.trigger("main", streams=["customers"]))
    assert {each.stream: each.rows for each in anew.results} == {"customers": whole["customers"]}
    assert not (first / "output" / "tenants").exists() and not (second / "output" / "tenants").exists()


def test_two_machines_never_write_one_tenants_warehouse_at_once(
    syncs: Syncs, machines: tuple[Path, Path], warehouses: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(ADDRESS, warehouses)
    spans: list[tuple[float, float, str, Path]] = []

    def noted(name: str, original: Callable[..., Any]) -> Callable[..., Any]:
        def do(performance: performing.Performance, *given: Any) -> Any:
            began = time.monotonic()
            try:
                return original(performance, *given)
            finally:
                spans.append((began, time.monotonic(), name, performance.root))

        return do

    for name in ("_load", "_build"):
        monkeypatch.setattr(performing.Performance, name, noted(name, getattr(performing.Performance, name)))
    run_ids = syncs.trigger("main"), syncs.trigger("shop")
    workers = [
        threading.Thread(target=work, args=(syncs.store, threading.Event()), kwargs=given | {"root": root})
        for root in machines
        for given in [{"at_once": 1, "until_idle": True}]
    ]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert [syncs.run(each).status for each in run_ids] == ["done", "done"]
    loads = [span for span in sorted(spans) if span[2] == "_load"]
    assert {span[3] for span in loads} == set(machines), "each machine had one of the runs"
    ordered = sorted(spans)
    assert all(one[1] <= other[0] for one, other in itertools.pairwise(ordered)), ordered
    said = [line.text for each in run_ids for line in syncs.lines(each)]
    assert any(text.startswith("waiting: another run writes to acme_") for text in said)


def test_a_tenant_moves_with_its_rows_from_a_file_to_postgres(
    syncs: Syncs, connections: Connections, machines: tuple[Path, Path], warehouses: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    root = machines[0]
    syncs.schedule("main", "daily at 06:30", time_zone="Europe/Berlin")
    worked(syncs, root, syncs.trigger("main"))
    worked(syncs, root, syncs.trigger("shop"))
    file = warehouse_of(connections.tenant_id, "acme", root)
    decisions = Decisions(connections.store, connections.tenant_id, "user test", root)
    parted = sorted(next(records for records in customers(file).values() if len(records) == 2))
    decisions.judge("reject", *parted)
    worked(syncs, root, decisions.rebuild())
    before = customers(file)
    for key in before:
        decisions.choose(key, "city", "Decided")
    worked(syncs, root, decisions.rebuild())
    assert decided(file) == before.keys()
    counted, stood = counts(file), kept(syncs, connections, decisions)

    (root / "output" / "tenants" / connections.tenant_id).rename(root / "output" / "kept")
    monkeypatch.setenv(ADDRESS, warehouses)
    moved = warehouse_of(connections.tenant_id, "acme", root)
    assert (file.engine, moved.engine) == ("duckdb", "postgres")
    worked(syncs, root, syncs.trigger("main"), syncs.trigger("shop"))

    assert counts(moved) == counted
    assert kept(syncs, connections, decisions) == stood
    after = customers(moved)
    assert set(after.values()) == set(before.values()), "who is who is the same, with what people decided on records"
    anew = before.keys() - after.keys()
    grown = {key for key, records in before.items() if len(records) > 1 or records & set(parted)}
    assert anew < before.keys() and anew <= grown, "a customer of one record has the key that it had"
    assert decided(moved) == before.keys() & after.keys(), "a value that people chose is of a key"


def kept(syncs: Syncs, connections: Connections, decisions: Decisions) -> tuple[Any, ...]:
    """What is in the store, wherever rows lie."""
    return syncs.schedules(), [each.name for each in connections.all()], decisions.all(1000)


def customers(warehouse: Warehouse) -> dict[str, frozenset[str]]:
    """Customer key -> its records."""
    found: dict[str, set[str]] = {}
    told = "SELECT customer_key, record_key FROM unified.customer_identities WHERE is_current"
    for key, record in asked(warehouse, told):
        found.setdefault(key, set()).add(record)
    return {key: frozenset(records) for key, records in found.items()}


def decided(warehouse: Warehouse) -> set[str]:
    """The customers whose city is the one that somebody chose."""
    told = "SELECT customer_key FROM unified.customers WHERE city = 'Decided' AND status = 'active'"
    return {key for (key,) in asked(warehouse, told)}


def counts(warehouse: Warehouse) -> list[list[tuple[Any, ...]]]:
    """What a mistake in moving would change: rows as loaded, and money as it was counted."""
    raw = [("stripe", "customers"), ("stripe", "charges"), ("shopify", "customers"), ("shopify", "orders")]
    return [
        *(asked(warehouse, f"SELECT count(*) FROM {warehouse.schema(schema)}.{table}") for schema, table in raw),
        asked(warehouse, "SELECT currency, count(*), sum(total) FROM unified.orders GROUP BY 1 ORDER BY 1"),
        asked(warehouse, "SELECT match_type, count(*), sum(amount) FROM unified.payments GROUP BY 1 ORDER BY 1"),
        asked(warehouse, "SELECT count(*) FROM unified.customers WHERE status = 'active'"),
    ]
