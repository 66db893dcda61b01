"""How often one key and one address may ask: 429 with the time to wait once it was too often."""

from __future__ import annotations

import hashlib
import math
import os
import re
import time

from limits import RateLimitItem, parse
from limits.storage import storage_from_string
from limits.strategies import MovingWindowRateLimiter
from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from orchestrate.api.problems import problem

RATE, ADDRESS_RATE, LOGIN_RATE = "1200/minute", "6000/minute", "30/minute"
_FREE = ("/static/", "/health", "/ready", "/metrics")
"""What costs nothing, and what machines ask that look after this one."""
_LOGINS = frozenset({"/login", "/invitation", "/api/v1/session", "/api/v1/session/invitation"})
"""Where passwords are tried and set, by POST; failed ones wait besides, longer each time (`orchestrate.people`)."""
_DELIVERY = re.compile(r"/api/v1/webhooks/[^/]+/[^/]+")
"""Where vendors deliver: each of them comes from a few addresses, for all its customers."""


class RateLimits:
    """Counts in this process, or where ENGARDE_API_RATE_STORAGE says (`redis://host`, for several processes).

    ENGARDE_API_RATE is a rate such as `100/second` for each key or session, ENGARDE_API_ADDRESS_RATE one for each
    address, whatever keys come from there: invented ones buy nothing. ENGARDE_LOGIN_RATE is one for each address's
    logins, whomever they name.
    The headers are those of the IETF's draft on RateLimit fields:
    https://datatracker.ietf.org/doc/draft-ietf-httpapi-ratelimit-headers/
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app
        self._logins: RateLimitItem = parse(os.environ.get("ENGARDE_LOGIN_RATE") or LOGIN_RATE)
        self._rate: RateLimitItem = parse(os.environ.get("ENGARDE_API_RATE") or RATE)
        self._by_address: RateLimitItem = parse(os.environ.get("ENGARDE_API_ADDRESS_RATE") or ADDRESS_RATE)
        storage = storage_from_string(os.environ.get("ENGARDE_API_RATE_STORAGE") or "memory://")
        self._window = MovingWindowRateLimiter(storage)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Passes on what is permitted, with headers that tell what is left."""
        if scope["type"] != "http" or scope["path"].startswith(_FREE) or _is_delivery(scope):
            return await self._app(scope, receive, send)
        permitted, told = self._hit("address", self._by_address, f"address {_address(scope)}")
        if permitted and scope["method"] == "POST" and scope["path"] in _LOGINS:
            permitted, told = self._hit("login", self._logins, f"login {_address(scope)}")
        elif permitted:
            permitted, told = self._hit("key", self._rate, _who(scope))
        if not permitted:
            return await _refused(told)(scope, receive, send)

        async def with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                MutableHeaders(scope=message).update(told)
            await send(message)

        return await self._app(scope, receive, with_headers)

    def _hit(self, name: str, rate: RateLimitItem, who: str) -> tuple[bool, dict[str, str]]:
        """Counts a request; tells whether it is permitted, and the headers that say so."""
        permitted = self._window.hit(rate, who)
        reset_at, left = self._window.get_window_stats(rate, who)
        wait = max(1, math.ceil(reset_at - time.time()))
        told = {
            "RateLimit-Policy": f'"{name}";q={rate.amount};w={rate.get_expiry()}',
            "RateLimit": f'"{name}";r={left};t={wait}',
        }
        if not permitted:
            told["Retry-After"] = str(wait)
        return permitted, told


def _refused(told: dict[str, str]) -> Response:
    wait, policy = told["Retry-After"], told["RateLimit-Policy"]
    return problem(429, f"too many requests (the limit is {policy}); wait {wait} s", told)


def _is_delivery(scope: Scope) -> bool:
    return bool(_DELIVERY.fullmatch(scope["path"])) and "authorization" not in Headers(scope=scope)


def _who(scope: Scope) -> str:
    """Whoever gives a key is counted by it, wrong ones too; others by their address. Keys are not kept as they are."""
    given = Headers(scope=scope)
    key = given.get("authorization") or given.get("cookie")
    if key:
        return hashlib.sha256(key.encode()).hexdigest()
    return _address(scope)


def _address(scope: Scope) -> str:
    client = scope.get("client")
    return str(client[0]) if client else "nobody"
