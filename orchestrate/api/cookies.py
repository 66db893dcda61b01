"""The session's cookie: out of reach of scripts, not sent along by other sites' requests, bound to this host."""

from __future__ import annotations

from fastapi import Request, Response

from orchestrate.people.sessions import LONGEST

_SECURE = "__Host-engarde"
"""Browsers take a cookie of this prefix from this host alone, over TLS."""
_PLAIN = "engarde"
"""The name on a machine of one's own, where there is no TLS."""


def read(request: Request) -> str | None:
    """The session that came with a request."""
    return request.cookies.get(_name(request))


def write(request: Request, response: Response, session: str) -> None:
    """Gives a session to the browser."""
    response.set_cookie(
        _name(request), session, max_age=int(LONGEST.total_seconds()), path="/",
        secure=_over_tls(request), httponly=True, samesite="lax",
    )  # fmt: skip


def clear(request: Request, response: Response) -> None:
    """Takes it back."""
    response.delete_cookie(_name(request), path="/", secure=_over_tls(request), httponly=True, samesite="lax")


def _name(request: Request) -> str:
    return _SECURE if _over_tls(request) else _PLAIN


def _over_tls(request: Request) -> bool:
    return request.url.scheme == "https"
