"""When deliveries and announcements of a tenant are due."""

import sqlalchemy as sa
from alembic import op

from orchestrate.store.migrations.rows import MOMENT

revision = "0015"
down_revision = "0014"


def upgrade() -> None:
    """Adds the moment; every tenant is looked at once."""
    op.add_column("tenants", sa.Column("events_at", MOMENT))
    op.create_index("ix_tenants_events_at", "tenants", ["events_at"])
    op.execute("UPDATE tenants SET events_at = created_at")


def downgrade() -> None:
    """Drops the moment."""
    op.drop_index("ix_tenants_events_at", "tenants")
    op.drop_column("tenants", "events_at")
