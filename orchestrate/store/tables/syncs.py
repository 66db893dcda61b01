"""What is to be loaded when, what is under way, and what came of it."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, ForeignKeyConstraint, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from orchestrate.store.tables.row import Owned, Table, new_id, now


def _of(table: str, column: str) -> ForeignKeyConstraint:
    return ForeignKeyConstraint(["tenant_id", column], [f"{table}.tenant_id", f"{table}.id"], ondelete="CASCADE")


class SyncSchedule(Owned, Table):
    """When a connection, or some of its streams, is loaded: a cron expression in a time zone."""

    __tablename__ = "sync_schedules"
    id: Mapped[str] = mapped_column(String(32), primary_key=True, default=new_id)
    connection_id: Mapped[str] = mapped_column(String(32))
    streams: Mapped[list[str]]
    """Empty: all that are chosen."""
    frequency: Mapped[str] = mapped_column(String(200))
    """As it was said: `every 15 minutes`, `daily at 06:30`, `0 6 * * 1-5`."""
    cron: Mapped[str] = mapped_column(String(100))
    time_zone: Mapped[str] = mapped_column(String(64))
    jitter: Mapped[int]
    """Seconds over which runs are spread, each schedule always at the same place."""
    paused: Mapped[bool] = mapped_column(default=False)
    due_at: Mapped[datetime]
    """When it is queued next, jitter included."""
    created_at: Mapped[datetime] = mapped_column(default=now)
    __table_args__ = (
        _of("platform_connections", "connection_id"),
        Index("sync_schedules_by_due", "tenant_id", "due_at"),
    )


class SyncRun(Owned, Table):
    """One load of a connection: queued, under way, waiting for the vendor, or ended."""

    __tablename__ = "sync_runs"
    id: Mapped[str] = mapped_column(String(32), primary_key=True, default=new_id)
    connection_id: Mapped[str | None] = mapped_column(String(32))
    """None for a run that builds what people decided: it is of no connection, and outlives them all."""
    cause: Mapped[str] = mapped_column(String(20))
    """`person`, `schedule`, `webhook`, `backfill`; or one that loads nothing: `decision` builds what people decided,
    `preview` what a connection that is held back would change, `include` the connection's rows."""
    schedule_id: Mapped[str | None] = mapped_column(String(32))
    streams: Mapped[list[str]]
    """Empty: all that are chosen."""
    objects: Mapped[dict[str, Any]] = mapped_column(default=dict)
    """Stream -> the ids of the records that are read, and nothing else; no bookmark moves. Empty: the streams."""
    short: Mapped[bool] = mapped_column(default=False)
    """Whether it reads single records: each worker has a place that others cannot take."""
    since: Mapped[datetime | None]
    until: Mapped[datetime | None]
    bookmark: Mapped[str] = mapped_column(String(64))
    """Whose state goes on: the connection's, or a backfill's own."""
    priority: Mapped[int]
    status: Mapped[str] = mapped_column(String(20))
    """`queued`, `running`, `waiting`, or an end: `done`, `partial`, `failed`, `cancelled`."""
    reason: Mapped[str | None] = mapped_column(Text)
    not_before: Mapped[datetime]
    """When it may begin: the present, or what the vendor asked for."""
    attempt: Mapped[int] = mapped_column(default=0)
    fence: Mapped[int] = mapped_column(default=0)
    """The number of the lease under which it runs: a late worker's word no longer counts."""
    cancelling: Mapped[bool] = mapped_column(default=False)
    queued_at: Mapped[datetime] = mapped_column(default=now)
    started_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    alive_at: Mapped[datetime | None]
    """When its worker last said that it works."""
    __table_args__ = (
        _of("platform_connections", "connection_id"),
        ForeignKeyConstraint(["tenant_id"], ["tenants.id"], name="sync_runs_of_tenant", ondelete="CASCADE"),
        Index("sync_runs_by_status", "tenant_id", "status", "not_before"),
        Index("sync_runs_by_connection", "tenant_id", "connection_id", "queued_at"),
    )


class SyncResult(Owned, Table):
    """What a run brought of one stream."""

    __tablename__ = "sync_results"
    run_id: Mapped[str] = mapped_column(String(32), primary_key=True)
    stream: Mapped[str] = mapped_column(String(200), primary_key=True)
    records: Mapped[int] = mapped_column(BigInteger, default=0)
    rows: Mapped[int] = mapped_column(BigInteger, default=0)
    deleted: Mapped[int] = mapped_column(BigInteger, default=0)
    requests: Mapped[int] = mapped_column(default=0)
    bytes: Mapped[int] = mapped_column(BigInteger, default=0)
    waited: Mapped[float] = mapped_column(default=0.0)
    """Seconds that the vendor's limits cost."""
    answers: Mapped[int] = mapped_column(default=0)
    answering: Mapped[float] = mapped_column(default=0.0)
    """Seconds until the vendor's answers began, all together."""
    slowest: Mapped[float] = mapped_column(default=0.0)
    """Seconds until the slowest of them began."""
    loaded: Mapped[bool] = mapped_column(default=True)
    """False for a stream that was read for others alone, or that failed before its first row."""
    reason: Mapped[str | None] = mapped_column(Text)
    """Why it is not complete."""
    __table_args__ = (_of("sync_runs", "run_id"),)


class SyncLine(Owned, Table):
    """A line of a run's log; taps and targets write neither rows nor secrets into them."""

    __tablename__ = "sync_lines"
    run_id: Mapped[str] = mapped_column(String(32), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    at: Mapped[datetime] = mapped_column(default=now)
    level: Mapped[str] = mapped_column(String(10))
    plugin: Mapped[str | None] = mapped_column(String(100))
    text: Mapped[str] = mapped_column(Text)
    __table_args__ = (_of("sync_runs", "run_id"),)


class PlatformTotal(Table):
    """What all runs of all tenants brought and cost, by platform: kept as runs end, so that nobody adds them up."""

    __tablename__ = "platform_totals"
    platform: Mapped[str] = mapped_column(String(100), primary_key=True)
    rows: Mapped[int] = mapped_column(BigInteger, default=0)
    requests: Mapped[int] = mapped_column(BigInteger, default=0)
    bytes: Mapped[int] = mapped_column(BigInteger, default=0)
    waited: Mapped[float] = mapped_column(default=0.0)
    answers: Mapped[int] = mapped_column(BigInteger, default=0)
    answering: Mapped[float] = mapped_column(default=0.0)


class PlatformSyncStatus(Owned, Table):
    """How a stream of a connection stands."""

    __tablename__ = "platform_sync_status"
    connection_id: Mapped[str] = mapped_column(String(32), primary_key=True)
    stream: Mapped[str] = mapped_column(String(200), primary_key=True)
    run_id: Mapped[str] = mapped_column(String(32))
    status: Mapped[str] = mapped_column(String(20))
    """`done` or `partial`, as it was in that run."""
    reason: Mapped[str | None] = mapped_column(Text)
    rows: Mapped[int] = mapped_column(BigInteger, default=0)
    """Written in all runs so far."""
    complete_at: Mapped[datetime | None]
    """When the last run began that read it whole: what changed before has arrived."""
    updated_at: Mapped[datetime] = mapped_column(default=now)
    __table_args__ = (_of("platform_connections", "connection_id"),)


class PlatformRateLimit(Owned, Table):
    """What is left of an account's quota, as its last run saw it."""

    __tablename__ = "platform_rate_limits"
    connection_id: Mapped[str] = mapped_column(String(32), primary_key=True)
    bucket: Mapped[str] = mapped_column(String(100), primary_key=True)
    used: Mapped[int]
    """Requests of the run."""
    waited: Mapped[float]
    """Seconds that the run waited for it."""
    permitted: Mapped[str | None] = mapped_column(String(100))
    """What the manifest or the vendor says may be asked, in words."""
    size: Mapped[int | None] = mapped_column(BigInteger)
    """How much the vendor says the full limit holds."""
    remaining: Mapped[int | None] = mapped_column(BigInteger)
    resets_at: Mapped[datetime | None]
    seen_at: Mapped[datetime] = mapped_column(default=now)
    __table_args__ = (_of("platform_connections", "connection_id"),)


class DataSource(Owned, Table):
    """A stream of a connection: whether it is loaded, and from where; without a row it is, from its bookmark on."""

    __tablename__ = "data_sources"
    id: Mapped[str] = mapped_column(String(32), primary_key=True, default=new_id)
    connection_id: Mapped[str] = mapped_column(String(32))
    stream: Mapped[str] = mapped_column(String(200))
    chosen: Mapped[bool]
    reset: Mapped[str | None] = mapped_column(String(10))
    """What the next run forgets first: its `bookmark`, or its `rows` too."""
    changed_at: Mapped[datetime] = mapped_column(default=now, onupdate=now)
    __table_args__ = (
        _of("platform_connections", "connection_id"),
        UniqueConstraint("tenant_id", "connection_id", "stream"),
    )
