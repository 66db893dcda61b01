"""A code that a vendor sends to an address, for a person to type into the vendor's page."""

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"


def upgrade() -> None:
    """Adds the column."""
    op.add_column("platform_webhooks", sa.Column("code", sa.String(100), nullable=True))


def downgrade() -> None:
    """Drops it."""
    with op.batch_alter_table("platform_webhooks") as changed:
        changed.drop_column("code")
