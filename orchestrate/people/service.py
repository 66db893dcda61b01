"""People of a tenant: invited, listed, given another role, let in anew after a forgotten password, removed."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from orchestrate.access.service import SCOPES, AccessRefusedError, grant
from orchestrate.audit import service as audit
from orchestrate.people import members, passwords, sessions
from orchestrate.people.links import link_for
from orchestrate.people.roles import Role, scopes_of
from orchestrate.store.database import Store
from orchestrate.store.tables import Membership, User, now


class NoPersonError(AccessRefusedError):
    """There is nobody of that id or e-mail address."""


class PersonTakenError(AccessRefusedError):
    """There is somebody of that e-mail address."""


class LastOwnerError(AccessRefusedError):
    """A tenant without an owner could not be administered by anybody."""


class PersonElsewhereError(AccessRefusedError):
    """The person belongs to other tenants too, whose people would be let down."""


@dataclass(frozen=True)
class Person:
    """A person as others see them; `active` tells that they came in and have a password."""

    id: str
    email: str
    role: Role
    active: bool
    created_at: datetime
    last_login_at: datetime | None


class People:
    """The people of one tenant; `own` are the scopes of who acts, all of them for who stands at the machine.

    `at_machine` tells that it is they, who may do what concerns a person's other tenants too.
    """

    def __init__(
        self, store: Store, tenant_id: str, actor: str, own: Collection[str] = SCOPES, *, at_machine: bool = False
    ) -> None:  # fmt: skip
        self._store, self._tenant_id, self._actor, self._own = store, tenant_id, actor, own
        self._at_machine = at_machine

    def invite(self, email: str, role: Role) -> tuple[Person, str]:
        """A new member, and the link with which they come in, once and for three days.

        Somebody who has no password yet sets one by it, others give the one that they have: who invites cannot tell
        which. Raises `PersonTakenError`, `NotYoursToGiveError`, and `AccessRefusedError` for what is no e-mail address.
        """
        with self._store.transaction(self._tenant_id) as session:
            user, member = self._add(session, email, role)
            return _shown(user, member), link_for(session, user, member, sets_password=self._is_new(session, user))

    def add(self, email: str, role: Role, password: str) -> Person:
        """A new person with a password; raises as `invite` does, and `WeakPasswordError`."""
        hashed = passwords.hashed(password, email)
        with self._store.transaction(self._tenant_id) as session:
            user, member = self._add(session, email, role)
            if not self._is_new(session, user):
                raise PersonTakenError(f"{user.email} has a login already: invite them, without a password")
            user.password_hash, user.valid_from, member.joined_at = hashed, now(), now()
            return _shown(user, member)

    def all(self) -> list[Person]:
        """Everybody by e-mail address."""
        with self._store.transaction(self._tenant_id) as session:
            return [_shown(*found) for found in session.execute(self._mine().order_by(User.email)).tuples()]

    def show(self, who: str) -> Person:
        """The person of this id or e-mail address."""
        with self._store.transaction(self._tenant_id) as session:
            return _shown(*self._found(session, who))

    def change_role(self, who: str, role: Role) -> Person:
        """Another role, from the person's next request on; raises `NotYoursToGiveError` and `LastOwnerError`."""
        grant(self._own, scopes_of(role))
        with self._store.transaction(self._tenant_id) as session:
            user, member = self._mine_to_change(session, who)
            if role is not Role.OWNER:
                self._keep_an_owner(session, user)
            member.role = role
            self._log(session, "role changed", user, role=role)
            return _shown(user, member)

    def reset(self, who: str) -> str:
        """A link with which the person sets a new password; the old one and their sessions end at once.

        Who has not come in yet gets a new link, and keeps the password that they may have. Raises
        `PersonElsewhereError`.
        """
        with self._store.transaction(self._tenant_id) as session:
            user, member = self._mine_to_change(session, who)
            if member.joined_at is None:
                self._log(session, "invited again", user)
                return link_for(session, user, member, sets_password=self._is_new(session, user))
            if members.elsewhere(self._store, session, member) and not self._at_machine:
                raise PersonElsewhereError(
                    f"{user.email} belongs to other workspaces too: they change their password themselves, or who runs "
                    "this service lets them in anew"
                )
            user.password_hash, user.valid_from = None, now()
            sessions.end_all(session, self._tenant_id, user.id)
            self._log(session, "password reset", user)
            return link_for(session, user, member, sets_password=True)

    def remove(self, who: str) -> None:
        """Ends a person's access at once; raises `LastOwnerError`."""
        with self._store.transaction(self._tenant_id) as session:
            user, member = self._mine_to_change(session, who)
            self._keep_an_owner(session, user)
            self._log(session, "person removed", user)
            members.end(self._store, session, user, member)

    def _add(self, session: Session, email: str, role: Role) -> tuple[User, Membership]:
        grant(self._own, scopes_of(role))
        user = members.user_of(self._store, session, self._tenant_id, email)
        if session.get(Membership, (self._tenant_id, user.id)) is not None:
            raise PersonTakenError(f"{user.email} is here already; change the role instead")
        member = Membership(tenant_id=self._tenant_id, user_id=user.id, role=role)
        session.add(member)
        session.flush()
        self._log(session, "person added", user, role=role)
        return user, member

    def _is_new(self, session: Session, user: User) -> bool:
        """Whether nobody could be harmed by a password that is set now: there is none, and nothing it would open."""
        return user.password_hash is None and not members.joined(self._store, session, self._tenant_id, user.id)

    def _found(self, session: Session, who: str) -> tuple[User, Membership]:
        found = session.execute(self._mine().where((User.id == who) | (User.email == members.spelled(who)))).first()
        if found is None:
            raise NoPersonError(f"there is nobody {who!r} here")
        return found[0], found[1]

    def _mine_to_change(self, session: Session, who: str) -> tuple[User, Membership]:
        """The person, unless they may more than who acts: such a change would take what one could not give back.

        Locks the owners first, so that two of them cannot remove each other at the same time.
        """
        session.scalars(self._owners().with_for_update()).all()
        user, member = self._found(session, who)
        grant(self._own, scopes_of(Role(member.role)))
        return user, member

    def _keep_an_owner(self, session: Session, user: User) -> None:
        owners = self._mine().where(Membership.role == Role.OWNER, Membership.joined_at.is_not(None))
        able = [each.id for each, _ in session.execute(owners).tuples() if each.password_hash]
        if able == [user.id]:
            raise LastOwnerError(f"{user.email} is the last owner who can log in; make another person an owner first")

    def _owners(self) -> Select[tuple[Membership]]:
        mine = select(Membership).where(Membership.tenant_id == self._tenant_id, Membership.role == Role.OWNER)
        return mine.order_by(Membership.user_id)

    def _mine(self) -> Select[tuple[User, Membership]]:
        joined = select(User, Membership).join(Membership, Membership.user_id == User.id)
        return joined.where(Membership.tenant_id == self._tenant_id)

    def _log(self, session: Session, action: str, user: User, **detail: str) -> None:
        audit.record(session, self._tenant_id, self._actor, action, user.email, **detail)


def _shown(user: User, member: Membership) -> Person:
    active = user.password_hash is not None and member.joined_at is not None
    return Person(user.id, user.email, Role(member.role), active, member.created_at, member.last_login_at)
