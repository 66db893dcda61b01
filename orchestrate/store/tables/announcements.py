"""Who is told of what happens here, and what is still to be told."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKeyConstraint, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from orchestrate.store.tables.row import Owned, SealedRow, Table, new_id, now
from orchestrate.vault.envelope import Place


class Subscription(SealedRow, Table):
    """An address that is told of some kinds of events; `sealed` is a JSON list of its secrets, the newest first."""

    __tablename__ = "subscriptions"
    id: Mapped[str] = mapped_column(String(32), primary_key=True, default=new_id)
    url: Mapped[str] = mapped_column(Text)
    kinds: Mapped[list[str]]
    enabled: Mapped[bool] = mapped_column(default=True)
    reason: Mapped[str | None] = mapped_column(Text)
    """Why it was disabled."""
    failing_since: Mapped[datetime | None]
    old_secret_until: Mapped[datetime | None]
    created_at: Mapped[datetime] = mapped_column(default=now)
    __table_args__ = (ForeignKeyConstraint(["tenant_id"], ["tenants.id"], ondelete="CASCADE"),)

    @property
    def place(self) -> Place:
        """Bound to the subscription."""
        return Place(self.tenant_id, self.id, "subscription secrets")


class Announcement(Owned, Table):
    """An event on its way to one subscription; `message` is the same for all that are told of it."""

    __tablename__ = "announcements"
    id: Mapped[str] = mapped_column(String(32), primary_key=True, default=new_id)
    subscription_id: Mapped[str] = mapped_column(String(32))
    message: Mapped[str] = mapped_column(String(40))
    kind: Mapped[str] = mapped_column(String(50))
    body: Mapped[dict[str, Any]]
    state: Mapped[str] = mapped_column(String(10), default="waiting")
    """`waiting`, `delivered` or `dead`."""
    attempts: Mapped[int] = mapped_column(default=0)
    due_at: Mapped[datetime] = mapped_column(default=now)
    said: Mapped[str | None] = mapped_column(Text)
    """What the last attempt met."""
    created_at: Mapped[datetime] = mapped_column(default=now)
    __table_args__ = (
        ForeignKeyConstraint(
            ["tenant_id", "subscription_id"], ["subscriptions.tenant_id", "subscriptions.id"], ondelete="CASCADE"
        ),
        Index("announcements_due", "tenant_id", "state", "due_at"),
        Index("announcements_of", "tenant_id", "subscription_id"),
    )
