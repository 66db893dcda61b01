"""How long vendors take to answer. Runs before this did not measure it: they count no answers."""

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"
_COLUMNS = (
    ("sync_results", "answers", sa.Integer), ("sync_results", "answering", sa.Float),
    ("sync_results", "slowest", sa.Float), ("platform_totals", "answers", sa.BigInteger),
    ("platform_totals", "answering", sa.Float),
)  # fmt: skip


def upgrade() -> None:
    """Adds the columns."""
    for table, name, kind in _COLUMNS:
        op.add_column(table, sa.Column(name, kind, nullable=False, server_default="0"))


def downgrade() -> None:
    """Drops the columns."""
    for table, name, _ in reversed(_COLUMNS):
        with op.batch_alter_table(table) as changed:
            changed.drop_column(name)
