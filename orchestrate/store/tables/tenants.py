"""Tenants and their data keys."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKeyConstraint, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from orchestrate.store.tables.row import Owned, Table, new_id, now


class Tenant(Table):
    """A business that connects its platforms."""

    __tablename__ = "tenants"
    id: Mapped[str] = mapped_column(String(32), primary_key=True, default=new_id)
    name: Mapped[str] = mapped_column(String(100), unique=True)
    created_at: Mapped[datetime] = mapped_column(default=now)
    work_at: Mapped[datetime | None] = mapped_column(index=True)
    """When something of this tenant's is due, as far as is known; None where nothing is."""
    urgent_at: Mapped[datetime | None] = mapped_column(index=True)
    """When a run of single records may be due, for workers that have no place for others."""
    events_at: Mapped[datetime | None] = mapped_column(index=True)
    """When a delivery or an announcement of this tenant's is due; None where nothing is."""
    served_at: Mapped[datetime | None]
    """When a worker last took something of this tenant's: who waited longest is next."""


class TenantKey(Owned, Table):
    """A tenant's data key, wrapped by the key-encryption key `wrapped_by`; the newest seals, all open."""

    __tablename__ = "tenant_keys"
    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    wrapped_by: Mapped[str] = mapped_column(String(100))
    wrapped: Mapped[bytes] = mapped_column(LargeBinary)
    created_at: Mapped[datetime] = mapped_column(default=now)
    __table_args__ = (ForeignKeyConstraint(["tenant_id"], ["tenants.id"], ondelete="CASCADE"),)
