"""Answers that are kept for requests that come again."""

import sqlalchemy as sa
from alembic import op

from orchestrate.store.migrations.rows import MOMENT, create_owned_table

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    """Makes the table."""
    create_owned_table(
        "kept_answers",
        sa.Column("key", sa.String(64), primary_key=True),
        sa.Column("request", sa.LargeBinary, nullable=False),
        sa.Column("under_way", sa.Boolean, nullable=False),
        sa.Column("sealed", sa.LargeBinary, nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
    )
    op.create_index("kept_answers_by_age", "kept_answers", ["tenant_id", "created_at"])


def downgrade() -> None:
    """Drops the table."""
    op.drop_table("kept_answers")
