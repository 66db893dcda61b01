"""People of a tenant: invited, listed, given another role, let in anew after a forgotten password, removed."""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Select, delete, select
from sqlalchemy.orm import Session

from orchestrate.access.service import SCOPES, AccessRefusedError, grant
from orchestrate.access.tokens import new_token
from orchestrate.audit import service as audit
from orchestrate.people import passwords, sessions
from orchestrate.people.roles import Role, scopes_of
from orchestrate.store.database import Store
from orchestrate.store.tables import Invitation, User, now

INVITATION = "el"
INVITATION_LASTS = timedelta(days=3)
_EMAIL = re.compile(r"[^@\s]{1,64}@[^@\s]{1,130}")


class NoPersonError(AccessRefusedError):
    """There is nobody of that id or e-mail address."""


class PersonTakenError(AccessRefusedError):
    """There is somebody of that e-mail address."""


class LastOwnerError(AccessRefusedError):
    """A tenant without an owner could not be administered by anybody."""


@dataclass(frozen=True)
class Person:
    """A person as others see them; `active` tells that they set a password."""

    id: str
    email: str
    role: Role
    active: bool
    created_at: datetime
    last_login_at: datetime | None


class People:
    """The people of one tenant; `own` are the scopes of who acts, all of them for who stands at the machine."""

    def __init__(self, store: Store, tenant_id: str, actor: str, own: Collection[str] = SCOPES) -> None:
        self._store, self._tenant_id, self._actor, self._own = store, tenant_id, actor, own

    def invite(self, email: str, role: Role) -> tuple[Person, str]:
        """A new person, and the link with which they set their password: it works once and for three days.

        Raises `PersonTakenError`, `NotYoursToGiveError`, and `AccessRefusedError` for what is no e-mail address.
        """
        with self._store.transaction(self._tenant_id) as session:
            user = self._add(session, email, role, None)
            return _shown(user), _link(session, user)

    def add(self, email: str, role: Role, password: str) -> Person:
        """A new person with a password; raises as `invite` does, and `WeakPasswordError`."""
        hashed = passwords.hashed(password, email)
        with self._store.transaction(self._tenant_id) as session:
            return _shown(self._add(session, email, role, hashed))

    def all(self) -> list[Person]:
        """Everybody by e-mail address."""
        with self._store.transaction(self._tenant_id) as session:
            mine = select(User).where(User.tenant_id == self._tenant_id).order_by(User.email)
            return [_shown(user) for user in session.scalars(mine)]

    def show(self, who: str) -> Person:
        """The person of this id or e-mail address."""
        with self._store.transaction(self._tenant_id) as session:
            return _shown(self._found(session, who))

    def change_role(self, who: str, role: Role) -> Person:
        """Another role, from the person's next request on; raises `NotYoursToGiveError` and `LastOwnerError`."""
        grant(self._own, scopes_of(role))
        with self._store.transaction(self._tenant_id) as session:
            user = self._mine_to_change(session, who)
            if role is not Role.OWNER:
                self._keep_an_owner(session, user)
            user.role = role
            self._log(session, "role changed", user, role=role)
            return _shown(user)

    def reset(self, who: str) -> str:
        """A link with which the person sets a new password; the old one and their sessions end at once."""
        with self._store.transaction(self._tenant_id) as session:
            user = self._mine_to_change(session, who)
            user.password_hash = None
            sessions.end_all(session, self._tenant_id, user.id)
            self._log(session, "password reset", user)
            return _link(session, user)

    def remove(self, who: str) -> None:
        """Ends a person's access at once; raises `LastOwnerError`."""
        with self._store.transaction(self._tenant_id) as session:
            user = self._mine_to_change(session, who)
            self._keep_an_owner(session, user)
            session.delete(user)
            self._log(session, "person removed", user)

    def _add(self, session: Session, email: str, role: Role, hashed: str | None) -> User:
        grant(self._own, scopes_of(role))
        email = spelled(email)
        if not _EMAIL.fullmatch(email):
            raise AccessRefusedError("an e-mail address is needed, such as ada@example.com")
        if session.scalar(select(User.id).where(User.tenant_id == self._tenant_id, User.email == email)):
            raise PersonTakenError(f"{email} is here already; change the role instead")
        user = User(tenant_id=self._tenant_id, email=email, role=role, password_hash=hashed)
        session.add(user)
        session.flush()
        self._log(session, "person added", user, role=role)
        return user

    def _found(self, session: Session, who: str) -> User:
        mine = select(User).where(User.tenant_id == self._tenant_id)
        user = session.scalar(mine.where((User.id == who) | (User.email == spelled(who))))
        if user is None:
            raise NoPersonError(f"there is nobody {who!r} here")
        return user

    def _mine_to_change(self, session: Session, who: str) -> User:
        """The person, unless they may more than who acts: such a change would take what one could not give back.

        Locks the owners first, so that two of them cannot remove each other at the same time.
        """
        session.scalars(self._owners().with_for_update()).all()
        user = self._found(session, who)
        grant(self._own, scopes_of(Role(user.role)))
        return user

    def _keep_an_owner(self, session: Session, user: User) -> None:
        able = [each.id for each in session.scalars(self._owners()) if each.password_hash]
        if able == [user.id]:
            raise LastOwnerError(f"{user.email} is the last owner who can log in; make another person an owner first")

    def _owners(self) -> Select[tuple[User]]:
        return select(User).where(User.tenant_id == self._tenant_id, User.role == Role.OWNER).order_by(User.id)

    def _log(self, session: Session, action: str, user: User, **detail: str) -> None:
        audit.record(session, self._tenant_id, self._actor, action, user.email, **detail)


def spelled(email: str) -> str:
    """An e-mail address as it is kept and compared."""
    return email.strip().lower()


def _shown(user: User) -> Person:
    active = user.password_hash is not None
    return Person(user.id, user.email, Role(user.role), active, user.created_at, user.last_login_at)


def _link(session: Session, user: User) -> str:
    """A new link; those given before end."""
    session.execute(delete(Invitation).where(Invitation.tenant_id == user.tenant_id, Invitation.user_id == user.id))
    token = new_token(INVITATION, user.tenant_id)
    session.add(
        Invitation(
            tenant_id=user.tenant_id, id=token.id, user_id=user.id, hash=token.hash, expires_at=now() + INVITATION_LASTS
        )
    )
    return token.text
