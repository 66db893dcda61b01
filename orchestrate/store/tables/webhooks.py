"""Where vendors deliver, what proves that it is they, and what they delivered."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKeyConstraint, Index, LargeBinary, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from orchestrate.store.tables.row import Owned, SealedRow, Table, new_id, now
from orchestrate.vault.envelope import Place


class PlatformWebhook(Owned, Table):
    """An address at which one connection's vendor delivers."""

    __tablename__ = "platform_webhooks"
    id: Mapped[str] = mapped_column(String(32), primary_key=True, default=new_id)
    connection_id: Mapped[str] = mapped_column(String(32))
    platform: Mapped[str] = mapped_column(String(100))
    address: Mapped[str] = mapped_column(Text)
    """What the vendor was given; some sign it."""
    vendor_ids: Mapped[list[str]]
    """What the vendor calls it, one or more, where it was registered there by its API."""
    code: Mapped[str | None] = mapped_column(String(100))
    """What the vendor sent to the address for a person to type into its page; `sealed` where that is its secret."""
    created_at: Mapped[datetime] = mapped_column(default=now)
    __table_args__ = (
        ForeignKeyConstraint(
            ["tenant_id", "connection_id"],
            ["platform_connections.tenant_id", "platform_connections.id"],
            ondelete="CASCADE",
        ),
        Index("platform_webhooks_of", "tenant_id", "connection_id"),
    )


class WebhookSecret(SealedRow, Table):
    """A secret that deliveries to an endpoint are signed with; while it is changed there are two.

    Several are the newest where a vendor makes one for each registration of the address.
    """

    __tablename__ = "platform_webhook_secrets"
    webhook_id: Mapped[str] = mapped_column(String(32), primary_key=True)
    id: Mapped[str] = mapped_column(String(32), primary_key=True, default=new_id)
    created_at: Mapped[datetime] = mapped_column(default=now)
    valid_until: Mapped[datetime | None]
    """None for the newest."""
    __table_args__ = (
        ForeignKeyConstraint(
            ["tenant_id", "webhook_id"], ["platform_webhooks.tenant_id", "platform_webhooks.id"], ondelete="CASCADE"
        ),
    )

    @property
    def place(self) -> Place:
        """Bound to the endpoint and this secret."""
        return Place(self.tenant_id, self.webhook_id, f"webhook secret {self.id}")


class PlatformEvent(Owned, Table):
    """A delivery that was proved to be the vendor's, and its place in the queue.

    `id` is made of the endpoint and the vendor's id of the delivery, or of the body where it has none: the same
    delivery cannot stand here twice.
    """

    __tablename__ = "platform_event_log"
    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    webhook_id: Mapped[str] = mapped_column(String(32))
    delivery: Mapped[str] = mapped_column(Text)
    """The vendor's id of it, or empty."""
    types: Mapped[list[str]]
    """What it tells of: the topics of everything in it."""
    objects: Mapped[dict[str, Any]] = mapped_column(default=dict)
    """Stream -> the ids of its records that are concerned; a stream that is not here is concerned as a whole."""
    parts: Mapped[dict[str, Any]] = mapped_column(default=dict)
    """Connection's id -> the `types` and `objects` of what is for it, where an address serves several; then its `state`
    and what was `said`. Empty where all is for the endpoint's own connection."""
    body: Mapped[bytes] = mapped_column(LargeBinary)
    """As it came; emptied when it was processed."""
    state: Mapped[str] = mapped_column(String(10), default="queued")
    """`queued`, `done`, `ignored` (no stream is concerned) or `dead`."""
    attempts: Mapped[int] = mapped_column(default=0)
    due_at: Mapped[datetime] = mapped_column(default=now)
    said: Mapped[str | None] = mapped_column(Text)
    """What became of it: the run that reads it again, or why it failed."""
    received_at: Mapped[datetime] = mapped_column(default=now)
    __table_args__ = (
        ForeignKeyConstraint(
            ["tenant_id", "webhook_id"], ["platform_webhooks.tenant_id", "platform_webhooks.id"], ondelete="CASCADE"
        ),
        Index("platform_event_log_due", "tenant_id", "state", "due_at"),
    )
