"""Schedules, runs and what came of them, stream by stream."""

import sqlalchemy as sa
from alembic import op

from orchestrate.store.migrations.rows import MOMENT, create_owned_table

revision = "0004"
down_revision = "0003"
TABLES = (
    "sync_schedules",
    "sync_runs",
    "sync_results",
    "sync_lines",
    "platform_sync_status",
    "platform_rate_limits",
    "data_sources",
)


def upgrade() -> None:
    """Makes the tables."""
    create_owned_table(
        "sync_schedules",
        sa.Column("id", sa.String(32), primary_key=True),
        sa.Column("connection_id", sa.String(32), nullable=False),
        sa.Column("streams", sa.JSON, nullable=False),
        sa.Column("frequency", sa.String(200), nullable=False),
        sa.Column("cron", sa.String(100), nullable=False),
        sa.Column("time_zone", sa.String(64), nullable=False),
        sa.Column("jitter", sa.Integer, nullable=False),
        sa.Column("paused", sa.Boolean, nullable=False),
        sa.Column("due_at", MOMENT, nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        of="platform_connections",
    )
    op.create_index("sync_schedules_by_due", "sync_schedules", ["tenant_id", "due_at"])
    create_owned_table(
        "sync_runs",
        sa.Column("id", sa.String(32), primary_key=True),
        sa.Column("connection_id", sa.String(32), nullable=False),
        sa.Column("cause", sa.String(20), nullable=False),
        sa.Column("schedule_id", sa.String(32)),
        sa.Column("streams", sa.JSON, nullable=False),
        sa.Column("since", MOMENT),
        sa.Column("until", MOMENT),
        sa.Column("bookmark", sa.String(64), nullable=False),
        sa.Column("priority", sa.Integer, nullable=False),
        sa.Column("status", sa.String(20), nullable=False),
        sa.Column("reason", sa.Text),
        sa.Column("not_before", MOMENT, nullable=False),
        sa.Column("attempt", sa.Integer, nullable=False),
        sa.Column("fence", sa.Integer, nullable=False),
        sa.Column("cancelling", sa.Boolean, nullable=False),
        sa.Column("queued_at", MOMENT, nullable=False),
        sa.Column("started_at", MOMENT),
        sa.Column("ended_at", MOMENT),
        sa.Column("alive_at", MOMENT),
        of="platform_connections",
    )
    op.create_index("sync_runs_by_status", "sync_runs", ["tenant_id", "status", "not_before"])
    op.create_index("sync_runs_by_connection", "sync_runs", ["tenant_id", "connection_id", "queued_at"])
    create_owned_table(
        "sync_results",
        sa.Column("run_id", sa.String(32), primary_key=True),
        sa.Column("stream", sa.String(200), primary_key=True),
        sa.Column("records", sa.BigInteger, nullable=False),
        sa.Column("rows", sa.BigInteger, nullable=False),
        sa.Column("deleted", sa.BigInteger, nullable=False),
        sa.Column("requests", sa.Integer, nullable=False),
        sa.Column("bytes", sa.BigInteger, nullable=False),
        sa.Column("waited", sa.Float, nullable=False),
        sa.Column("reason", sa.Text),
        of="sync_runs",
    )
    create_owned_table(
        "sync_lines",
        sa.Column("run_id", sa.String(32), primary_key=True),
        sa.Column("number", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("level", sa.String(10), nullable=False),
        sa.Column("plugin", sa.String(100)),
        sa.Column("text", sa.Text, nullable=False),
        of="sync_runs",
    )
    create_owned_table(
        "platform_sync_status",
        sa.Column("connection_id", sa.String(32), primary_key=True),
        sa.Column("stream", sa.String(200), primary_key=True),
        sa.Column("run_id", sa.String(32), nullable=False),
        sa.Column("status", sa.String(20), nullable=False),
        sa.Column("reason", sa.Text),
        sa.Column("rows", sa.BigInteger, nullable=False),
        sa.Column("complete_at", MOMENT),
        sa.Column("updated_at", MOMENT, nullable=False),
        of="platform_connections",
    )
    create_owned_table(
        "platform_rate_limits",
        sa.Column("connection_id", sa.String(32), primary_key=True),
        sa.Column("bucket", sa.String(100), primary_key=True),
        sa.Column("used", sa.Integer, nullable=False),
        sa.Column("waited", sa.Float, nullable=False),
        sa.Column("permitted", sa.String(100)),
        sa.Column("remaining", sa.Integer),
        sa.Column("seen_at", MOMENT, nullable=False),
        of="platform_connections",
    )
    create_owned_table(
        "data_sources",
        sa.Column("id", sa.String(32), primary_key=True),
        sa.Column("connection_id", sa.String(32), nullable=False),
        sa.Column("stream", sa.String(200), nullable=False),
        sa.Column("chosen", sa.Boolean, nullable=False),
        sa.Column("changed_at", MOMENT, nullable=False),
        sa.UniqueConstraint("tenant_id", "connection_id", "stream"),
        of="platform_connections",
    )


def downgrade() -> None:
    """Drops the tables."""
    for table in reversed(TABLES):
        op.drop_table(table)
