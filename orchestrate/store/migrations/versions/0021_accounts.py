"""What a vendor says of a connection's account, by which deliveries tell whose they are."""

import sqlalchemy as sa
from alembic import op

revision = "0021"
down_revision = "0020"


def upgrade() -> None:
    """Adds the column; it is filled when a connection is tried."""
    op.add_column("platform_connections", sa.Column("account", sa.JSON(), nullable=False, server_default="{}"))


def downgrade() -> None:
    """Drops it."""
    with op.batch_alter_table("platform_connections") as changed:
        changed.drop_column("account")
