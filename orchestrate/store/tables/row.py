"""What all tables have in common: ids, moments in UTC, a tenant, and values that stand sealed."""

from __future__ import annotations

import uuid
from abc import abstractmethod
from datetime import UTC, datetime
from typing import Any, ClassVar

from sqlalchemy import JSON, DateTime, Dialect, LargeBinary, String
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column
from sqlalchemy.types import TypeDecorator

from orchestrate.vault.envelope import Place


class Moment(TypeDecorator[datetime]):
    """A moment in UTC, with its zone on both engines: SQLite drops it."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002
        """Refuses a moment without a zone."""
        if value is not None and value.tzinfo is None:
            raise ValueError("a moment without a time zone")
        return value.astimezone(UTC) if value else None

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002
        """The moment in UTC."""
        return value if value is None or value.tzinfo else value.replace(tzinfo=UTC)


def new_id() -> str:
    """A random id, which tells nothing and cannot be guessed."""
    return uuid.uuid4().hex


def now() -> datetime:
    """The present in UTC."""
    return datetime.now(UTC)


class Table(DeclarativeBase):
    """A table of the store."""

    type_annotation_map: ClassVar[dict[Any, Any]] = {datetime: Moment(), dict[str, Any]: JSON(), list[str]: JSON()}


class Owned:
    """A row that belongs to a tenant, whose id leads its key."""

    tenant_id: Mapped[str] = mapped_column(String(32), primary_key=True, sort_order=-1)


class SealedRow(Owned):
    """A row whose `sealed` the vault wrote; `place` says to what it is bound. A rotation seals every one anew."""

    sealed: Mapped[bytes] = mapped_column(LargeBinary)

    @property
    @abstractmethod
    def place(self) -> Place:
        """Where the value stands: it opens nowhere else."""
