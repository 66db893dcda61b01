"""What is asked of vendors' accounts, by all connections to them."""

import sqlalchemy as sa
from alembic import op

from orchestrate.store.migrations.rows import MOMENT

revision = "0013"
down_revision = "0012"


def upgrade() -> None:
    """Makes the table."""
    op.create_table(
        "account_budgets",
        sa.Column("account", sa.String(64), primary_key=True),
        sa.Column("bucket", sa.String(200), primary_key=True),
        sa.Column("state", sa.JSON, nullable=False),
        sa.Column("changed_at", MOMENT, nullable=False),
    )
    op.create_index("ix_account_budgets_changed_at", "account_budgets", ["changed_at"])


def downgrade() -> None:
    """Drops the table."""
    op.drop_table("account_budgets")
