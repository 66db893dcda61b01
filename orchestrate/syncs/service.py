"""What people, schedules and webhooks may ask of the loads of a tenant's connections."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy import Select, delete, func, select
from sqlalchemy.orm import Session

from orchestrate.audit import service as audit
from orchestrate.connections import store as connection_rows
from orchestrate.connections.service import NoConnectionError
from orchestrate.store.database import Store
from orchestrate.store.tables import (
    PlatformConnection,
    SyncLine,
    SyncResult,
    SyncRun,
    SyncSchedule,
    Tenant,
    new_id,
    now,
)
from orchestrate.syncs.errors import NoSyncError, SyncRefusedError
from orchestrate.syncs.frequency import cron_of, next_after, spread, zone_of
from orchestrate.syncs.sources import Sources, known_streams
from orchestrate.syncs.states import ENDS

JITTER = 60
DECISION, PREVIEW, INCLUDE = "decision", "preview", "include"
BUILDS = (DECISION, PREVIEW, INCLUDE)
"""The causes of runs that load nothing and build: what people decided, what a connection that is held back would
change, and the unified tables with that connection's rows."""
AWAITED = 10
"""The priority of what somebody sits and waits for."""


@dataclass(frozen=True)
class Result:
    """What a run brought of one stream; `reason` says why it is not complete."""

    stream: str
    records: int
    rows: int
    deleted: int
    requests: int
    bytes: int
    waited: float
    reason: str | None
    loaded: bool = True
    """False for a stream that was read for others alone, or that failed before its first row."""
    answers: int = 0
    answering: float = 0.0
    """Seconds until the vendor's answers began, all together."""
    slowest: float = 0.0
    """Seconds until the slowest of them began."""


@dataclass(frozen=True)
class Run:
    """A run as people see it. Moments are UTC."""

    id: str
    connection: str | None
    """None, as `platform`, where people's decisions are built."""
    platform: str | None
    cause: str
    streams: tuple[str, ...]
    since: datetime | None
    until: datetime | None
    bookmark: str
    priority: int
    status: str
    reason: str | None
    attempt: int
    not_before: datetime
    queued_at: datetime
    started_at: datetime | None
    ended_at: datetime | None
    cancelling: bool
    objects: Mapping[str, Sequence[str]] = field(default_factory=dict)
    """Stream -> the ids of the records that it reads, and nothing else; empty where it reads streams."""
    results: tuple[Result, ...] = ()


@dataclass(frozen=True)
class Schedule:
    """A schedule as people see it; `due_at` is UTC."""

    id: str
    connection: str
    streams: tuple[str, ...]
    frequency: str
    cron: str
    time_zone: str
    jitter: int
    paused: bool
    due_at: datetime


class Syncs:
    """The loads of one tenant's connections."""

    def __init__(self, store: Store, tenant_id: str, actor: str) -> None:
        self.store, self._tenant_id, self._actor = store, tenant_id, actor
        self.sources = Sources(store, tenant_id, actor)

    def trigger(
        self, connection: str, *, streams: Sequence[str] | None = None, since: datetime | None = None,
        until: datetime | None = None, priority: int = 0, cause: str = "person",
    ) -> str:  # fmt: skip
        """Queues a load and returns its run's id.

        One that waits already to load the same is enough: its id is returned. A range (`since`, `until`) makes it a
        backfill with a bookmark of its own. Raises `SyncRefusedError` for streams that the platform does not have.
        """
        with self.store.transaction(self._tenant_id) as session:
            row = self._connection(session, connection)
            wanted = known_streams(row.platform, streams or ())
            ranged = since is not None or until is not None
            same = None if ranged else self._queued(session, row.id, wanted)
            if same is not None:
                same.priority = max(same.priority, priority)
                return same.id
            run = SyncRun(
                tenant_id=self._tenant_id, id=new_id(), connection_id=row.id, cause="backfill" if ranged else cause,
                streams=wanted, since=since, until=until, bookmark=row.id, priority=priority, status="queued",
                not_before=now(),
            )  # fmt: skip
            if ranged:
                run.bookmark = f"{row.id}-{run.id[:8]}"
            session.add(run)
            session.flush()
            work_at(session, self._tenant_id, run.not_before)
            self._log(session, "sync triggered", connection, run=run.id, cause=run.cause)
            return run.id

    def backfill(self, connection: str, stream: str, since: datetime, until: datetime) -> str:
        """Loads one stream's records of a range again, beside the connection's own bookmark; returns the run's id."""
        if since >= until:
            raise SyncRefusedError("a backfill's `since` lies before its `until`")
        return self.trigger(connection, streams=[stream], since=since, until=until)

    def rebuild(self) -> str:
        """Queues a run that loads nothing and builds what people decided; returns its id.

        One that waits already is enough.
        """
        with self.store.transaction(self._tenant_id) as session:
            waiting = session.scalar(self._waiting_builds(DECISION))
            return waiting.id if waiting is not None else self._queue_build(session, None, DECISION)

    def build(self, connection: str, cause: str) -> str:
        """Queues a run that loads nothing and builds for a connection (`PREVIEW`, `INCLUDE`); returns its id.

        One that waits already is enough.
        """
        with self.store.transaction(self._tenant_id) as session:
            connection_id = self._connection(session, connection).id
            waiting = session.scalar(self._waiting_builds(cause).where(SyncRun.connection_id == connection_id))
            return waiting.id if waiting is not None else self._queue_build(session, connection_id, cause)

    def cancel(self, run_id: str) -> Run:
        """Ends a run: at once if it has not begun, else its worker stops all that it started."""
        with self.store.transaction(self._tenant_id) as session:
            row = self._run(session, run_id)
            if row.status in ENDS:
                raise SyncRefusedError(f"run {run_id} has ended already: {row.status}")
            if row.status == "running":
                row.cancelling = True
            else:
                row.status, row.ended_at = "cancelled", now()
            self._log(session, "sync cancelled", run_id)
            return self._shown(session, row)

    def run(self, run_id: str) -> Run:
        """One run with its results; raises `NoSyncError`."""
        with self.store.transaction(self._tenant_id) as session:
            return self._shown(session, self._run(session, run_id), results=True)

    def runs(
        self, *, connection: str | None = None, status: str | None = None, limit: int = 100,
        before: tuple[datetime, str] | None = None,
    ) -> list[Run]:  # fmt: skip
        """The newest runs first; `before` is when the last one seen was queued, and its id."""
        found = select(SyncRun).where(SyncRun.tenant_id == self._tenant_id)
        with self.store.transaction(self._tenant_id) as session:
            if connection is not None:
                found = found.where(SyncRun.connection_id == self._connection(session, connection).id)
            if status is not None:
                found = found.where(SyncRun.status == status)
            if before is not None:
                at, seen = before
                found = found.where((SyncRun.queued_at < at) | ((SyncRun.queued_at == at) & (SyncRun.id < seen)))
            newest = found.order_by(SyncRun.queued_at.desc(), SyncRun.id.desc()).limit(limit)
            return [self._shown(session, row) for row in session.scalars(newest)]

    def lines(self, run_id: str, after: int = 0, limit: int = 1000) -> list[SyncLine]:
        """Lines of a run's log, those after a number."""
        with self.store.transaction(self._tenant_id) as session:
            self._run(session, run_id)
            mine = select(SyncLine).where(
                SyncLine.tenant_id == self._tenant_id, SyncLine.run_id == run_id, SyncLine.number > after
            )
            found = list(session.scalars(mine.order_by(SyncLine.number).limit(limit)))
            session.expunge_all()
            return found

    def schedule(
        self, connection: str, frequency: str, *, time_zone: str = "UTC", streams: Sequence[str] | None = None,
        jitter: int = JITTER,
    ) -> Schedule:  # fmt: skip
        """Loads a connection, or some of its streams, again and again; replaces the schedule of the same streams."""
        cron, _ = cron_of(frequency), zone_of(time_zone)
        with self.store.transaction(self._tenant_id) as session:
            row = self._connection(session, connection)
            wanted = known_streams(row.platform, streams or ())
            mine = select(SyncSchedule).where(
                SyncSchedule.tenant_id == self._tenant_id, SyncSchedule.connection_id == row.id
            )
            kept = next((each for each in session.scalars(mine) if each.streams == wanted), None)
            if kept is None:
                kept = SyncSchedule(
                    tenant_id=self._tenant_id, id=new_id(), connection_id=row.id, streams=wanted, paused=False
                )
                session.add(kept)
            kept.frequency, kept.cron, kept.time_zone, kept.jitter = frequency, cron, time_zone, jitter
            kept.due_at = next_after(cron, time_zone, now()) + spread(kept.id, jitter)
            session.flush()
            work_at(session, self._tenant_id, kept.due_at)
            self._log(session, "sync scheduled", connection, frequency=frequency, time_zone=time_zone)
            return self._shown_schedule(session, kept)

    def schedules(self, connection: str | None = None) -> list[Schedule]:
        """All schedules, or those of a connection, by when they are due."""
        mine = select(SyncSchedule).where(SyncSchedule.tenant_id == self._tenant_id)
        with self.store.transaction(self._tenant_id) as session:
            if connection is not None:
                mine = mine.where(SyncSchedule.connection_id == self._connection(session, connection).id)
            ordered = mine.order_by(SyncSchedule.due_at, SyncSchedule.id)
            return [self._shown_schedule(session, row) for row in session.scalars(ordered)]

    def pause(self, schedule_id: str, *, paused: bool = True) -> Schedule:
        """Keeps a schedule from running, or lets it run again from now on."""
        with self.store.transaction(self._tenant_id) as session:
            row = self._schedule(session, schedule_id)
            row.paused = paused
            if not paused:
                row.due_at = next_after(row.cron, row.time_zone, now()) + spread(row.id, row.jitter)
                work_at(session, self._tenant_id, row.due_at)
            self._log(session, "schedule paused" if paused else "schedule resumed", schedule_id)
            return self._shown_schedule(session, row)

    def unschedule(self, schedule_id: str) -> None:
        """Takes a schedule away; runs that it queued stay."""
        with self.store.transaction(self._tenant_id) as session:
            session.delete(self._schedule(session, schedule_id))
            self._log(session, "schedule removed", schedule_id)

    def _queued(self, session: Session, connection_id: str, streams: list[str]) -> SyncRun | None:
        waiting = select(SyncRun).where(
            SyncRun.tenant_id == self._tenant_id, SyncRun.connection_id == connection_id, SyncRun.status == "queued",
            SyncRun.since.is_(None), SyncRun.until.is_(None), SyncRun.cause.not_in(BUILDS), SyncRun.short.is_(False),
        )  # fmt: skip
        return next((each for each in session.scalars(waiting) if each.streams in ([], streams)), None)

    def _waiting_builds(self, cause: str) -> Select[tuple[SyncRun]]:
        mine = select(SyncRun).where(SyncRun.tenant_id == self._tenant_id)
        return mine.where(SyncRun.cause == cause, SyncRun.status == "queued").limit(1)

    def _queue_build(self, session: Session, connection_id: str | None, cause: str) -> str:
        run = SyncRun(
            tenant_id=self._tenant_id, id=new_id(), connection_id=connection_id, cause=cause, streams=[],
            bookmark=connection_id or cause, priority=AWAITED, status="queued", not_before=now(),
        )  # fmt: skip
        session.add(run)
        session.flush()
        work_at(session, self._tenant_id, run.not_before)
        return run.id

    def _connection(self, session: Session, name: str) -> PlatformConnection:
        row = connection_rows.named(session, self._tenant_id, name)
        if row is None:
            raise NoConnectionError(f"there is no connection {name!r}; `engarde connection list` shows them")
        return row

    def _run(self, session: Session, run_id: str) -> SyncRun:
        row = session.get(SyncRun, (self._tenant_id, run_id))
        if row is None:
            raise NoSyncError(f"there is no run {run_id!r}")
        return row

    def _schedule(self, session: Session, schedule_id: str) -> SyncSchedule:
        row = session.get(SyncSchedule, (self._tenant_id, schedule_id))
        if row is None:
            raise NoSyncError(f"there is no schedule {schedule_id!r}")
        return row

    def _shown(self, session: Session, row: SyncRun, *, results: bool = False) -> Run:
        owner = row.connection_id and session.get_one(PlatformConnection, (self._tenant_id, row.connection_id))
        connection, platform = (owner.name, owner.platform) if owner else (None, None)
        mine = select(SyncResult).where(SyncResult.tenant_id == self._tenant_id, SyncResult.run_id == row.id)
        found = session.scalars(mine.order_by(SyncResult.stream)) if results else ()
        return Run(
            id=row.id, connection=connection, platform=platform, cause=row.cause,
            streams=tuple(row.streams), since=row.since, until=row.until, bookmark=row.bookmark,
            priority=row.priority, status=row.status,
            reason=row.reason, attempt=row.attempt, not_before=row.not_before, queued_at=row.queued_at,
            started_at=row.started_at, ended_at=row.ended_at, cancelling=row.cancelling, objects=row.objects,
            results=tuple(
                Result(each.stream, each.records, each.rows, each.deleted, each.requests, each.bytes, each.waited,
                       each.reason, each.loaded, each.answers, each.answering, each.slowest)
                for each in found
            ),
        )  # fmt: skip

    def _shown_schedule(self, session: Session, row: SyncSchedule) -> Schedule:
        connection = session.get_one(PlatformConnection, (self._tenant_id, row.connection_id))
        return Schedule(
            id=row.id, connection=connection.name, streams=tuple(row.streams), frequency=row.frequency, cron=row.cron,
            time_zone=row.time_zone, jitter=row.jitter, paused=row.paused, due_at=row.due_at,
        )  # fmt: skip

    def _log(self, session: Session, action: str, subject: str, **detail: str) -> None:
        audit.record(session, self._tenant_id, self._actor, action, subject, **detail)


def work_at(session: Session, tenant_id: str, at: datetime) -> None:
    """Notes that something of the tenant's is due then, if nothing is earlier."""
    tenant = session.get_one(Tenant, tenant_id, with_for_update=True)
    tenant.work_at = min(at, tenant.work_at or at)
    tenant.urgent_at = min(at, tenant.urgent_at or at)


def forget_lines(store: Store, tenant_id: str, older_than: timedelta) -> int:
    """Drops log lines of runs that ended long ago; the runs and their figures stay. Returns how many."""
    with store.transaction(tenant_id) as session:
        ended = select(SyncRun.id).where(SyncRun.tenant_id == tenant_id, SyncRun.ended_at < now() - older_than)
        gone = select(func.count()).where(SyncLine.tenant_id == tenant_id, SyncLine.run_id.in_(ended))
        number = session.scalar(gone) or 0
        session.execute(delete(SyncLine).where(SyncLine.tenant_id == tenant_id, SyncLine.run_id.in_(ended)))
        return number
