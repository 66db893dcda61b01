"""Dagster's jobs, made from a copy of the project and run against a sandbox."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest
from dagster import AssetKey, DagsterEventType, DagsterInstance, Failure, build_asset_context, materialize

from demo.vendors import Vendors
from orchestrate import loads
from orchestrate.definitions import definitions
from orchestrate.loads import load_asset
from orchestrate.meltano_run import LATER, PARTIAL, Loaded, Outcome
from orchestrate.project import Project, ProjectError, read_project
from sandbox.running import Box, running
from tests.meltano.project_copy import ROOT, copy_project


@pytest.fixture(scope="module")
def box() -> Iterator[Box]:
    with running(seed=7, people=60) as box:
        yield box


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return copy_project(tmp_path_factory.mktemp("dagster"))


@pytest.fixture
def project() -> Project:
    return read_project(ROOT)


@pytest.mark.slow
def test_a_job_loads_and_builds_what_depends_on_it(root: Path, box: Box, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in Vendors(f"http://127.0.0.1:{box.port}").tap_settings(read_project(root)).items():
        monkeypatch.setenv(name, value)
    job = definitions(root, "sandbox").get_repository_def().get_job("stripe_to_duckdb")
    with DagsterInstance.ephemeral() as instance:
        done = job.execute_in_process(instance=instance)
    assert done.success
    built = {event.asset_key for event in done.get_asset_materialization_events()}
    assert {
        AssetKey(["raw", "stripe"]),
        AssetKey(["unified", "payments"]),
        AssetKey(["marts", "customer_360"]),
    } <= built
    assert AssetKey(["raw", "shopify"]) not in built

    loaded = next(m for m in done.asset_materializations_for_node("raw__stripe"))
    with duckdb.connect(str(root / "output" / "warehouse.duckdb"), read_only=True) as con:
        rows = con.execute("select count(*) from stripe.customers").fetchall()[0][0]
        assert con.execute("select count(*) from unified.payments").fetchall()[0][0] > 0
    assert f"| customers | {rows} | {rows} | 0 |" in str(loaded.metadata["streams"].value)
    checks = {check.check_name: check.passed for check in done.get_asset_check_evaluations()}
    assert checks["complete"]


def test_jobs_and_schedules_are_meltanos(project: Project) -> None:
    offered = definitions(ROOT, "sandbox").get_repository_def()
    assert {job.name for job in offered.get_all_jobs()} - {"__ASSET_JOB", "syncs"} == {
        job.name.replace("-", "_") for job in project.jobs.values() if job.name.endswith("-to-duckdb")
    }
    crons = {each.name.replace("-", "_"): each.cron for each in project.schedules if each.job.endswith("-to-duckdb")}
    assert {each.name: each.cron_schedule for each in offered.schedule_defs} == crons


def test_prod_offers_the_jobs_into_postgres(project: Project) -> None:
    assert {job.name for job in project.offered("prod")} == {
        name for name in project.jobs if name.endswith("-to-postgres")
    }
    assert project.warehouse("prod") is None


def _ending(project: Project, outcome: Outcome, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> object:
    monkeypatch.setattr(loads, "run_meltano", lambda *_a, **_k: outcome)
    monkeypatch.setattr(Project, "warehouse", lambda *_a: tmp_path / "warehouse.duckdb")
    task = project.jobs["stripe-to-duckdb"].loads[0]
    return load_asset(project, "sandbox", task)(build_asset_context())


def test_come_later_is_tried_again_after_ever_longer_waits(
    project: Project, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    endings = [Outcome(LATER), Outcome(LATER), Outcome(0)]
    monkeypatch.setattr(loads, "run_meltano", lambda *_a, **_k: endings.pop(0))
    monkeypatch.setattr(loads, "FIRST_WAIT", 0.2)
    monkeypatch.setattr(Project, "warehouse", lambda *_a: tmp_path / "warehouse.duckdb")
    asset = load_asset(project, "sandbox", project.jobs["stripe-to-duckdb"].loads[0])
    with DagsterInstance.ephemeral() as instance:
        done = materialize([asset], instance=instance)
        tries = [
            entry.timestamp
            for entry in instance.all_logs(done.run_id)
            if entry.dagster_event
            and entry.dagster_event.event_type in {DagsterEventType.STEP_START, DagsterEventType.STEP_RESTARTED}
        ]
    assert done.success
    assert endings == []
    first, second, third = tries
    assert second - first >= 0.2
    assert third - second >= 0.4


def test_a_failure_is_not_tried_again(project: Project, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    with pytest.raises(Failure, match="stripe: the key was refused") as failed:
        _ending(project, Outcome(1, reasons=["the key was refused"]), monkeypatch, tmp_path)
    assert not failed.value.allow_retries


def test_a_partial_load_goes_on_and_shows_it(project: Project, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    partial = Outcome(PARTIAL, {"stripe.charges": Loaded(3, 3, 0)}, reasons=["stripe: payouts: no permission"])
    result = _ending(project, partial, monkeypatch, tmp_path)
    assert result.metadata["records"] == 3
    assert not result.check_results[0].passed
    assert result.check_results[0].description == "stripe: payouts: no permission"


def test_a_schedule_of_an_unknown_job_is_refused(tmp_path: Path) -> None:
    (tmp_path / "meltano.yml").write_text("schedules: [{name: nightly, interval: '@daily', job: nothing}]\n")
    with pytest.raises(ProjectError, match="schedule nightly names job nothing"):
        read_project(tmp_path)


def test_a_folder_without_a_project_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ProjectError, match="there is no such file"):
        read_project(tmp_path)
