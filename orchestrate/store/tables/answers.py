"""What was answered to requests that may come again."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKeyConstraint, Index, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from orchestrate.store.tables.row import SealedRow, Table, now
from orchestrate.vault.envelope import Place


class KeptAnswer(SealedRow, Table):
    """The answer to an unsafe request that named a key of its own; sealed, for it may hold a secret that is shown once.

    While the request is under way `sealed` is empty.
    """

    __tablename__ = "kept_answers"
    key: Mapped[str] = mapped_column(String(64), primary_key=True)
    """SHA-256 of who asked and the request's key."""
    request: Mapped[bytes] = mapped_column(LargeBinary)
    """SHA-256 of method, address and body."""
    under_way: Mapped[bool]
    created_at: Mapped[datetime] = mapped_column(default=now)
    __table_args__ = (
        ForeignKeyConstraint(["tenant_id"], ["tenants.id"], ondelete="CASCADE"),
        Index("kept_answers_by_age", "tenant_id", "created_at"),
    )

    @property
    def place(self) -> Place:
        """Bound to the request's key."""
        return Place(self.tenant_id, self.key, "answer")
