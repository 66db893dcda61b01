"""Tenants, their data keys, connections with sealed settings, and leases."""

import sqlalchemy as sa
from alembic import op

from orchestrate.store.migrations.rows import MOMENT, create_owned_table

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Makes the tables."""
    op.create_table(
        "tenants",
        sa.Column("id", sa.String(32), primary_key=True),
        sa.Column("name", sa.String(100), nullable=False, unique=True),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("work_at", MOMENT, index=True),
        sa.Column("served_at", MOMENT),
    )
    create_owned_table(
        "tenant_keys",
        sa.Column("id", sa.String(32), primary_key=True),
        sa.Column("wrapped_by", sa.String(100), nullable=False),
        sa.Column("wrapped", sa.LargeBinary, nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
    )
    create_owned_table(
        "platform_connections",
        sa.Column("id", sa.String(32), primary_key=True),
        sa.Column("platform", sa.String(100), nullable=False),
        sa.Column("name", sa.String(100), nullable=False),
        sa.Column("status", sa.String(20), nullable=False),
        sa.Column("status_reason", sa.Text),
        sa.Column("checked_at", MOMENT),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("updated_at", MOMENT, nullable=False),
        sa.UniqueConstraint("tenant_id", "name"),
    )
    create_owned_table(
        "connection_settings",
        sa.Column("connection_id", sa.String(32), primary_key=True),
        sa.Column("field", sa.String(100), primary_key=True),
        sa.Column("sealed", sa.LargeBinary, nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        of="platform_connections",
    )
    create_owned_table(
        "leases",
        sa.Column("subject", sa.String(200), primary_key=True),
        sa.Column("holder", sa.String(32), nullable=False),
        sa.Column("number", sa.Integer, nullable=False),
        sa.Column("until", MOMENT, nullable=False),
    )


def downgrade() -> None:
    """Drops the tables."""
    for table in ("leases", "connection_settings", "platform_connections", "tenant_keys", "tenants"):
        op.drop_table(table)
