"""Dagster as the worker: a sensor takes what is due, and each run is a Dagster run with its log."""

import functools
from collections.abc import Iterator

from dagster import (
    Config,
    Failure,
    OpExecutionContext,
    RunConfig,
    RunRequest,
    SensorEvaluationContext,
    SkipReason,
    in_process_executor,
    job,
    op,
    sensor,
)

from orchestrate.connections.opening import STORE
from orchestrate.project import ROOT
from orchestrate.store.database import Store, open_store, store_url
from orchestrate.syncs.performing import perform
from orchestrate.syncs.queue import Claim, claim
from orchestrate.syncs.service import Syncs

SECONDS = 5
AT_ONCE = 8
"""How many runs one look hands out; Dagster's own limits say how many of them run at a time."""


class ClaimedRun(Config):
    """A run that the sensor took for this Dagster run."""

    tenant_id: str
    tenant: str
    run_id: str
    fence: int


@op(name="sync")
def sync_op(context: OpExecutionContext, config: ClaimedRun) -> None:
    """Loads a connection and builds the models that it feeds; what is partial is no success."""
    store = _store()
    perform(store, Claim(config.tenant_id, config.tenant, config.run_id, config.fence))
    run = Syncs(store, config.tenant_id, "dagster").run(config.run_id)
    for each in run.results:
        context.log.info(f"{each.stream}: {each.records} records, {each.rows} rows written, {each.deleted} deleted")
    if run.status not in {"done", "waiting", "cancelled"}:
        raise Failure(f"{run.connection or run.cause}: {run.status}, {run.reason}", allow_retries=False)


@job(name="syncs", executor_def=in_process_executor)
def syncs_job() -> None:
    """One run of a connection, for the sensor `due_syncs`."""
    sync_op()


@sensor(job=syncs_job, minimum_interval_seconds=SECONDS)
def due_syncs(context: SensorEvaluationContext) -> Iterator[RunRequest | SkipReason]:  # noqa: ARG001 # Dagster's
    """Hands what is due to Dagster. A run that Dagster does not begin within 90 s is due again."""
    store, found = _store(), False
    for _ in range(AT_ONCE):
        taken = claim(store)
        if taken is None:
            break
        found = True
        yield request_of(taken)
    if not found:
        yield SkipReason("nothing is due")


def request_of(taken: Claim) -> RunRequest:
    """The Dagster run of a claimed run; the same claim is never done twice."""
    config = ClaimedRun(tenant_id=taken.tenant_id, tenant=taken.tenant, run_id=taken.run_id, fence=taken.fence)
    return RunRequest(
        run_key=f"{taken.run_id} {taken.fence}",
        run_config=RunConfig(ops={"sync": config}),
        tags={"tenant": taken.tenant, "run": taken.run_id},
    )


def _store() -> Store:
    return _opened(store_url(ROOT / STORE))


@functools.cache
def _opened(address: str) -> Store:  # noqa: ARG001 # the address is what the environment names
    return open_store(ROOT / STORE)
