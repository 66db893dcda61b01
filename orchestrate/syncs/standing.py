"""Where a tenant's connections stand: the last and next run of each, its rows and how fresh they are."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Select, func, select

from orchestrate.store.database import Store
from orchestrate.store.tables import PlatformConnection, PlatformSyncStatus, SyncRun, SyncSchedule


@dataclass(frozen=True)
class Standing:
    """A connection's loads. `rows` were written by all its runs, `fresh_at` is when a table was last whole.

    `troubled` counts the tables whose last load was not. Moments are UTC.
    """

    run: str | None
    status: str | None
    ran_at: datetime | None
    due_at: datetime | None
    rows: int
    fresh_at: datetime | None
    troubled: int


NOTHING = Standing(None, None, None, None, 0, None, 0)
"""Of a connection that never ran."""


def part_of(tenant_id: str, limit: int | None, after: str | None) -> Select[tuple[PlatformConnection]]:
    """A tenant's connections by name: all of them, or so many after this name."""
    mine = select(PlatformConnection).where(PlatformConnection.tenant_id == tenant_id)
    if after is not None:
        mine = mine.where(PlatformConnection.name > after)
    return mine.order_by(PlatformConnection.name).limit(limit)


def standings(
    store: Store, tenant_id: str, *, limit: int | None = None, after: str | None = None
) -> dict[str, Standing]:
    """Connection's name -> where it stands, by name, in four queries whatever their number.

    All of them, or so many after this name.
    """
    own = select(part_of(tenant_id, limit, after).subquery().c.id)
    newest = (
        select(SyncRun.connection_id, func.max(SyncRun.queued_at).label("at"))
        .where(SyncRun.tenant_id == tenant_id, SyncRun.connection_id.in_(own))
        .group_by(SyncRun.connection_id).subquery()
    )  # fmt: skip
    last = select(SyncRun).join(
        newest, (SyncRun.connection_id == newest.c.connection_id) & (SyncRun.queued_at == newest.c.at)
    )
    due = (
        select(SyncSchedule.connection_id, func.min(SyncSchedule.due_at))
        .where(SyncSchedule.tenant_id == tenant_id, SyncSchedule.paused.is_(False))
        .where(SyncSchedule.connection_id.in_(own)).group_by(SyncSchedule.connection_id)
    )  # fmt: skip
    tables = select(PlatformSyncStatus).where(
        PlatformSyncStatus.tenant_id == tenant_id, PlatformSyncStatus.connection_id.in_(own)
    )
    with store.transaction(tenant_id) as session:
        runs = {run.connection_id: run for run in session.scalars(last.where(SyncRun.tenant_id == tenant_id))}
        next_due = dict(session.execute(due).tuples().all())
        stand: dict[str, list[PlatformSyncStatus]] = {}
        for row in session.scalars(tables):
            stand.setdefault(row.connection_id, []).append(row)
        return {
            row.name: _standing(runs.get(row.id), next_due.get(row.id), stand.get(row.id, []))
            for row in session.scalars(part_of(tenant_id, limit, after))
        }


def _standing(run: SyncRun | None, due_at: datetime | None, tables: list[PlatformSyncStatus]) -> Standing:
    return Standing(
        run=run.id if run else None,
        status=run.status if run else None,
        ran_at=(run.ended_at or run.started_at or run.queued_at) if run else None,
        due_at=due_at,
        rows=sum(each.rows for each in tables),
        fresh_at=max((each.complete_at for each in tables if each.complete_at), default=None),
        troubled=sum(each.reason is not None for each in tables),
    )
