"""API keys: made once, shown once, kept as a hash, limited to scopes, revoked by name."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from orchestrate.access.tokens import new_token, read_token
from orchestrate.audit import service as audit
from orchestrate.store.database import Store
from orchestrate.store.tables import ApiKey, now

SCOPES = {
    "connections:read": "see connections, without their secrets",
    "connections:write": "make, change, try and remove connections",
    "webhooks:read": "see where vendors deliver, who is told of what, and what became of it",
    "webhooks:write": "make, change and remove such addresses; replay deliveries",
    "people:read": "see who may come in, and as what",
    "people:write": "invite people, change their roles, remove them",
    "keys:read": "see the API keys, without their secrets",
    "keys:write": "make and revoke API keys",
    "audit:read": "see who did what",
    "owners:write": "make, change and remove owners",
    "data:read": "read rows of the warehouse, and of vendors live",
    "reconciliation:read": "see what waits for review, what was decided, and what does not add up",
    "reconciliation:write": "decide on records and values, and undo it",
    "syncs:read": "see runs, their logs and schedules",
    "syncs:write": "start, cancel and schedule syncs",
}
KIND = "eg"


class AccessRefusedError(Exception):
    """What was asked for is not permitted, or a key cannot be made that way; says what to do."""


class NoKeyError(AccessRefusedError):
    """There is no key of that name."""


class KeyTakenError(AccessRefusedError):
    """There is a key of that name."""


class NotYoursToGiveError(AccessRefusedError):
    """Somebody would give or take more than he has himself."""


@dataclass(frozen=True)
class Access:
    """Who asks: a tenant's key and its scopes."""

    tenant_id: str
    key_id: str
    name: str
    scopes: frozenset[str]


@dataclass(frozen=True)
class ShownKey:
    """A key as people see it."""

    name: str
    scopes: tuple[str, ...]
    created_at: datetime
    revoked_at: datetime | None


class ApiKeys:
    """The API keys of one tenant; `own` are the scopes of who acts, all of them for who stands at the machine."""

    def __init__(self, store: Store, tenant_id: str, actor: str, own: Collection[str] = SCOPES) -> None:
        self._store, self._tenant_id, self._actor, self._own = store, tenant_id, actor, own

    def add(self, name: str, scopes: Iterable[str]) -> str:
        """A new key, which nobody sees again; raises `AccessRefusedError` for a name or scopes that cannot be."""
        wanted = sorted(set(scopes))
        if not wanted or not set(wanted) <= SCOPES.keys():
            strange = ", ".join(scope for scope in wanted if scope not in SCOPES) or "none at all"
            raise AccessRefusedError(f"a key's scopes are of {', '.join(SCOPES)}; not {strange}")
        grant(self._own, wanted)
        token = new_token(KIND, self._tenant_id)
        with self._store.transaction(self._tenant_id) as session:
            if session.scalar(select(ApiKey.id).where(ApiKey.tenant_id == self._tenant_id, ApiKey.name == name)):
                raise KeyTakenError(f"there is a key {name!r} already; choose another name")
            row = ApiKey(tenant_id=self._tenant_id, id=token.id, name=name, scopes=wanted, hash=token.hash)
            session.add(row)
            audit.record(session, self._tenant_id, self._actor, "key added", name, scopes=" ".join(wanted))
        return token.text

    def all(self) -> list[ShownKey]:
        """Every key by name, revoked ones too."""
        with self._store.transaction(self._tenant_id) as session:
            mine = select(ApiKey).where(ApiKey.tenant_id == self._tenant_id).order_by(ApiKey.name)
            return [
                ShownKey(row.name, tuple(row.scopes), row.created_at, row.revoked_at) for row in session.scalars(mine)
            ]

    def revoke(self, name: str) -> None:
        """Ends a key at once; raises `AccessRefusedError` where there is none of this name."""
        with self._store.transaction(self._tenant_id) as session:
            row = session.scalar(select(ApiKey).where(ApiKey.tenant_id == self._tenant_id, ApiKey.name == name))
            if row is None:
                raise NoKeyError(f"there is no key {name!r}")
            row.revoked_at = row.revoked_at or now()
            audit.record(session, self._tenant_id, self._actor, "key revoked", name)


def access_of(store: Store, key: str) -> Access | None:
    """Whose key this is, or None: malformed, unknown, wrong and revoked ones are one and the same."""
    token = read_token(KIND, key)
    if token is None:
        return None
    with store.transaction(token.tenant_id) as session:
        row = session.get(ApiKey, (token.tenant_id, token.id))
        if not token.fits(row.hash if row else None) or row is None or row.revoked_at is not None:
            return None
        return Access(token.tenant_id, row.id, row.name, frozenset(row.scopes))


def grant(own: Collection[str], wanted: Iterable[str]) -> None:
    """Raises `NotYoursToGiveError` where somebody would give more than he has."""
    beyond = sorted(set(wanted) - set(own))
    if beyond:
        raise NotYoursToGiveError(f"you cannot give what you do not have: {', '.join(beyond)}")
