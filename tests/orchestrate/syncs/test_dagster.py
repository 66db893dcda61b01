"""Dagster takes what is due, once, and tells how it ended."""

from __future__ import annotations

from pathlib import Path

import pytest
from dagster import DagsterInstance, RunRequest, SkipReason, build_sensor_context

from orchestrate.connections.service import Connections
from orchestrate.store.database import Store
from orchestrate.syncs import dagster
from orchestrate.syncs.keeping import Keeping
from orchestrate.syncs.queue import Claim
from orchestrate.syncs.service import Result, Syncs


@pytest.fixture
def syncs(connections: Connections) -> Syncs:
    for name in ("main", "other"):
        connections.add("hubspot", name, {"access_token": "pat-canary-1"})
    return Syncs(connections.store, connections.tenant_id, "user test")


def looked() -> list[RunRequest | SkipReason]:
    with DagsterInstance.ephemeral() as instance, build_sensor_context(instance) as context:
        return list(dagster.due_syncs(context))


def test_what_is_due_is_handed_out_once(syncs: Syncs) -> None:
    wanted = {syncs.trigger("main"), syncs.trigger("other")}
    requests = looked()
    assert {each.tags["run"] for each in requests if isinstance(each, RunRequest)} == wanted
    assert {syncs.run(each).status for each in wanted} == {"running"}
    assert [type(each) for each in looked()] == [SkipReason]


@pytest.mark.parametrize(("status", "succeeds"), [("done", True), ("partial", False), ("failed", False)])
def test_a_dagster_run_is_green_for_a_complete_sync_alone(
    syncs: Syncs, monkeypatch: pytest.MonkeyPatch, status: str, succeeds: bool
) -> None:
    def performed(store: Store, taken: Claim, root: Path | None = None) -> None:
        found = Result("contacts", 3, 2, 1, 0, 0, 0.0, None)
        Keeping(store, taken).end(status, f"it was {status}", {"contacts": found})

    monkeypatch.setattr(dagster, "perform", performed)
    syncs.trigger("main")
    (request,) = looked()
    assert isinstance(request, RunRequest)
    with DagsterInstance.ephemeral() as instance:
        done = dagster.syncs_job.execute_in_process(
            run_config=request.run_config, instance=instance, raise_on_error=False
        )
    assert done.success is succeeds
