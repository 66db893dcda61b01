"""A due schedule under Dagster from end to end: the sensor sees it, its run loads, all is kept as a worker would."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from functools import partial
from pathlib import Path

import pytest
from dagster import DagsterInstance, RunRequest, SkipReason, build_sensor_context
from sqlalchemy import select

from orchestrate.connections.service import Connections
from orchestrate.store.tables import SyncSchedule, now
from orchestrate.syncs import dagster
from orchestrate.syncs.performing import perform
from orchestrate.syncs.service import Run, Syncs, work_at
from orchestrate.warehouses import warehouse_of
from sandbox.running import Box, running
from tests.meltano.project_copy import copy_project
from tests.orchestrate.stores import sqlite_address


@pytest.fixture
def address(tmp_path: Path) -> str:
    """What differs between the stores is tested with the queue."""
    return sqlite_address(tmp_path)


@pytest.fixture
def box() -> Iterator[Box]:
    with running(seed=7, people=30) as box:
        yield box


@pytest.fixture
def syncs(connections: Connections, box: Box) -> Syncs:
    settings = {"api_url": f"http://127.0.0.1:{box.port}/stripe/v1", "api_key": "rk_test_engarde"}
    connections.add("stripe", "main", settings)
    return Syncs(connections.store, connections.tenant_id, "user test")


def fall_due(syncs: Syncs, tenant_id: str) -> None:
    """The hour of the schedule comes."""
    with syncs.store.transaction(tenant_id) as session:
        schedule = session.scalars(select(SyncSchedule)).one()
        schedule.due_at = now() - timedelta(seconds=1)
        work_at(session, tenant_id, schedule.due_at)


def looked(syncs: Syncs) -> Run:
    """One look of the sensor, and the Dagster run that it asks for."""
    with DagsterInstance.ephemeral() as instance, build_sensor_context(instance) as context:
        (request,) = list(dagster.due_syncs(context))
        assert isinstance(request, RunRequest)
        done = dagster.syncs_job.execute_in_process(run_config=request.run_config, instance=instance, tags=request.tags)
    assert done.success and done.dagster_run.tags["tenant"] == "acme"
    return syncs.run(request.tags["run"])


@pytest.mark.slow
def test_a_due_schedule_is_seen_launched_and_kept(
    syncs: Syncs, connections: Connections, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    root = copy_project(tmp_path)
    monkeypatch.setattr(dagster, "perform", partial(perform, root=root))
    syncs.schedule("main", "daily at 06:30", streams=["customers"])
    with DagsterInstance.ephemeral() as instance, build_sensor_context(instance) as context:
        assert [type(each) for each in dagster.due_syncs(context)] == [SkipReason], "nothing is due yet"
    fall_due(syncs, connections.tenant_id)
    run = looked(syncs)
    log = "\n".join(f"{line.plugin}: {line.text}" for line in syncs.lines(run.id))
    assert (run.status, run.cause, run.connection) == ("done", "schedule", "main"), log
    (result,) = run.results
    assert result.stream == "customers" and result.rows == result.records > 0 and result.requests > 0
    with warehouse_of(connections.tenant_id, "acme", root).writing() as writing:
        loaded = writing.execute(f"SELECT count(*) FROM {writing.named('stripe', 'customers')}").rows
        assert loaded == [(result.rows,)]
        assert writing.execute("SELECT count(*) FROM staging.stg_stripe__customers").rows == loaded
    stands = {each.stream: each for each in syncs.sources.of("main")}
    assert stands["customers"].complete_at is not None
    assert connections.show("main").status == "ok"
    assert syncs.schedules("main")[0].due_at > now(), "the next time is tomorrow's"

    fall_due(syncs, connections.tenant_id)
    again = looked(syncs)
    assert again.status == "done" and again.id != run.id
    assert again.results[0].rows < result.rows, "the bookmark goes on from run to run"
