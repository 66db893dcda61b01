"""Who does something alone."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKeyConstraint, String
from sqlalchemy.orm import Mapped, mapped_column

from orchestrate.store.tables.row import Owned, Table


class Lease(Owned, Table):
    """Who may do something alone until when. `number` rises with every holder: a late one is known by its number."""

    __tablename__ = "leases"
    subject: Mapped[str] = mapped_column(String(200), primary_key=True)
    holder: Mapped[str] = mapped_column(String(32))
    number: Mapped[int]
    until: Mapped[datetime]
    __table_args__ = (ForeignKeyConstraint(["tenant_id"], ["tenants.id"], ondelete="CASCADE"),)
