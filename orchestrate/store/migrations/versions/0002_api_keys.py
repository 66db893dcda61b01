"""API keys."""

import sqlalchemy as sa
from alembic import op

from orchestrate.store.migrations.rows import MOMENT, create_owned_table

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Makes the table."""
    create_owned_table(
        "api_keys",
        sa.Column("id", sa.String(32), primary_key=True),
        sa.Column("name", sa.String(100), nullable=False),
        sa.Column("scopes", sa.JSON, nullable=False),
        sa.Column("hash", sa.LargeBinary, nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("revoked_at", MOMENT),
        sa.UniqueConstraint("tenant_id", "name"),
    )


def downgrade() -> None:
    """Drops the table."""
    op.drop_table("api_keys")
