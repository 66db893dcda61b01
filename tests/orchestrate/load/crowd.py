"""A store with many tenants: how long each query takes, and how many due schedules become runs in a second."""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

from sqlalchemy import event, insert

from orchestrate.connections.service import Connections
from orchestrate.store.database import Store
from orchestrate.store.tables import (
    PlatformConnection,
    PlatformSyncStatus,
    SyncResult,
    SyncRun,
    SyncSchedule,
    Tenant,
    new_id,
    now,
)
from orchestrate.syncs.keeping import Keeping
from orchestrate.syncs.queue import claim

STREAMS = ("contacts", "companies", "deals", "tickets")
LONGEST = 0.050


def fill(store: Store, tenants: int, connections: int, runs: int) -> None:
    """So many tenants with so many connections each, and so many runs of each with their results."""
    for number in range(tenants):
        tenant_id, at = new_id(), now() - timedelta(days=30)
        with store.across_tenants() as session:
            session.add(Tenant(id=tenant_id, name=f"tenant-{number:04}"))
        owners = [new_id() for _ in range(connections)]
        with store.transaction(tenant_id) as session:
            mine: list[dict[str, Any]] = [
                {"tenant_id": tenant_id, "id": own, "platform": "hubspot", "name": f"c{place:02}", "status": "ok"}
                for place, own in enumerate(owners)
            ]
            session.execute(insert(PlatformConnection), mine)
            made = [(own, new_id(), at + timedelta(hours=place)) for own in owners for place in range(runs)]
            session.execute(insert(SyncRun), [
                {"tenant_id": tenant_id, "id": run, "connection_id": own, "cause": "schedule", "streams": [],
                 "bookmark": own, "priority": 0, "status": "done", "not_before": moment, "queued_at": moment,
                 "started_at": moment, "ended_at": moment + timedelta(minutes=1), "attempt": 1, "fence": 1}
                for own, run, moment in made
            ])  # fmt: skip
            session.execute(insert(SyncResult), [
                {"tenant_id": tenant_id, "run_id": run, "stream": stream, "records": 9, "rows": 9, "requests": 1}
                for _, run, _ in made for stream in STREAMS
            ])  # fmt: skip
            session.execute(insert(PlatformSyncStatus), [
                {"tenant_id": tenant_id, "connection_id": own, "stream": stream, "run_id": own, "status": "done",
                 "rows": 9 * runs, "complete_at": at}
                for own in owners for stream in STREAMS
            ])  # fmt: skip


def make_due(store: Store, connections: Connections, tenants: int) -> int:
    """A schedule of every connection of so many tenants, due a minute ago; returns how many."""
    made = 0
    for tenant_id, name in store.tenants():
        if not name.startswith("tenant-") or made >= tenants * 10:
            continue
        with store.transaction(tenant_id) as session:
            rows = [
                {"tenant_id": tenant_id, "id": new_id(), "connection_id": row.id, "streams": [], "frequency": "hourly",
                 "cron": "0 * * * *", "time_zone": "UTC", "jitter": 60, "due_at": now() - timedelta(minutes=1)}
                for row in session.query(PlatformConnection).filter_by(tenant_id=tenant_id)
            ]  # fmt: skip
            session.execute(insert(SyncSchedule), rows)
            session.get_one(Tenant, tenant_id).work_at = now() - timedelta(minutes=1)
            made += len(rows)
    del connections
    return made


def start_all(store: Store, due: int) -> float:
    """Lets every due schedule's run be claimed and end at once; returns runs per second."""
    began, done = time.perf_counter(), 0
    while done < due and (claimed := claim(store)) is not None:
        Keeping(store, claimed).end("done", None, {})
        done += 1
    return done / (time.perf_counter() - began)


@contextmanager
def timed(store: Store) -> Iterator[dict[str, list[float]]]:
    """The seconds of every query, by its text."""
    found: dict[str, list[float]] = defaultdict(list)

    def before(connection: Any, *_: Any) -> None:
        connection.info["began"] = time.perf_counter()

    def after(connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        found[" ".join(statement.split())].append(time.perf_counter() - connection.info["began"])

    event.listen(store.engine, "before_cursor_execute", before)
    event.listen(store.engine, "after_cursor_execute", after)
    try:
        yield found
    finally:
        event.remove(store.engine, "before_cursor_execute", before)
        event.remove(store.engine, "after_cursor_execute", after)


def slowest(found: dict[str, list[float]], count: int = 3) -> list[tuple[float, float, str]]:
    """The median and longest milliseconds of the slowest queries by median, and their texts."""
    ranked = sorted(found.items(), key=lambda each: -sorted(each[1])[len(each[1]) // 2])
    return [(sorted(t)[len(t) // 2] * 1000, max(t) * 1000, text[:160]) for text, t in ranked[:count]]
