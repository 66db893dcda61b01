"""Logging in, coming in by a link, and another password. A password is never looked at in a transaction."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from orchestrate.access.tokens import Token, read_token
from orchestrate.audit import service as audit
from orchestrate.people import members, passwords, sessions, throttle
from orchestrate.people.links import INVITATION, LinkSpentError, forget_links, invited
from orchestrate.store.database import Store
from orchestrate.store.tables import Membership, User, now


class WrongLoginError(Exception):
    """Nobody can log in with this: which part of it is wrong is not told."""


_WRONG = "the workspace, the e-mail address or the password is wrong"
_ANOTHER = "the password was changed meanwhile; log in with the new one"


def login(store: Store, workspace: str | None, email: str, password: str, address: str) -> Token:
    """The token of a new session, in the workspace of this name or in the one that the person used last.

    `address` is the network address that asks. Raises `WrongLoginError` and, after many of those, `TooManyTriesError`.
    """
    email = members.spelled(email)
    tried = {"email": email, "address": address}
    with store.across_tenants() as session:
        throttle.count(session, tried)
    with store.of_person(email=email) as session:
        user_id, kept = _login_of(session, email)
    right = passwords.fits(kept, password)
    found = members.workspaces(store, user_id) if user_id else []
    there = next((each for each in found if workspace in {None, each.name}), None)
    if right and user_id and there is not None:
        with store.transaction(there.tenant_id) as session:
            user, member = session.get(User, user_id), session.get(Membership, (there.tenant_id, user_id))
            if user is not None and member is not None and member.joined_at and user.password_hash == kept:
                throttle.succeeded(session, tried)
                user.password_hash = passwords.again(password) if passwords.outdated(kept or "") else kept
                return _entered(session, user, member)
    _note_refusal(store, workspace, email)
    raise WrongLoginError(_WRONG)


def enter(store: Store, user_id: str, workspace: str) -> Token:
    """The token of a new session of a person who is logged in, in another of their workspaces.

    Raises `WrongLoginError` for one that they do not belong to, whether or not it is there.
    """
    there = next((each for each in members.workspaces(store, user_id) if each.name == workspace), None)
    if there is not None:
        with store.transaction(there.tenant_id) as session:
            user, member = session.get(User, user_id), session.get(Membership, (there.tenant_id, user_id))
            if user is not None and member is not None and member.joined_at:
                return _entered(session, user, member)
    raise WrongLoginError(f"you do not belong to a workspace {workspace!r}")


def accept(store: Store, link: str, password: str, address: str) -> Token:
    """Lets in the person who was given this link, which ends it, and logs in.

    Who has no password yet sets it; others give theirs. Raises `LinkSpentError`, `WeakPasswordError`, and as `login`.
    """
    token = read_token(INVITATION, link)
    if token is None:
        raise LinkSpentError
    with store.transaction(token.tenant_id) as session:
        user, _, sets = invited(session, token)
        email, kept = user.email, user.password_hash
    tried = {"email": email, "address": address}
    if not sets:
        with store.across_tenants() as session:
            throttle.count(session, tried)
        if not passwords.fits(kept, password):
            raise WrongLoginError("this person has a login already: give its password, or its workspace's own link")
    hashed = passwords.hashed(password, email) if sets else kept
    with store.transaction(token.tenant_id) as session:
        user, member, still = invited(session, token)
        if still is not sets or user.password_hash != kept:
            raise LinkSpentError
        forget_links(session, member)
        member.joined_at = member.joined_at or now()
        if sets:
            return _changed(session, user, member, hashed or "")
        throttle.succeeded(session, tried)
        return _entered(session, user, member)


def change_password(store: Store, tenant_id: str, user_id: str, old: str, new: str, address: str) -> Token:
    """Sets a new password, which ends every session of the person, and gives the token of a new one.

    Raises `WrongLoginError` if the old one is wrong, `TooManyTriesError` and `WeakPasswordError`.
    """
    with store.transaction(tenant_id) as session:
        user = session.get_one(User, user_id)
        email, kept = user.email, user.password_hash
        tried = {"email": email, "address": address}
        throttle.count(session, tried)
    if not passwords.fits(kept, old):
        raise WrongLoginError("the old password is wrong")
    hashed = passwords.hashed(new, email)
    with store.transaction(tenant_id) as session:
        user = session.get_one(User, user_id, with_for_update=True)
        if user.password_hash != kept:
            raise WrongLoginError(_ANOTHER)
        throttle.succeeded(session, tried)
        return _changed(session, user, session.get_one(Membership, (tenant_id, user_id)), hashed)


def _login_of(session: Session, email: str) -> tuple[str | None, str | None]:
    user = session.scalar(select(User).where(User.email == email))
    return (user.id, user.password_hash) if user else (None, None)


def _note_refusal(store: Store, workspace: str | None, email: str) -> None:
    """In the log of the workspace that was named, under the e-mail address of its own people alone."""
    tenant_id = store.tenant_named(workspace) if workspace else None
    if tenant_id is not None:
        with store.transaction(tenant_id) as session:
            mine = select(User.email).join(Membership, Membership.user_id == User.id)
            known = session.scalar(mine.where(Membership.tenant_id == tenant_id, User.email == email))
            audit.record(session, tenant_id, "nobody", "login refused", known or "an unknown person")


def _changed(session: Session, user: User, member: Membership, hashed: str) -> Token:
    sessions.end_all(session, member.tenant_id, user.id)
    user.password_hash, user.valid_from = hashed, now()
    audit.record(session, member.tenant_id, f"user {user.email}", "password set", user.email)
    return _entered(session, user, member)


def _entered(session: Session, user: User, member: Membership) -> Token:
    member.last_login_at = now()
    sessions.sweep(session, member.tenant_id)
    audit.record(session, member.tenant_id, f"user {user.email}", "logged in", user.email)
    return sessions.begin(session, member)
