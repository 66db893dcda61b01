"""Faults on request: the next answers of a platform fail in one of the ways real servers fail."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, MutableMapping
from dataclasses import dataclass
from email.utils import formatdate
from typing import Any

import orjson
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response

from sandbox.fixtures.refusals import worded
from taps.engine.load import load
from taps.kinds import platforms

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]

SPOILT = ("cut", "html", "null", "slow", "drip")
"""Kinds of fault beside the statuses from 400 on."""
RETRY_AFTER = ("seconds", "date", "none")


@dataclass(slots=True)
class Fault:
    """The next `times` answers of `platform` whose path contains `match` fail as `kind` says.

    `seconds` is Retry-After for 429 and 503 (in the form that `retry_after` says), the silence before a slow answer,
    the pause between bytes of a drip.
    """

    platform: str
    kind: str
    match: str = ""
    times: int = 1
    seconds: float = 1.0
    retry_after: str = "seconds"


class Faults:
    """The faults still to come."""

    def __init__(self) -> None:
        self.pending: list[Fault] = []
        self.made = 0

    def add(self, fault: Fault) -> None:
        """Queue a fault; raise ValueError for an unknown kind."""
        is_status = fault.kind.isdigit() and 400 <= int(fault.kind) <= 599
        if not is_status and fault.kind not in SPOILT:
            raise ValueError(f"unknown kind of fault {fault.kind!r}; known: {', '.join(SPOILT)}, 400-599")
        if fault.retry_after not in RETRY_AFTER:
            raise ValueError(f"unknown form of Retry-After {fault.retry_after!r}; known: {', '.join(RETRY_AFTER)}")
        self.pending.append(fault)

    def take(self, path: str) -> Fault | None:
        """Return the fault for this path, if one is due, and count it."""
        platform = path.lstrip("/").partition("/")[0]
        for fault in self.pending:
            if fault.platform == platform and fault.match in path:
                fault.times -= 1
                self.made += 1
                if fault.times <= 0:
                    self.pending.remove(fault)
                return fault
        return None


def _answer(fault: Fault) -> Response | None:
    if fault.kind == "html":
        return HTMLResponse("<html><body><h1>We'll be right back</h1></body></html>")
    if fault.kind == "null":
        return Response("null", media_type="application/json")
    if not fault.kind.isdigit():
        return None
    return JSONResponse(_body(fault.platform, int(fault.kind)), int(fault.kind), _hint(fault))


def _hint(fault: Fault) -> dict[str, str]:
    if fault.kind not in ("429", "503") or fault.retry_after == "none":
        return {}
    moment = formatdate(time.time() + fault.seconds, usegmt=True)
    return {"Retry-After": moment if fault.retry_after == "date" else f"{fault.seconds:g}"}


def _body(platform: str, status: int) -> Any:
    """Return an error of this status as the vendor words it."""
    message = f"Fault {status} as asked for."
    if platform == "stripe":
        kind = "api_error" if status >= 500 else "invalid_request_error"
        return {"error": {"message": message, "type": kind} | ({"code": "rate_limit"} if status == 429 else {})}
    if platform == "hubspot":
        category = {401: "INVALID_AUTHENTICATION", 403: "MISSING_SCOPES", 429: "RATE_LIMITS"}.get(
            status, "SERVER_ERROR"
        )
        return {"status": "error", "message": message, "correlationId": "00000000-0000-4000-8000-000000000000"} | {
            "category": category
        }
    if platform == "google_ads":
        state = {401: "UNAUTHENTICATED", 403: "PERMISSION_DENIED", 429: "RESOURCE_EXHAUSTED"}.get(status, "UNAVAILABLE")
        return {"error": {"code": status, "message": message, "status": state}}
    if platform in platforms("api") and platform != "shopify":
        return worded(load(platform).defaults.errors, status)
    return {"errors": message}


class FaultMiddleware:
    """Answers in the application's place, or spoils what it sends, where a fault is due."""

    def __init__(self, app: Callable[[Scope, Receive, Send], Awaitable[None]], faults: Faults) -> None:
        self.app = app
        self.faults = faults

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        fault = self.faults.take(scope["path"]) if scope["type"] == "http" else None
        if fault is None:
            await self.app(scope, receive, send)
            return
        answer = _answer(fault)
        if answer is not None:
            await answer(scope, receive, send)
            return
        if fault.kind == "slow":
            await asyncio.sleep(fault.seconds)
            await self.app(scope, receive, send)
            return
        await self.app(scope, receive, _cut(send) if fault.kind == "cut" else _drip(send, fault.seconds))


class CutError(Exception):
    """Raised inside the server to break a connection in the middle of an answer."""


def _cut(send: Send) -> Send:
    async def spoiled(message: Message) -> None:
        if message["type"] == "http.response.body":
            body = message.get("body", b"")
            await send({"type": "http.response.body", "body": body[: len(body) // 2], "more_body": True})
            raise CutError
        await send(message)

    return spoiled


def _drip(send: Send, pause: float) -> Send:
    async def spoiled(message: Message) -> None:
        body = message.get("body", b"")
        if message["type"] != "http.response.body" or len(body) < 2:
            await send(message)
            return
        for start in range(0, len(body), max(1, len(body) // 20)):
            piece = body[start : start + max(1, len(body) // 20)]
            await send({"type": "http.response.body", "body": piece, "more_body": True})
            await asyncio.sleep(pause)
        await send({"type": "http.response.body", "body": b"", "more_body": message.get("more_body", False)})

    return spoiled


async def fault_of(request: Request) -> Fault:
    """Return the fault a request body describes; raise ValueError where it does not."""
    wanted = orjson.loads(await request.body())
    return Fault(
        platform=str(wanted["platform"]),
        kind=str(wanted["kind"]),
        match=str(wanted.get("match", "")),
        times=int(wanted.get("times", 1)),
        seconds=float(wanted.get("seconds", 1)),
        retry_after=str(wanted.get("retry_after", "seconds")),
    )
