"""`/api/v1/session`: logging in and out, and who one is."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, HTTPException, Request, Response
from pydantic import BaseModel, Field

from orchestrate.access.tokens import Token
from orchestrate.api import cookies
from orchestrate.api.access import Identity, known
from orchestrate.api.origin import same_origin
from orchestrate.people import login as logins
from orchestrate.people import members, sessions
from orchestrate.people.passwords import LONGEST
from orchestrate.people.roles import Role
from orchestrate.people.throttle import TooManyTriesError

router = APIRouter(prefix="/session", tags=["session"])
_Asking = Annotated[Identity, Depends(known)]
_Password = Annotated[str, Field(max_length=LONGEST, examples=["four words without sense"])]


class Login(BaseModel):
    """With what somebody logs in."""

    workspace: Annotated[
        str | None, Field(max_length=100, description="Of several that one belongs to; else the one used last.")
    ] = None
    email: Annotated[str, Field(max_length=200, examples=["ada@example.com"])]
    password: _Password


class Acceptance(BaseModel):
    """A link that somebody was given, and the password they choose."""

    link: Annotated[str, Field(max_length=200, examples=["el_..."])]
    password: _Password


class ChosenWorkspace(BaseModel):
    """Where to go on."""

    workspace: Annotated[str, Field(max_length=100, examples=["acme"])]


class ShownWorkspace(BaseModel):
    """A workspace, and what one is there."""

    tenant_id: str
    name: str
    role: Role | None
    current: bool


class ChangedPassword(BaseModel):
    """The password so far, and the next one."""

    old: _Password
    new: _Password


class Me(BaseModel):
    """Who asks. `csrf` goes into the header `X-CSRF-Token` of every unsafe request with this session."""

    actor: str
    tenant_id: str
    workspace: str
    user_id: str | None
    role: str | None
    scopes: list[str]
    csrf: str | None


@router.get("")
def show_me(identity: _Asking) -> Me:
    """Who asks, by key or by session."""
    return Me(
        actor=identity.actor, tenant_id=identity.tenant_id,
        workspace=identity.workspace or identity.store.tenant_name(identity.tenant_id), user_id=identity.user_id,
        role=identity.role, scopes=sorted(identity.scopes), csrf=identity.csrf,
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
    """Comes in by a link, once: sets a password, or gives the one that one has. Begins a session."""
    return _entered(request, response, _accepted(given, request))


@router.get("/workspaces")
def list_workspaces(identity: _Asking) -> list[ShownWorkspace]:
    """The workspaces that one belongs to, the one used last first; a key's own alone."""
    if identity.user_id is None:
        name = identity.store.tenant_name(identity.tenant_id)
        return [ShownWorkspace(tenant_id=identity.tenant_id, name=name, role=None, current=True)]
    return [
        ShownWorkspace(
            tenant_id=each.tenant_id, name=each.name, role=each.role, current=each.tenant_id == identity.tenant_id
        )
        for each in members.workspaces(identity.store, identity.user_id)
    ]  # fmt: skip


@router.put("/workspace")
def switch_workspace(given: ChosenWorkspace, identity: _Asking, request: Request, response: Response) -> Me:
    """Goes on in another workspace: with a new session, in place of the one so far."""
    if identity.user_id is None:
        raise HTTPException(403, "an API key is of one workspace: use a key of the other one")
    return _entered(request, response, logins.enter(identity.store, identity.user_id, given.workspace))


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


def _accepted(given: Acceptance, request: Request) -> Token:
    try:
        return logins.accept(request.app.state.store, given.link, given.password, _address(request))
    except TooManyTriesError as refused:
        raise _later(refused) from None


def _entered(request: Request, response: Response, token: Token) -> Me:
    sessions.end(request.app.state.store, cookies.read(request) or "")
    cookies.write(request, response, token.text)
    opened = sessions.opened(request.app.state.store, token.text)
    assert opened is not None
    return Me(
        actor=f"user {opened.email}", tenant_id=opened.tenant_id, workspace=opened.workspace, user_id=opened.user_id,
        role=opened.role, scopes=sorted(opened.scopes), csrf=opened.csrf,
    )  # fmt: skip


def _address(request: Request) -> str:
    return request.client.host if request.client else "unknown"


def _later(refused: TooManyTriesError) -> HTTPException:
    return HTTPException(429, str(refused), {"Retry-After": str(refused.seconds)})
