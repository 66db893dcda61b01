"""For which connections a delivery is, and what of it is for each."""

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"


def upgrade() -> None:
    """Adds the column; what came before was for the connection of its endpoint alone."""
    op.add_column("platform_event_log", sa.Column("parts", sa.JSON(), nullable=False, server_default="{}"))


def downgrade() -> None:
    """Drops it."""
    with op.batch_alter_table("platform_event_log") as changed:
        changed.drop_column("parts")
