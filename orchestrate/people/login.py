"""Logging in, and setting a password by a link or with the old one. A password is never looked at in a transaction."""

from __future__ import annotations

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from orchestrate.access.tokens import Token, read_token
from orchestrate.audit import service as audit
from orchestrate.people import passwords, sessions, throttle
from orchestrate.people.service import INVITATION, spelled
from orchestrate.store.database import Store
from orchestrate.store.tables import Invitation, User, now


class WrongLoginError(Exception):
    """Nobody can log in with this: which part of it is wrong is not told."""


class LinkSpentError(Exception):
    """The link was used, has expired, or never was one."""

    def __init__(self) -> None:
        super().__init__("this link was used or has expired; ask whoever gave it to you for a new one")


def login(store: Store, workspace: str, email: str, password: str, address: str) -> Token:
    """The token of a new session. `address` is the network address that asks.

    Raises `WrongLoginError` and, after many of those, `TooManyTriesError`.
    """
    tenant_id, email = store.tenant_named(workspace), spelled(email)
    tried = {"email": email, "address": address}
    kept = None
    if tenant_id is not None:
        with store.transaction(tenant_id) as session:
            throttle.count(session, tenant_id, tried)
            user = _user(session, tenant_id, email)
            kept = user.password_hash if user else None
    right = passwords.fits(kept, password)
    if tenant_id is not None:
        with store.transaction(tenant_id) as session:
            user = _user(session, tenant_id, email)
            if right and user is not None and user.password_hash == kept and kept is not None:
                throttle.succeeded(session, tenant_id, tried)
                return _entered(session, user, passwords.again(password) if passwords.outdated(kept) else kept)
            audit.record(session, tenant_id, "nobody", "login refused", user.email if user else "an unknown person")
    raise WrongLoginError("the workspace, the e-mail address or the password is wrong")


def accept(store: Store, link: str, password: str) -> Token:
    """Sets the password of the person who was given this link, which ends it and every session of theirs, and logs in.

    Raises `LinkSpentError` and `WeakPasswordError`.
    """
    token = read_token(INVITATION, link)
    if token is None:
        raise LinkSpentError
    with store.transaction(token.tenant_id) as session:
        email = _invited(session, token).email
    hashed = passwords.hashed(password, email)
    with store.transaction(token.tenant_id) as session:
        user = _invited(session, token)
        links = Invitation.tenant_id == user.tenant_id, Invitation.user_id == user.id
        session.execute(delete(Invitation).where(*links))
        return _changed(session, user, hashed)


def change_password(store: Store, tenant_id: str, user_id: str, old: str, new: str, address: str) -> Token:
    """Sets a new password, which ends every session of the person, and gives the token of a new one.

    Raises `WrongLoginError` if the old one is wrong, `TooManyTriesError` and `WeakPasswordError`.
    """
    with store.transaction(tenant_id) as session:
        user = session.get_one(User, (tenant_id, user_id))
        email, kept = user.email, user.password_hash
        tried = {"email": email, "address": address}
        throttle.count(session, tenant_id, tried)
    if not passwords.fits(kept, old):
        raise WrongLoginError("the old password is wrong")
    hashed = passwords.hashed(new, email)
    with store.transaction(tenant_id) as session:
        user = session.get_one(User, (tenant_id, user_id), with_for_update=True)
        if user.password_hash != kept:
            raise WrongLoginError("the password was changed meanwhile; log in with the new one")
        throttle.succeeded(session, tenant_id, tried)
        return _changed(session, user, hashed)


def _user(session: Session, tenant_id: str, email: str) -> User | None:
    return session.scalar(select(User).where(User.tenant_id == tenant_id, User.email == email))


def _invited(session: Session, token: Token) -> User:
    row = session.get(Invitation, (token.tenant_id, token.id), with_for_update=True)
    if not token.fits(row.hash if row else None) or row is None or row.expires_at <= now():
        raise LinkSpentError
    return session.get_one(User, (token.tenant_id, row.user_id))


def _changed(session: Session, user: User, hashed: str) -> Token:
    sessions.end_all(session, user.tenant_id, user.id)
    audit.record(session, user.tenant_id, f"user {user.email}", "password set", user.email)
    return _entered(session, user, hashed)


def _entered(session: Session, user: User, hashed: str) -> Token:
    user.password_hash, user.last_login_at = hashed, now()
    sessions.sweep(session, user.tenant_id)
    audit.record(session, user.tenant_id, f"user {user.email}", "logged in", user.email)
    return sessions.begin(session, user)
