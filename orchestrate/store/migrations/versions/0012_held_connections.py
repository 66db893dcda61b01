"""Which connections' rows are held back from the unified tables."""

import sqlalchemy as sa
from alembic import op

from orchestrate.store.migrations.rows import MOMENT, create_owned_table

revision = "0012"
down_revision = "0011"


def upgrade() -> None:
    """Makes the table."""
    create_owned_table(
        "held_connections",
        sa.Column("platform", sa.String(100), primary_key=True),
        sa.Column("name", sa.String(100), primary_key=True),
        sa.Column("held_by", sa.Text, nullable=False),
        sa.Column("held_at", MOMENT, nullable=False),
    )


def downgrade() -> None:
    """Drops the table."""
    op.drop_table("held_connections")
