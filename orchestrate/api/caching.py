"""Reads that were not changed need not be sent again: an entity tag for each answer, 304 to whoever has it already."""

from __future__ import annotations

import hashlib

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

PUBLIC = "public, max-age=300"
PRIVATE = "private, no-cache"


class EntityTags:
    """Tags JSON answers of GET; streams and files pass as they are.

    The body is the tag's source: the route is asked either way, what is saved is the way to the client. What is
    answered to somebody without credentials may be kept by everybody's caches.
    """

    def __init__(self, app: ASGIApp, under: str) -> None:
        self._app, self._under = app, under

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Holds a JSON answer until it is whole."""
        if scope["type"] != "http" or scope["method"] != "GET" or not scope["path"].startswith(self._under):
            return await self._app(scope, receive, send)
        start: Message | None = None
        body = bytearray()

        async def tagged(message: Message) -> None:
            nonlocal start
            if message["type"] == "http.response.start" and _is_taggable(message):
                start = message
                return
            if start is None:
                await send(message)
                return
            body.extend(message.get("body", b""))
            if not message.get("more_body", False):
                await self._answer(scope, start, bytes(body), send)

        await self._app(scope, receive, tagged)
        return None

    async def _answer(self, scope: Scope, start: Message, body: bytes, send: Send) -> None:
        tag = f'"{hashlib.sha256(body).hexdigest()[:32]}"'
        headers = MutableHeaders(scope=start)
        headers["ETag"] = tag
        asked = Headers(scope=scope)
        headers["Cache-Control"] = PRIVATE if "authorization" in asked or "cookie" in asked else PUBLIC
        headers.add_vary_header("Authorization, Cookie")
        if tag in _known(asked.get("if-none-match", "")):
            del headers["content-length"], headers["content-type"]
            start["status"], body = 304, b""
        await send(start)
        await send({"type": "http.response.body", "body": body})


def _is_taggable(start: Message) -> bool:
    kind = Headers(raw=start["headers"]).get("content-type", "")
    return start["status"] == 200 and kind.startswith("application/json")


def _known(given: str) -> set[str]:
    return {tag.strip().removeprefix("W/") for tag in given.split(",")}
