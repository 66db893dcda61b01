"""OAuth apps, logins under way, and accounts to choose from."""

import sqlalchemy as sa
from alembic import op

from orchestrate.store.migrations.rows import MOMENT, create_owned_table

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    """Makes the tables."""
    create_owned_table(
        "oauth_apps",
        sa.Column("platform", sa.String(100), primary_key=True),
        sa.Column("client_id", sa.String(500), nullable=False),
        sa.Column("sealed", sa.LargeBinary, nullable=False),
        sa.Column("updated_at", MOMENT, nullable=False),
    )
    create_owned_table(
        "oauth_states",
        sa.Column("id", sa.String(32), primary_key=True),
        sa.Column("hash", sa.LargeBinary, nullable=False),
        sa.Column("bound_to", sa.String(100), nullable=False),
        sa.Column("platform", sa.String(100), nullable=False),
        sa.Column("login", sa.String(100), nullable=False),
        sa.Column("connection", sa.String(100), nullable=False),
        sa.Column("redirect_uri", sa.Text, nullable=False),
        sa.Column("goes_on_at", sa.Text, nullable=False),
        sa.Column("expires_at", MOMENT, nullable=False),
        sa.Column("sealed", sa.LargeBinary, nullable=False),
    )
    create_owned_table(
        "platform_ad_accounts",
        sa.Column("connection_id", sa.String(32), primary_key=True),
        sa.Column("option", sa.String(100), primary_key=True),
        sa.Column("value", sa.String(500), primary_key=True),
        sa.Column("label", sa.Text, nullable=False),
        sa.Column("position", sa.Integer, nullable=False),
        sa.Column("seen_at", MOMENT, nullable=False),
        of="platform_connections",
    )


def downgrade() -> None:
    """Drops the tables."""
    for table in ("platform_ad_accounts", "oauth_states", "oauth_apps"):
        op.drop_table(table)
