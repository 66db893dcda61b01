"""Who asks: an API key in the `Authorization` header, or a session in a cookie, and whether they may do this."""

from __future__ import annotations

import hmac
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Annotated, TypeVar

from fastapi import Depends, HTTPException, Request, Security
from fastapi.security import APIKeyCookie, APIKeyHeader, HTTPAuthorizationCredentials, HTTPBearer

from orchestrate.access.service import access_of
from orchestrate.api import cookies
from orchestrate.operations.requests import TENANT
from orchestrate.people import sessions
from orchestrate.store.database import Store
from orchestrate.vault.service import Vault

CSRF_HEADER = "X-CSRF-Token"
_SAFE = frozenset({"GET", "HEAD", "OPTIONS"})

_bearer = HTTPBearer(auto_error=False, description="An API key: `engarde api-key add` or `POST /api/v1/keys`.")
_session = APIKeyCookie(name="engarde", auto_error=False, description="A session: `POST /api/v1/session`.")
_csrf = APIKeyHeader(
    name=CSRF_HEADER, auto_error=False, description="`csrf` of `GET /api/v1/session`: with a session, not with a key."
)


@dataclass(frozen=True)
class Identity:
    """Who asks, and with what. `credential` names the key or session itself, `csrf` is a session's alone."""

    store: Store = field(repr=False)
    vault: Vault = field(repr=False)
    tenant_id: str
    actor: str
    scopes: frozenset[str]
    credential: str
    user_id: str | None = None
    role: str | None = None
    csrf: str | None = field(default=None, repr=False)
    workspace: str | None = None
    """The tenant's name, where it is a session."""

    def may(self, scope: str) -> bool:
        """Whether the scope is among theirs."""
        return scope in self.scopes


_Service = TypeVar("_Service")


def identity_of(request: Request) -> Identity | None:
    """Who asks, or None; a key that is given goes before a session."""
    identity = _identity(request)
    if identity is not None:
        request.scope[TENANT] = identity.tenant_id
    return identity


def _identity(request: Request) -> Identity | None:
    store, vault = request.app.state.store, request.app.state.vault
    kind, _, given = request.headers.get("Authorization", "").partition(" ")
    if kind:
        access = access_of(store, given.strip()) if kind.lower() == "bearer" else None
        if access is None:
            return None
        return Identity(store, vault, access.tenant_id, f"key {access.name}", access.scopes, f"key {access.key_id}")
    opened = sessions.opened(store, cookies.read(request) or "")
    if opened is None:
        return None
    return Identity(
        store, vault, opened.tenant_id, f"user {opened.email}", opened.scopes, f"session {opened.session_id}",
        user_id=opened.user_id, role=opened.role, csrf=opened.csrf, workspace=opened.workspace,
    )  # fmt: skip


def known(
    request: Request,
    _bearer: Annotated[HTTPAuthorizationCredentials | None, Depends(_bearer)] = None,
    _session: Annotated[str | None, Depends(_session)] = None,
    given: Annotated[str | None, Depends(_csrf)] = None,
) -> Identity:
    """Who asks: 401 for nobody, 403 for an unsafe request with a session whose CSRF token does not come with it."""
    identity = identity_of(request)
    if identity is None:
        raise HTTPException(401, "give a valid API key as a Bearer token, or log in", {"WWW-Authenticate": "Bearer"})
    if not carries_csrf(identity, request.method, given):
        raise HTTPException(403, f"give the session's CSRF token in the header {CSRF_HEADER}")
    return identity


def carries_csrf(identity: Identity, method: str, given: str | None) -> bool:
    """Whether a request may be taken for its session's own: a safe one, a key's, or one with the session's token."""
    return identity.csrf is None or method in _SAFE or _same(identity.csrf, given)


def needs(scope: str) -> Callable[..., Awaitable[Identity]]:
    """Gives the identity to whoever has this scope: 401 for nobody, 403 without the scope."""
    scoped = Security(known, scopes=[scope])  # the description tells the scope with the route

    async def identity(asking: Identity = scoped) -> Identity:
        if not asking.may(scope):
            raise HTTPException(403, f"this {asking.credential.partition(' ')[0]} lacks the scope {scope}")
        return asking

    return identity


def serves(
    service: Callable[[Store, Vault, str, str], _Service], scope: str
) -> Callable[..., Awaitable[_Service]]:  # fmt: skip
    """Gives the tenant's service to whoever has this scope.

    Making a service asks nobody anything, so that it needs no thread: those that change hands are what a busy process
    spends its time on.
    """
    asking = Depends(needs(scope))

    async def made(identity: Identity = asking) -> _Service:
        return service(identity.store, identity.vault, identity.tenant_id, identity.actor)

    return made


def _same(expected: str, given: str | None) -> bool:
    return hmac.compare_digest(expected.encode(), (given or "").encode())
