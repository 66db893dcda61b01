"""Logging in and out, accepting an invitation, changing one's password."""

from __future__ import annotations

import re
from typing import Annotated

from fastapi import APIRouter, Depends, Request
from fastapi.responses import Response

from orchestrate.access.tokens import Token
from orchestrate.api import cookies
from orchestrate.api.access import Identity
from orchestrate.api.origin import same_origin
from orchestrate.people import login as logins
from orchestrate.people import members, sessions
from orchestrate.people.links import LinkSpentError
from orchestrate.people.login import WrongLoginError
from orchestrate.people.passwords import LONGEST, WeakPasswordError
from orchestrate.people.throttle import TooManyTriesError
from orchestrate.web.asking import Form, needs, text, visitor
from orchestrate.web.pages import onward, page

router = APIRouter()
Asking = Annotated[Identity, Depends(needs())]
_PATH = re.compile(r"/(?![/\\])[\w./?=&%~-]{0,500}", re.ASCII)
"""A path of this service: no other host could be meant by it."""


@router.get("/")
def home(request: Request) -> Response:
    """Where somebody begins."""
    return onward("/platforms" if visitor(request) is None else "/connections")


@router.get("/login")
def show_login(request: Request, then: str = "/", workspace: str = "") -> Response:
    """The form."""
    return page(request, "session/login.html", {"then": then, "workspace": workspace, "email": "", "wrong": None})


@router.post("/login", dependencies=[Depends(same_origin)])
def log_in(request: Request, form: Form) -> Response:
    """Begins a session and goes on where the person wanted to; the form again where it cannot be."""
    workspace, email, then = text(form, "workspace"), text(form, "email"), text(form, "then")
    try:
        token = logins.login(
            request.app.state.store,
            workspace[:100] or None,
            email[:200],
            _password(form, "password"),
            _address(request),
        )
    except (WrongLoginError, TooManyTriesError) as refused:
        again = {"then": then, "workspace": workspace, "email": email, "wrong": str(refused)}
        return page(request, "session/login.html", again, 429 if isinstance(refused, TooManyTriesError) else 401)
    return _entered(request, token, then if _PATH.fullmatch(then) else "/")


@router.post("/logout")
def log_out(request: Request, _: Asking) -> Response:
    """Ends the session."""
    sessions.end(request.app.state.store, cookies.read(request) or "")
    answer = onward("/login")
    cookies.clear(request, answer)
    return answer


@router.get("/invitation")
def show_invitation(request: Request) -> Response:
    """Where a link's bearer sets a password."""
    return page(request, "session/invitation.html", {"wrong": None})


@router.post("/invitation", dependencies=[Depends(same_origin)])
def accept_invitation(request: Request, form: Form) -> Response:
    """Sets the password, or takes the one that there is, and begins a session."""
    given = text(form, "link")[:200], _password(form, "password")
    try:
        token = logins.accept(request.app.state.store, *given, _address(request))
    except (LinkSpentError, WeakPasswordError, WrongLoginError, TooManyTriesError) as refused:
        return page(request, "session/invitation.html", {"wrong": str(refused)}, 422)
    return _entered(request, token, "/")


@router.get("/account")
def show_account(request: Request, identity: Asking) -> Response:
    """Who one is, one's workspaces, and the form for another password."""
    return _account(request, identity)


@router.post("/account/workspace")
def switch_workspace(request: Request, identity: Asking, form: Form) -> Response:
    """Goes on in another workspace."""
    assert identity.user_id is not None
    try:
        token = logins.enter(identity.store, identity.user_id, text(form, "workspace")[:100])
    except WrongLoginError as refused:
        return _account(request, identity, str(refused))
    return _entered(request, token, "/")


@router.post("/account/password")
def change_password(request: Request, identity: Asking, form: Form) -> Response:
    """Sets another password; the person's other sessions end."""
    assert identity.user_id is not None
    try:
        token = logins.change_password(
            identity.store, identity.tenant_id, identity.user_id, _password(form, "old"), _password(form, "new"),
            _address(request),
        )  # fmt: skip
    except (WrongLoginError, WeakPasswordError, TooManyTriesError) as refused:
        return _account(request, identity, str(refused))
    return _entered(request, token, "/account?done=password")


def _account(request: Request, identity: Identity, wrong: str | None = None) -> Response:
    mine = members.workspaces(identity.store, identity.user_id or "")
    return page(request, "session/account.html", {"wrong": wrong, "workspaces": mine}, 422 if wrong else 200)


def _entered(request: Request, token: Token, path: str) -> Response:
    sessions.end(request.app.state.store, cookies.read(request) or "")
    answer = onward(path)
    cookies.write(request, answer, token.text)
    return answer


def _password(form: Form, name: str) -> str:
    value = form.get(name)
    return value[: LONGEST + 1] if isinstance(value, str) else ""


def _address(request: Request) -> str:
    return request.client.host if request.client else "unknown"
