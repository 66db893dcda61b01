"""What people decided where the reconciliation could not, or was wrong."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKeyConstraint, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from orchestrate.store.tables.row import Owned, Table, new_id, now


class ReconciliationDecision(Owned, Table):
    """A decision on two records or on a customer's attribute; one that is undone stays, with who undid it."""

    __tablename__ = "reconciliation_decisions"
    id: Mapped[str] = mapped_column(String(32), primary_key=True, default=new_id)
    kind: Mapped[str] = mapped_column(String(10))
    """`accept` (two records are one), `reject` (they are two), `split` (a record is not the customer's) or `value`."""
    left_id: Mapped[str | None] = mapped_column(Text)
    """A `record_key`; none for a value."""
    right_id: Mapped[str | None] = mapped_column(Text)
    """The other `record_key`, or the `customer_key` from which a record is split."""
    customer_key: Mapped[str | None] = mapped_column(Text)
    attribute: Mapped[str | None] = mapped_column(String(40))
    value: Mapped[str | None] = mapped_column(Text)
    note: Mapped[str | None] = mapped_column(Text)
    decided_by: Mapped[str] = mapped_column(Text)
    decided_at: Mapped[datetime] = mapped_column(default=now)
    undone_by: Mapped[str | None] = mapped_column(Text)
    undone_at: Mapped[datetime | None]
    __table_args__ = (
        ForeignKeyConstraint(["tenant_id"], ["tenants.id"], ondelete="CASCADE"),
        Index("reconciliation_decisions_by_time", "tenant_id", "decided_at"),
    )


class HeldConnection(Owned, Table):
    """A connection whose rows stay out of the unified tables until somebody includes them.

    It goes by platform and name, as rows in the warehouse do: they stay held back when the connection is removed.
    """

    __tablename__ = "held_connections"
    platform: Mapped[str] = mapped_column(String(100), primary_key=True)
    name: Mapped[str] = mapped_column(String(100), primary_key=True)
    held_by: Mapped[str] = mapped_column(Text)
    held_at: Mapped[datetime] = mapped_column(default=now)
    __table_args__ = (ForeignKeyConstraint(["tenant_id"], ["tenants.id"], ondelete="CASCADE"),)
