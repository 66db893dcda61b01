"""Who looks at a page: a session, never an API key; and the CSRF token that each of its forms carries."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Annotated

from fastapi import Depends, HTTPException, Request
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import FormData

from orchestrate.api.access import CSRF_HEADER, Identity, carries_csrf, identity_of

CSRF_FIELD = "csrf"


class NotLoggedInError(Exception):
    """The page is shown to who has a session alone."""


def visitor(request: Request) -> Identity | None:
    """Who looks, or None for somebody without a session; asked of the store once per request."""
    if not hasattr(request.state, "identity"):
        identity = identity_of(request)
        request.state.identity = identity if identity is not None and identity.csrf is not None else None
    found: Identity | None = request.state.identity
    return found


async def given(request: Request) -> FormData:
    """The fields of a form, those of a request without any too."""
    return await request.form()


def needs(scope: str | None = None) -> Callable[..., Awaitable[Identity]]:
    """Gives the identity to whoever has this scope, or any session where none is named.

    Raises `NotLoggedInError`, and 403 without the scope or for an unsafe request without the session's CSRF token, in
    the form's field `csrf` or in the header.
    """

    async def identity(request: Request, form: Annotated[FormData, Depends(given)]) -> Identity:
        asking = await run_in_threadpool(visitor, request)
        if asking is None:
            raise NotLoggedInError
        token = request.headers.get(CSRF_HEADER) or form.get(CSRF_FIELD)
        if not carries_csrf(asking, request.method, token if isinstance(token, str) else None):
            raise HTTPException(403, "this form was not sent from this session's page; go back, load it again and send")
        if scope is not None and not asking.may(scope):
            raise HTTPException(403, f"your role ({asking.role}) lacks {scope}; an admin can give you another role")
        return asking

    return identity


Form = Annotated[FormData, Depends(given)]


def text(form: FormData, name: str) -> str:
    """A field's text without the blanks around it; empty where it is not given."""
    value = form.get(name)
    return value.strip() if isinstance(value, str) else ""


def texts(form: FormData, name: str) -> list[str]:
    """Every value of a field, such as of ticked boxes."""
    return [value for value in form.getlist(name) if isinstance(value, str) and value]
