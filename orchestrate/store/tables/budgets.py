"""What is asked of vendors' accounts."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from orchestrate.store.tables.row import Table, now


class AccountBudget(Table):
    """How much of one limit of a vendor's account is taken, by all who ask it.

    An account is no tenant's: connections of several may go to it. It is a digest, which leads back to none of them.
    """

    __tablename__ = "account_budgets"
    account: Mapped[str] = mapped_column(String(64), primary_key=True)
    bucket: Mapped[str] = mapped_column(String(200), primary_key=True)
    state: Mapped[dict[str, Any]]
    changed_at: Mapped[datetime] = mapped_column(default=now, index=True)
