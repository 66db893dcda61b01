"""What people decided on records and values."""

import sqlalchemy as sa
from alembic import op

from orchestrate.store.migrations.rows import MOMENT, create_owned_table

revision = "0010"
down_revision = "0009"


def upgrade() -> None:
    """Makes the table."""
    create_owned_table(
        "reconciliation_decisions",
        sa.Column("id", sa.String(32), primary_key=True),
        sa.Column("kind", sa.String(10), nullable=False),
        sa.Column("left_id", sa.Text),
        sa.Column("right_id", sa.Text),
        sa.Column("customer_key", sa.Text),
        sa.Column("attribute", sa.String(40)),
        sa.Column("value", sa.Text),
        sa.Column("note", sa.Text),
        sa.Column("decided_by", sa.Text, nullable=False),
        sa.Column("decided_at", MOMENT, nullable=False),
        sa.Column("undone_by", sa.Text),
        sa.Column("undone_at", MOMENT),
    )
    op.create_index("reconciliation_decisions_by_time", "reconciliation_decisions", ["tenant_id", "decided_at"])


def downgrade() -> None:
    """Drops the table."""
    op.drop_table("reconciliation_decisions")
