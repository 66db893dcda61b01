"""`/api/v1/session`: logging in and out, and who one is."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, HTTPException, Request, Response
from pydantic import BaseModel, Field

from orchestrate.access.tokens import Token
from orchestrate.api import cookies
from orchestrate.api.access import Identity, known
from orchestrate.api.origin import same_origin
from orchestrate.connections.opening import TENANT
from orchestrate.people import login as logins
from orchestrate.people import sessions
from orchestrate.people.passwords import LONGEST
from orchestrate.people.throttle import TooManyTriesError

router = APIRouter(prefix="/session", tags=["session"])
_Asking = Annotated[Identity, Depends(known)]
_Password = Annotated[str, Field(max_length=LONGEST, examples=["four words without sense"])]


class Login(BaseModel):
    """With what somebody logs in."""

    workspace: Annotated[str, Field(max_length=100)] = TENANT
    email: Annotated[str, Field(max_length=200, examples=["ada@example.com"])]
    password: _Password


class Acceptance(BaseModel):
    """A link that somebody was given, and the password they choose."""

    link: Annotated[str, Field(max_length=200, examples=["el_..."])]
    password: _Password


class ChangedPassword(BaseModel):
    """The password so far, and the next one."""

    old: _Password
    new: _Password


class Me(BaseModel):
    """Who asks. `csrf` goes into the header `X-CSRF-Token` of every unsafe request with this session."""

    actor: str
    tenant_id: str
    user_id: str | None
    role: str | None
    scopes: list[str]
    csrf: str | None


@router.get("")
def show_me(identity: _Asking) -> Me:
    """Who asks, by key or by session."""
    return Me(
        actor=identity.actor, tenant_id=identity.tenant_id, user_id=identity.user_id, role=identity.role,
        scopes=sorted(identity.scopes), csrf=identity.csrf,
    )  # fmt: skip


@router.post("", dependencies=[Depends(same_origin)])
def log_in(given: Login, request: Request, response: Response) -> Me:
    """Begins a session, whose cookie comes with the answer; one that the browser had before ends."""
    try:
        token = logins.login(request.app.state.store, given.workspace, given.email, given.password, _address(request))
    except TooManyTriesError as refused:
        raise _later(refused) from None
    return _entered(request, response, token)


@router.post("/accept", dependencies=[Depends(same_origin)])
def accept_link(given: Acceptance, request: Request, response: Response) -> Me:
    """Sets a password with a link from an invitation or a reset, once, and begins a session."""
    return _entered(request, response, logins.accept(request.app.state.store, given.link, given.password))


@router.put("/password")
def change_password(given: ChangedPassword, identity: _Asking, request: Request, response: Response) -> Me:
    """Sets another password; every other session of the person ends."""
    if identity.user_id is None:
        raise HTTPException(403, "an API key has no password: log in")
    try:
        token = logins.change_password(
            identity.store, identity.tenant_id, identity.user_id, given.old, given.new, _address(request)
        )
    except TooManyTriesError as refused:
        raise _later(refused) from None
    return _entered(request, response, token)


@router.delete("", status_code=204)
def log_out(identity: _Asking, request: Request, response: Response) -> None:
    """Ends the session."""
    if identity.csrf is None:
        raise HTTPException(403, "an API key is not logged in; `DELETE /api/v1/keys/{name}` revokes it")
    sessions.end(identity.store, cookies.read(request) or "")
    cookies.clear(request, response)


def _entered(request: Request, response: Response, token: Token) -> Me:
    sessions.end(request.app.state.store, cookies.read(request) or "")
    cookies.write(request, response, token.text)
    opened = sessions.opened(request.app.state.store, token.text)
    assert opened is not None
    return Me(
        actor=f"user {opened.email}", tenant_id=opened.tenant_id, user_id=opened.user_id, role=opened.role,
        scopes=sorted(opened.scopes), csrf=opened.csrf,
    )  # fmt: skip


def _address(request: Request) -> str:
    return request.client.host if request.client else "unknown"


def _later(refused: TooManyTriesError) -> HTTPException:
    return HTTPException(429, str(refused), {"Retry-After": str(refused.seconds)})
