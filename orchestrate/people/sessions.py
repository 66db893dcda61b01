"""Sessions: random, kept as a hash, over after a while without use and at a fixed end in any case."""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import delete
from sqlalchemy.orm import Session

from orchestrate.access.tokens import Token, new_token, read_token
from orchestrate.people.roles import Role, scopes_of
from orchestrate.store.database import Store
from orchestrate.store.tables import Membership, Tenant, User, UserSession, now

KIND = "es"
IDLE = timedelta(hours=12)
LONGEST = timedelta(days=7)
_NOTED = timedelta(minutes=1)
"""How exactly it is kept when a session was last used: a write for every request would be too many."""


@dataclass(frozen=True)
class Opened:
    """A person who is logged in. `csrf` goes with every unsafe request: another site's page cannot know it."""

    tenant_id: str
    session_id: str
    user_id: str
    email: str
    role: Role
    scopes: frozenset[str]
    csrf: str
    workspace: str
    """The tenant's name."""


def begin(session: Session, member: Membership) -> Token:
    """A new session of this person at this tenant, in the caller's transaction."""
    token = new_token(KIND, member.tenant_id)
    session.add(
        UserSession(
            tenant_id=member.tenant_id, id=token.id, user_id=member.user_id, hash=token.hash,
            expires_at=now() + LONGEST,
        )
    )  # fmt: skip
    return token


def opened(store: Store, text: str) -> Opened | None:
    """Whose session this is, or None: malformed, unknown, wrong and ended ones are one and the same."""
    token = read_token(KIND, text)
    if token is None:
        return None
    with store.transaction(token.tenant_id) as session:
        row = session.get(UserSession, (token.tenant_id, token.id))
        if not token.fits(row.hash if row else None) or row is None or _over(row):
            return None
        user = session.get_one(User, row.user_id)
        member = session.get_one(Membership, (token.tenant_id, user.id))
        if row.created_at < user.valid_from or member.joined_at is None:
            return None
        if now() - row.seen_at > _NOTED:
            row.seen_at = now()
        role, workspace = Role(member.role), session.get_one(Tenant, token.tenant_id).name
        return Opened(token.tenant_id, row.id, user.id, user.email, role, scopes_of(role), _csrf(token), workspace)


def end(store: Store, text: str) -> None:
    """Ends a session; nothing happens where there is none."""
    token = read_token(KIND, text)
    if token is None:
        return
    with store.transaction(token.tenant_id) as session:
        row = session.get(UserSession, (token.tenant_id, token.id))
        if token.fits(row.hash if row else None):
            session.delete(row)


def end_all(session: Session, tenant_id: str, user_id: str) -> None:
    """Ends a person's sessions at a tenant, in the caller's transaction; others end by the person's `valid_from`."""
    session.execute(delete(UserSession).where(UserSession.tenant_id == tenant_id, UserSession.user_id == user_id))


def sweep(session: Session, tenant_id: str) -> int:
    """Drops the sessions of a tenant that are over; returns how many."""
    over = (UserSession.expires_at <= now()) | (UserSession.seen_at <= now() - IDLE)
    gone = session.execute(delete(UserSession).where(UserSession.tenant_id == tenant_id, over))
    return int(gone.rowcount)  # type: ignore[attr-defined] # of a DELETE's result


def _over(row: UserSession) -> bool:
    return now() >= min(row.expires_at, row.seen_at + IDLE)


def _csrf(token: Token) -> str:
    return hmac.new(token.secret.encode(), b"csrf", hashlib.sha256).hexdigest()
