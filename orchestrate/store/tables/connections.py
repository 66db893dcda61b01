"""Connections and their sealed settings."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKeyConstraint, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from orchestrate.store.tables.row import Owned, SealedRow, Table, new_id, now
from orchestrate.vault.envelope import Place


class PlatformConnection(Owned, Table):
    """A tenant's account at a platform, under a name of its own choice; its settings stand sealed beside it."""

    __tablename__ = "platform_connections"
    id: Mapped[str] = mapped_column(String(32), primary_key=True, default=new_id)
    platform: Mapped[str] = mapped_column(String(100))
    name: Mapped[str] = mapped_column(String(100))
    status: Mapped[str] = mapped_column(String(20), default="new")
    """`new` (never tried), `ok`, `broken`, or `reconnect` (the vendor wants a new login)."""
    status_reason: Mapped[str | None] = mapped_column(Text)
    account: Mapped[dict[str, Any]] = mapped_column(default=dict)
    """What the vendor said of it when it was tried, fact -> text: those by which deliveries tell whose they are."""
    checked_at: Mapped[datetime | None]
    created_at: Mapped[datetime] = mapped_column(default=now)
    updated_at: Mapped[datetime] = mapped_column(default=now, onupdate=now)
    __table_args__ = (
        ForeignKeyConstraint(["tenant_id"], ["tenants.id"], ondelete="CASCADE"),
        UniqueConstraint("tenant_id", "name"),
    )


class ConnectionSetting(SealedRow, Table):
    """One setting of a connection, sealed; `version` rises with every change."""

    __tablename__ = "connection_settings"
    connection_id: Mapped[str] = mapped_column(String(32), primary_key=True)
    field: Mapped[str] = mapped_column(String(100), primary_key=True)
    version: Mapped[int] = mapped_column(default=1)
    __table_args__ = (
        ForeignKeyConstraint(
            ["tenant_id", "connection_id"],
            ["platform_connections.tenant_id", "platform_connections.id"],
            ondelete="CASCADE",
        ),
    )

    @property
    def place(self) -> Place:
        """Bound to the connection and the setting's name."""
        return Place(self.tenant_id, self.connection_id, self.field)
