"""What is due: schedules become runs, and runs go to workers, one at a time for each connection.

A worker that took a run says every few seconds that it lives. Once it falls silent the run is another's, under a higher
number (a fencing number), and what the first one still says no longer counts.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from orchestrate.store.database import Store
from orchestrate.store.tables import SyncRun, SyncSchedule, Tenant, new_id, now
from orchestrate.syncs.frequency import next_after, spread
from orchestrate.syncs.states import OPEN, READY

SILENT = timedelta(seconds=90)
ATTEMPTS = 3
"""How often a run is begun whose workers vanish."""


@dataclass(frozen=True)
class Claim:
    """A run that is this worker's to do."""

    tenant_id: str
    tenant: str
    run_id: str
    fence: int


def claim(store: Store, *, short: bool = False) -> Claim | None:
    """The next run to do, of the tenant that waited longest for its turn; None if nothing is due.

    `short` are runs of single records alone.
    """
    for tenant_id, tenant in _waiting_tenants(store, short=short):
        with store.transaction(tenant_id) as session:
            row = session.get_one(Tenant, tenant_id, with_for_update=True)
            _queue_what_is_due(session, tenant_id)
            _take_from_the_dead(session, tenant_id)
            session.flush()
            run = _next(session, tenant_id, short=short)
            if run is not None:
                run.status, run.fence, run.attempt = "running", run.fence + 1, run.attempt + 1
                run.alive_at = now()
                run.started_at = run.started_at or now()
                row.served_at = now()
                session.flush()
            row.work_at, row.urgent_at = _work_at(session, tenant_id), _ready_at(session, tenant_id, short=True)
            if run is not None:
                return Claim(tenant_id, tenant, run.id, run.fence)
    return None


def _waiting_tenants(store: Store, *, short: bool) -> list[tuple[str, str]]:
    with store.across_tenants() as session:
        due = select(Tenant.id, Tenant.name).where((Tenant.urgent_at if short else Tenant.work_at) <= now())
        return [(id_, name) for id_, name in session.execute(due.order_by(Tenant.served_at.nulls_first()).limit(100))]


def _queue_what_is_due(session: Session, tenant_id: str) -> None:
    """A run for each schedule that is due: one, however many were missed meanwhile."""
    due = select(SyncSchedule).where(
        SyncSchedule.tenant_id == tenant_id, SyncSchedule.due_at <= now(), SyncSchedule.paused.is_(False)
    )
    for schedule in session.scalars(due).all():
        open_ = select(SyncRun.id).where(
            SyncRun.tenant_id == tenant_id, SyncRun.schedule_id == schedule.id,
            SyncRun.status.in_(OPEN),
        )  # fmt: skip
        if session.scalar(open_.limit(1)) is None:
            session.add(
                SyncRun(
                    tenant_id=tenant_id, id=new_id(), connection_id=schedule.connection_id, cause="schedule",
                    schedule_id=schedule.id, streams=schedule.streams, bookmark=schedule.connection_id, priority=0,
                    status="queued", not_before=now(),
                )
            )  # fmt: skip
        schedule.due_at = next_after(schedule.cron, schedule.time_zone, now()) + spread(schedule.id, schedule.jitter)


def _take_from_the_dead(session: Session, tenant_id: str) -> None:
    """Runs whose worker fell silent are queued again, or have failed after `ATTEMPTS`."""
    silent = select(SyncRun).where(
        SyncRun.tenant_id == tenant_id, SyncRun.status == "running", SyncRun.alive_at < now() - SILENT
    )
    for run in session.scalars(silent).all():
        if run.cancelling:
            run.status, run.ended_at = "cancelled", now()
        elif run.attempt >= ATTEMPTS:
            run.status, run.ended_at = "failed", now()
            run.reason = f"its worker vanished {run.attempt} times; look for what kills it, memory for example"
        else:
            run.status, run.reason = "queued", "its worker vanished; what it committed counts, the rest is read again"


def _next(session: Session, tenant_id: str, *, short: bool) -> SyncRun | None:
    """The run of the highest priority, among equals the oldest, of a connection that has none under way."""
    ready = select(SyncRun).where(
        SyncRun.tenant_id == tenant_id, SyncRun.status.in_(READY), SyncRun.not_before <= now(), _at_rest(tenant_id)
    )
    if short:
        ready = ready.where(SyncRun.short.is_(True))
    return session.scalar(ready.order_by(SyncRun.priority.desc(), SyncRun.queued_at, SyncRun.id).limit(1))


def _work_at(session: Session, tenant_id: str) -> datetime | None:
    """When the tenant has to be looked at again."""
    due = select(func.min(SyncSchedule.due_at)).where(
        SyncSchedule.tenant_id == tenant_id, SyncSchedule.paused.is_(False)
    )
    alive = select(func.min(SyncRun.alive_at)).where(SyncRun.tenant_id == tenant_id, SyncRun.status == "running")
    last_sign = session.scalar(alive)
    moments = [session.scalar(due), _ready_at(session, tenant_id), last_sign and last_sign + SILENT]
    return min((moment for moment in moments if moment is not None), default=None)


def _ready_at(session: Session, tenant_id: str, *, short: bool = False) -> datetime | None:
    """When the first run may begin of those, or of the short ones, whose connection has none under way."""
    ready = select(func.min(SyncRun.not_before)).where(
        SyncRun.tenant_id == tenant_id, SyncRun.status.in_(READY), _at_rest(tenant_id)
    )
    return session.scalar(ready.where(SyncRun.short.is_(True)) if short else ready)


def _at_rest(tenant_id: str) -> ColumnElement[bool]:
    """That the run's connection has none under way; runs of no connection are as of one, for NOT IN knows no null."""
    own = func.coalesce(SyncRun.connection_id, "")
    return own.not_in(select(own).where(SyncRun.tenant_id == tenant_id, SyncRun.status == "running"))
