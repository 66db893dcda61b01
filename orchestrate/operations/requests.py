"""A log line for every request: method, path without its query, status, milliseconds, and the tenant who asked."""

from __future__ import annotations

import logging
import re
import time

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from orchestrate.operations.logs import about
from orchestrate.store.tables import new_id

_LOG = logging.getLogger("engarde.requests")
_ID = re.compile(r"[\w-]{8,64}")
QUIET = {"/health", "/ready", "/metrics"}
TENANT = "engarde.tenant"
"""Where in a request's scope stands whose it is, once that is known."""


class LoggedRequests:
    """Gives every request an id, its caller's if that is one, and tells it back in `X-Request-Id`."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Passes the request on."""
        if scope["type"] != "http":
            return await self._app(scope, receive, send)
        given = Headers(scope=scope).get("x-request-id", "")
        request, status, began = given if _ID.fullmatch(given) else new_id(), 500, time.perf_counter()

        async def noted(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                MutableHeaders(scope=message)["X-Request-Id"] = request
            await send(message)

        with about(request=request):
            try:
                await self._app(scope, receive, noted)
            finally:
                self._tell(scope, status, time.perf_counter() - began)
        return None

    def _tell(self, scope: Scope, status: int, seconds: float) -> None:
        level = logging.DEBUG if scope["path"] in QUIET else logging.INFO
        tenant = {"tenant": scope[TENANT]} if TENANT in scope else {}
        _LOG.log(
            level, "%s %s %d", scope["method"], scope["path"], status,
            extra={"milliseconds": round(seconds * 1000, 1), **tenant},
        )  # fmt: skip
