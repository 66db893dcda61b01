"""People of a tenant, their sessions, the links that let them set a password, and failed logins."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKeyConstraint, LargeBinary, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from orchestrate.store.tables.row import Owned, Table, new_id, now


def _of_user() -> ForeignKeyConstraint:
    return ForeignKeyConstraint(["tenant_id", "user_id"], ["users.tenant_id", "users.id"], ondelete="CASCADE")


class User(Owned, Table):
    """A person with a role at a tenant. Without a `password_hash` (Argon2id) nobody can log in as this person yet."""

    __tablename__ = "users"
    id: Mapped[str] = mapped_column(String(32), primary_key=True, default=new_id)
    email: Mapped[str] = mapped_column(String(254))
    """In small letters; what the person logs in with."""
    role: Mapped[str] = mapped_column(String(20))
    password_hash: Mapped[str | None] = mapped_column(Text)
    created_at: Mapped[datetime] = mapped_column(default=now)
    last_login_at: Mapped[datetime | None]
    __table_args__ = (
        ForeignKeyConstraint(["tenant_id"], ["tenants.id"], ondelete="CASCADE"),
        UniqueConstraint("tenant_id", "email"),
    )


class UserSession(Owned, Table):
    """A login that lasts: the hash of what the cookie holds, last seen when, and over at `expires_at` in any case."""

    __tablename__ = "sessions"
    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    user_id: Mapped[str] = mapped_column(String(32))
    hash: Mapped[bytes] = mapped_column(LargeBinary)
    created_at: Mapped[datetime] = mapped_column(default=now)
    seen_at: Mapped[datetime] = mapped_column(default=now)
    expires_at: Mapped[datetime]
    __table_args__ = (_of_user(),)


class Invitation(Owned, Table):
    """A link with which a person sets a password, once: an invitation, or a new beginning after one was forgotten."""

    __tablename__ = "invitations"
    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    user_id: Mapped[str] = mapped_column(String(32))
    hash: Mapped[bytes] = mapped_column(LargeBinary)
    expires_at: Mapped[datetime]
    __table_args__ = (_of_user(),)


class LoginTries(Owned, Table):
    """Logins tried in a row without success, for an e-mail address or a network address (`subject`, hashed)."""

    __tablename__ = "login_tries"
    subject: Mapped[str] = mapped_column(String(64), primary_key=True)
    count: Mapped[int]
    last_at: Mapped[datetime]
    __table_args__ = (ForeignKeyConstraint(["tenant_id"], ["tenants.id"], ondelete="CASCADE"),)
