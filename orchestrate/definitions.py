"""What Dagster offers: a job and a schedule for each of Meltano's, each load followed by the models it feeds, and the
sensor that does the syncs of connections.
"""

from __future__ import annotations

import os
from pathlib import Path

from dagster import (
    AssetSelection,
    DefaultScheduleStatus,
    Definitions,
    ScheduleDefinition,
    define_asset_job,
    in_process_executor,
)
from dagster_dbt import DbtCliResource

from orchestrate.connected import connected
from orchestrate.loads import load_asset
from orchestrate.models import dbt_project, models, raw
from orchestrate.project import ROOT, Job, Project, read_project
from orchestrate.syncs.dagster import due_syncs, syncs_job
from transform.launch import DBT, platforms_only


def definitions(root: Path = ROOT, environment: str | None = None) -> Definitions:
    """The definitions of a project in one of its Meltano environments; by default meltano.yml's own default."""
    project = read_project(root)
    chosen = environment or project.default_environment or "dev"
    warehouse = project.warehouse(chosen)
    target = "duckdb" if warehouse else "postgres"
    jobs = {job.name: job for job in project.offered(chosen)}
    platforms = connected(project, jobs.values(), target, warehouse)
    dbt_settings = platforms_only(root / "transform", platforms)
    if warehouse:
        dbt_settings["ENGARDE_DUCKDB_PATH"] = str(warehouse)
    dbt = dbt_project(root, dbt_settings)
    tasks = {task.extractor: task for job in jobs.values() for task in job.loads}
    asset_jobs = {name: define_asset_job(_name(name), selection=_selection(project, job)) for name, job in jobs.items()}
    schedules = [
        ScheduleDefinition(
            name=_name(each.name), job=asset_jobs[each.job], cron_schedule=each.cron, execution_timezone="UTC",
            default_status=DefaultScheduleStatus.STOPPED,
        )
        for each in project.schedules
        if each.job in asset_jobs
    ]  # fmt: skip
    return Definitions(
        assets=[
            *(load_asset(project, chosen, task) for task in tasks.values()),
            models(dbt, target, warehouse, dbt_settings),
        ],
        jobs=[*asset_jobs.values(), syncs_job],
        schedules=schedules,
        sensors=[due_syncs],
        resources={"dbt": DbtCliResource(project_dir=dbt, dbt_executable=str(DBT))},
        executor=in_process_executor,
    )


def _name(name: str) -> str:
    """Dagster's names have no dashes."""
    return name.replace("-", "_")


def _selection(project: Project, job: Job) -> AssetSelection:
    """The loads of a job, what depends on them, and what that needs in turn; but no other load."""
    loads = AssetSelection.assets(*(raw(project.platform(task.extractor or "")) for task in job.loads))
    fed = loads.downstream()
    return (fed | fed.upstream()) - (AssetSelection.groups("raw") - loads)


def served() -> Definitions:
    """What `dagster dev` loads: the environment is MELTANO_ENVIRONMENT."""
    return definitions(environment=os.environ.get("MELTANO_ENVIRONMENT"))
