"""What vendors say of their limits, streams that are read for others alone, and streams that begin anew."""

import sqlalchemy as sa
from alembic import op

from orchestrate.store.migrations.rows import MOMENT

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    """Adds the columns."""
    op.add_column("sync_results", sa.Column("loaded", sa.Boolean, nullable=False, server_default=sa.true()))
    op.add_column("data_sources", sa.Column("reset", sa.String(10)))
    op.add_column("platform_rate_limits", sa.Column("size", sa.BigInteger))
    op.add_column("platform_rate_limits", sa.Column("resets_at", MOMENT))
    with op.batch_alter_table("platform_rate_limits") as table:
        table.alter_column("remaining", type_=sa.BigInteger)


def downgrade() -> None:
    """Drops the columns."""
    with op.batch_alter_table("platform_rate_limits") as table:
        table.alter_column("remaining", type_=sa.Integer)
        table.drop_column("resets_at")
        table.drop_column("size")
    for name, column in (("data_sources", "reset"), ("sync_results", "loaded")):
        with op.batch_alter_table(name) as table:
            table.drop_column(column)
