"""Keeps other sites' pages from logging a browser in as somebody else: there is no session yet to ask a token of."""

from __future__ import annotations

from urllib.parse import urlsplit

from fastapi import HTTPException, Request

from orchestrate.logins.address import public_url


def same_origin(request: Request) -> None:
    """Raises 403 for what another site's page sends; programs send neither header."""
    origin = request.headers.get("Origin")
    own = {request.url.netloc, urlsplit(public_url()).netloc}
    foreign = origin is not None and urlsplit(origin).netloc not in own
    if foreign or request.headers.get("Sec-Fetch-Site", "none") not in {"none", "same-origin"}:
        raise HTTPException(403, "this request came from another site's page; log in on this one's")
