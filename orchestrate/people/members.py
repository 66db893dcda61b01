"""A person and the tenants that they belong to, seen from one of them or from the person's side."""

from __future__ import annotations

import contextlib
import re
from dataclasses import dataclass

from sqlalchemy import Select, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from orchestrate.access.service import AccessRefusedError
from orchestrate.people.roles import Role
from orchestrate.store.database import Store
from orchestrate.store.tables import Membership, Tenant, User

_EMAIL = re.compile(r"[^@\s]{1,64}@[^@\s]{1,130}")


@dataclass(frozen=True)
class Workspace:
    """A tenant that somebody belongs to, and what they are there."""

    tenant_id: str
    name: str
    role: Role


def spelled(email: str) -> str:
    """An e-mail address as it is kept and compared."""
    return email.strip().lower()


def user_of(store: Store, session: Session, tenant_id: str, email: str) -> User:
    """The person of an e-mail address, who is made if there is none, in a tenant's transaction.

    Raises `AccessRefusedError` for what is no e-mail address.
    """
    email = spelled(email)
    if not _EMAIL.fullmatch(email):
        raise AccessRefusedError("an e-mail address is needed, such as ada@example.com")
    store.see(session, tenant_id, email=email)
    mine = select(User).where(User.email == email)
    if session.scalar(mine) is None:
        # Another tenant may invite the same person at this moment; either row serves.
        with contextlib.suppress(IntegrityError), session.begin_nested():
            session.add(User(email=email))
    return session.scalars(mine).one()


def workspaces(store: Store, user_id: str) -> list[Workspace]:
    """Where a person came in, the one that they used last first."""
    with store.of_person(user=user_id) as session:
        found = session.execute(
            select(Membership, Tenant.name).join(Tenant, Tenant.id == Membership.tenant_id)
            .where(Membership.user_id == user_id, Membership.joined_at.is_not(None))
            .order_by(Membership.last_login_at.desc().nulls_last(), Tenant.name)
        ).tuples()  # fmt: skip
        return [Workspace(member.tenant_id, name, Role(member.role)) for member, name in found]


def joined(store: Store, session: Session, tenant_id: str, user_id: str) -> list[str]:
    """The ids of the tenants where a person came in, in a transaction of `tenant_id`."""
    store.see(session, tenant_id, user=user_id)
    return list(session.scalars(_of(user_id).where(Membership.joined_at.is_not(None))))


def elsewhere(store: Store, session: Session, member: Membership) -> bool:
    """Whether a member came in at other tenants too."""
    return any(each != member.tenant_id for each in joined(store, session, member.tenant_id, member.user_id))


def end(store: Store, session: Session, user: User, member: Membership) -> None:
    """Ends a membership; who belongs to no tenant any more is forgotten."""
    store.see(session, member.tenant_id, user=user.id)
    others = session.scalars(_of(user.id).where(Membership.tenant_id != member.tenant_id)).first()
    session.delete(member)
    session.flush()
    if others is None:
        session.delete(user)
        session.flush()


def _of(user_id: str) -> Select[tuple[str]]:
    return select(Membership.tenant_id).where(Membership.user_id == user_id)
