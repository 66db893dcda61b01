"""Where vendors deliver and what they delivered; who is told of what happens here."""

import sqlalchemy as sa
from alembic import op

from orchestrate.store.migrations.rows import MOMENT, create_owned_table

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    """Makes the tables."""
    _incoming()
    _outgoing()


def _incoming() -> None:
    create_owned_table(
        "platform_webhooks",
        sa.Column("id", sa.String(32), primary_key=True),
        sa.Column("connection_id", sa.String(32), nullable=False),
        sa.Column("platform", sa.String(100), nullable=False),
        sa.Column("address", sa.Text, nullable=False),
        sa.Column("vendor_ids", sa.JSON, nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        of="platform_connections",
    )
    op.create_index("platform_webhooks_of", "platform_webhooks", ["tenant_id", "connection_id"])
    create_owned_table(
        "platform_webhook_secrets",
        sa.Column("webhook_id", sa.String(32), primary_key=True),
        sa.Column("id", sa.String(32), primary_key=True),
        sa.Column("sealed", sa.LargeBinary, nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("valid_until", MOMENT),
        of="platform_webhooks",
    )
    create_owned_table(
        "platform_event_log",
        sa.Column("id", sa.String(32), primary_key=True),
        sa.Column("webhook_id", sa.String(32), nullable=False),
        sa.Column("delivery", sa.Text, nullable=False),
        sa.Column("types", sa.JSON, nullable=False),
        sa.Column("body", sa.LargeBinary, nullable=False),
        sa.Column("state", sa.String(10), nullable=False),
        sa.Column("attempts", sa.Integer, nullable=False),
        sa.Column("due_at", MOMENT, nullable=False),
        sa.Column("said", sa.Text),
        sa.Column("received_at", MOMENT, nullable=False),
        of="platform_webhooks",
    )
    op.create_index("platform_event_log_due", "platform_event_log", ["tenant_id", "state", "due_at"])


def _outgoing() -> None:
    create_owned_table(
        "subscriptions",
        sa.Column("id", sa.String(32), primary_key=True),
        sa.Column("url", sa.Text, nullable=False),
        sa.Column("kinds", sa.JSON, nullable=False),
        sa.Column("enabled", sa.Boolean, nullable=False),
        sa.Column("reason", sa.Text),
        sa.Column("failing_since", MOMENT),
        sa.Column("old_secret_until", MOMENT),
        sa.Column("sealed", sa.LargeBinary, nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
    )
    create_owned_table(
        "announcements",
        sa.Column("id", sa.String(32), primary_key=True),
        sa.Column("subscription_id", sa.String(32), nullable=False),
        sa.Column("message", sa.String(40), nullable=False),
        sa.Column("kind", sa.String(50), nullable=False),
        sa.Column("body", sa.JSON, nullable=False),
        sa.Column("state", sa.String(10), nullable=False),
        sa.Column("attempts", sa.Integer, nullable=False),
        sa.Column("due_at", MOMENT, nullable=False),
        sa.Column("said", sa.Text),
        sa.Column("created_at", MOMENT, nullable=False),
        of="subscriptions",
    )
    op.create_index("announcements_due", "announcements", ["tenant_id", "state", "due_at"])
    op.create_index("announcements_of", "announcements", ["tenant_id", "subscription_id"])


def downgrade() -> None:
    """Drops the tables."""
    for table in ("announcements", "subscriptions", "platform_event_log", "platform_webhook_secrets",
                  "platform_webhooks"):  # fmt: skip
        op.drop_table(table)
