"""Single records that deliveries name, and the runs that read them."""

import sqlalchemy as sa
from alembic import op

from orchestrate.store.migrations.rows import MOMENT

revision = "0011"
down_revision = "0010"


def upgrade() -> None:
    """Adds the columns."""
    op.add_column("platform_event_log", sa.Column("objects", sa.JSON, nullable=False, server_default="{}"))
    op.add_column("sync_runs", sa.Column("objects", sa.JSON, nullable=False, server_default="{}"))
    op.add_column("sync_runs", sa.Column("short", sa.Boolean, nullable=False, server_default=sa.false()))
    op.add_column("tenants", sa.Column("urgent_at", MOMENT))
    op.create_index("ix_tenants_urgent_at", "tenants", ["urgent_at"])


def downgrade() -> None:
    """Drops the columns."""
    op.drop_index("ix_tenants_urgent_at", "tenants")
    for name, columns in (
        ("tenants", ["urgent_at"]),
        ("sync_runs", ["short", "objects"]),
        ("platform_event_log", ["objects"]),
    ):
        with op.batch_alter_table(name) as table:
            for column in columns:
                table.drop_column(column)
