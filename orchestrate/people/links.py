"""Links with which people come in: made by whoever invites, used once."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import delete
from sqlalchemy.orm import Session

from orchestrate.access.tokens import Token, new_token
from orchestrate.store.tables import Invitation, Membership, User, now

INVITATION = "el"
INVITATION_LASTS = timedelta(days=3)


class LinkSpentError(Exception):
    """The link was used, has expired, or never was one."""

    def __init__(self) -> None:
        super().__init__("this link was used or has expired; ask whoever gave it to you for a new one")


def link_for(session: Session, user: User, member: Membership, *, sets_password: bool) -> str:
    """A new link; those given before end."""
    forget_links(session, member)
    token = new_token(INVITATION, member.tenant_id)
    session.add(
        Invitation(
            tenant_id=member.tenant_id, id=token.id, user_id=user.id, hash=token.hash, sets_password=sets_password,
            expires_at=now() + INVITATION_LASTS,
        )
    )  # fmt: skip
    return token.text


def forget_links(session: Session, member: Membership) -> None:
    """Ends the links that a member was given by this tenant."""
    mine = Invitation.tenant_id == member.tenant_id, Invitation.user_id == member.user_id
    session.execute(delete(Invitation).where(*mine))


def invited(session: Session, token: Token) -> tuple[User, Membership, bool]:
    """Whom a link is for, and whether it sets a password now; raises `LinkSpentError`."""
    row = session.get(Invitation, (token.tenant_id, token.id), with_for_update=True)
    if not token.fits(row.hash if row else None) or row is None or row.expires_at <= now():
        raise LinkSpentError
    user = session.get_one(User, row.user_id, with_for_update=True)
    sets = row.sets_password and user.password_hash is None and row.created_at >= user.valid_from
    return user, session.get_one(Membership, (token.tenant_id, user.id)), sets
