"""People, the tenants that they belong to, their sessions, the links that let them in, and failed logins."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKeyConstraint, Index, LargeBinary, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from orchestrate.store.tables.row import Owned, Table, new_id, now


def _of_member() -> ForeignKeyConstraint:
    return ForeignKeyConstraint(
        ["tenant_id", "user_id"], ["memberships.tenant_id", "memberships.user_id"], ondelete="CASCADE"
    )


class User(Table):
    """A person. Without a `password_hash` (Argon2id) nobody can log in as this person yet.

    On Postgres the row is seen by its id or e-mail address (`Store.see`), and by tenants that the person belongs to.
    """

    __tablename__ = "users"
    id: Mapped[str] = mapped_column(String(32), primary_key=True, default=new_id)
    email: Mapped[str] = mapped_column(String(254), unique=True)
    """In small letters; what the person logs in with."""
    password_hash: Mapped[str | None] = mapped_column(Text)
    created_at: Mapped[datetime] = mapped_column(default=now)
    valid_from: Mapped[datetime] = mapped_column(default=now)
    """When the password was set or taken away last: sessions and links that began before count no more."""


class Membership(Owned, Table):
    """What a person is at a tenant. On Postgres the person's own transactions see them all, each tenant's its own."""

    __tablename__ = "memberships"
    user_id: Mapped[str] = mapped_column(String(32), primary_key=True)
    role: Mapped[str] = mapped_column(String(20))
    created_at: Mapped[datetime] = mapped_column(default=now)
    joined_at: Mapped[datetime | None]
    """When the person took the invitation; None gives no access."""
    last_login_at: Mapped[datetime | None]
    __table_args__ = (
        ForeignKeyConstraint(["tenant_id"], ["tenants.id"], ondelete="CASCADE"),
        ForeignKeyConstraint(["user_id"], ["users.id"], ondelete="CASCADE"),
        Index("memberships_of_user", "user_id"),
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
    __table_args__ = (_of_member(),)


class Invitation(Owned, Table):
    """A link with which a person comes in, once: by setting a password, or with the one that they have."""

    __tablename__ = "invitations"
    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    user_id: Mapped[str] = mapped_column(String(32))
    hash: Mapped[bytes] = mapped_column(LargeBinary)
    sets_password: Mapped[bool]
    """Whether it may: whoever made it can use it, and must not come into the person's other tenants by it."""
    created_at: Mapped[datetime] = mapped_column(default=now)
    expires_at: Mapped[datetime]
    __table_args__ = (_of_member(),)


class LoginTries(Table):
    """Logins tried in a row without success, for an e-mail address or a network address (`subject`, hashed)."""

    __tablename__ = "login_tries"
    subject: Mapped[str] = mapped_column(String(64), primary_key=True)
    count: Mapped[int]
    last_at: Mapped[datetime]
