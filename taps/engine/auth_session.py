"""A log-in request that yields a token for the requests after it."""

import contextlib
import json
from urllib.parse import urlencode, urljoin

from taps.engine.auth import Session
from taps.engine.auth_oauth2 import connect_again
from taps.engine.auth_tokens import Fetch, Obtain, Token
from taps.engine.errors import LoginRefused
from taps.engine.http_answer import Answer
from taps.engine.http_clock import Clock
from taps.engine.http_request import Request
from taps.engine.references import Scope, as_text, fill_path, fill_value


def session_request(auth: Session, base: str, scope: Scope) -> Request:
    """The log-in request."""
    headers = {name: as_text(value) for name, value in fill_value(auth.headers, scope).items()}
    body: bytes | None = None
    if auth.body is not None:
        body = json.dumps(fill_value(auth.body, scope)).encode()
        headers.setdefault("Content-Type", "application/json")
    elif auth.form is not None:
        body = urlencode(fill_value(auth.form, scope)).encode()
        headers.setdefault("Content-Type", "application/x-www-form-urlencoded")
    params = tuple((name, as_text(value)) for name, value in fill_value(auth.params, scope).items())
    path = fill_path(auth.path, scope)
    url = path if "://" in path else urljoin(base.rstrip("/") + "/", path.lstrip("/"))
    return Request(url, auth.method, params=params, headers=headers, body=body, login=auth.using or "none")


def session_obtain(auth: Session, scope: Scope, *, platform: str, base: str, clock: Clock) -> Obtain:
    """How this login gets its token; a refused log-in is final."""

    def obtain(_last: Token | None, fetch: Fetch) -> Token:
        answer: Answer | None = None
        with contextlib.suppress(LoginRefused):
            answer = fetch(session_request(auth, base, scope))
        if answer is None:
            raise connect_again(platform, "the log-in is refused")
        found = answer.json() if auth.take == "." else answer.find(auth.take)
        if not found:
            raise connect_again(platform, "the log-in was answered without a token")
        return Token(str(found), clock.monotonic() + auth.expires if auth.expires else None, auth.expires)

    return obtain
