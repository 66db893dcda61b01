"""Each platform's load as a Dagster asset: `meltano run` of its task, with its log and row counts on the run."""

import logging
from contextlib import nullcontext

from dagster import (
    AssetCheckResult,
    AssetCheckSeverity,
    AssetCheckSpec,
    AssetExecutionContext,
    AssetsDefinition,
    Failure,
    MaterializeResult,
    MetadataValue,
    RetryRequested,
    asset,
)

from orchestrate.meltano_run import LATER, PARTIAL, LogLine, Outcome, run_meltano
from orchestrate.models import raw
from orchestrate.project import Project, Task
from orchestrate.warehouse_lock import only_writer

RETRIES, FIRST_WAIT = 5, 60
"""A load whose vendor asks to come later is tried again after 1, 2, 4, 8 and 16 minutes."""
_LEVELS = {"warning": logging.WARNING, "error": logging.ERROR, "critical": logging.CRITICAL}


def load_asset(project: Project, environment: str, task: Task) -> AssetsDefinition:
    """The asset of a task that loads one platform.

    Ends by kind: 75 is tried again later; 3 succeeds with its check `complete` failed, so that the models are built
    of what came; everything else fails at once, and no model is built upon it.
    """
    assert task.extractor is not None
    platform = project.platform(task.extractor)
    key, warehouse = raw(platform), project.warehouse(environment)
    alone = warehouse if task.loader == "target-duckdb" else None

    @asset(
        key=key, group_name="raw", kinds={"meltano", "singer"}, check_specs=[AssetCheckSpec("complete", asset=key)],
        description=f"The raw tables of {platform}, loaded by `meltano run {' '.join(task.plugins)}`.",
    )  # fmt: skip
    def load(context: AssetExecutionContext) -> MaterializeResult:  # type: ignore[type-arg] # Dagster reads it
        def tell(line: LogLine) -> None:
            context.log.log(_LEVELS.get(line.level, logging.INFO), f"{line.plugin or 'meltano'}: {line.text}")

        with only_writer(alone, context.log.info) if alone else nullcontext():
            outcome = run_meltano(project.root, environment, task.plugins, tell)
        if outcome.code == LATER:
            raise RetryRequested(RETRIES, FIRST_WAIT * 2**context.retry_number)
        if outcome.code not in {0, PARTIAL}:
            raise Failure(f"{platform}: {outcome.reason}", allow_retries=False)
        return _result(platform, outcome)

    return load


def _result(platform: str, outcome: Outcome) -> MaterializeResult[None]:
    tables = outcome.tables
    rows = "\n".join(
        f"| {name.removeprefix(f'{platform}.')} | {each.records} | {each.rows} | {each.deleted} |"
        for name, each in sorted(tables.items())
        if each.records
    )
    complete = AssetCheckResult(
        check_name="complete",
        passed=outcome.code == 0,
        severity=AssetCheckSeverity.WARN,
        description=None if outcome.code == 0 else outcome.reason,
    )
    return MaterializeResult(
        metadata={
            "records": sum(each.records for each in tables.values()),
            "rows written": sum(each.rows for each in tables.values()),
            "deleted": sum(each.deleted for each in tables.values()),
            "streams": MetadataValue.md(f"| stream | records | rows written | deleted |\n|---|--:|--:|--:|\n{rows}"),
        },
        check_results=[complete],
    )
