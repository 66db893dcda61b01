"""The `Idempotency-Key` header: an unsafe request that is sent again is answered as before and not done again."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import Headers
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from orchestrate.api.problems import problem
from orchestrate.idempotency.service import Answer, Answers, KeyReusedError, RequestConflictError

_UNSAFE = {"POST", "PUT", "PATCH", "DELETE"}
_LONGEST = 200
_MAX_BODY = 1024 * 1024


class IdempotencyKeys:
    """Keeps the answers of whoever `answers_of` knows; others are refused by their routes, and nothing is kept."""

    def __init__(self, app: ASGIApp, under: str, answers_of: Callable[[Request], Answers | None]) -> None:
        self._app, self._under, self._answers_of = app, under, answers_of

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Passes the request on once."""
        key = Headers(scope=scope).get("idempotency-key") if scope["type"] == "http" else None
        if key is None or scope["method"] not in _UNSAFE or not scope["path"].startswith(self._under):
            return await self._app(scope, receive, send)
        if not 0 < len(key) <= _LONGEST:
            return await problem(422, f"an Idempotency-Key has 1 to {_LONGEST} characters")(scope, receive, send)
        answers = await run_in_threadpool(self._answers_of, Request(scope))
        if answers is None:
            return await self._app(scope, receive, send)
        body = await _body(receive)
        if body is None:
            return await problem(413, "with an Idempotency-Key a body has 1 MB at the most")(scope, receive, send)
        try:
            known = await run_in_threadpool(answers.begin, key, _request(scope, body))
        except KeyReusedError as reused:
            return await problem(422, str(reused))(scope, receive, send)
        except RequestConflictError as busy:
            return await problem(409, str(busy), {"Retry-After": "1"})(scope, receive, send)
        if known is not None:
            return await _again(known, send)
        return await self._once(scope, body, send, answers, key)

    async def _once(self, scope: Scope, body: bytes, send: Send, answers: Answers, key: str) -> None:
        """Does it and keeps the answer before it is sent; what failed here may be tried again."""
        said: list[Message] = []

        async def given() -> Message:
            return {"type": "http.request", "body": body, "more_body": False}

        async def noted(message: Message) -> None:
            said.append(message)

        try:
            await self._app(scope, given, noted)
        except BaseException:
            await run_in_threadpool(answers.forget, key)
            raise
        answer = _answer(said)
        if answer.status < 500:
            await run_in_threadpool(answers.keep, key, answer)
        else:
            await run_in_threadpool(answers.forget, key)
        for message in said:
            await send(message)


async def _body(receive: Receive) -> bytes | None:
    body, more = bytearray(), True
    while more:
        message = await receive()
        body += message.get("body", b"")
        more = message.get("more_body", False)
        if len(body) > _MAX_BODY:
            return None
    return bytes(body)


def _request(scope: Scope, body: bytes) -> bytes:
    head = json.dumps([scope["method"], scope["path"], scope["query_string"].decode("latin-1")])
    return hashlib.sha256(head.encode() + b"\n" + body).digest()


def _answer(said: list[Message]) -> Answer:
    start = said[0]
    headers = tuple((name.decode("latin-1"), value.decode("latin-1")) for name, value in start["headers"])
    return Answer(start["status"], headers, b"".join(each.get("body", b"") for each in said[1:]))


async def _again(answer: Answer, send: Send) -> None:
    headers = [(name.encode("latin-1"), value.encode("latin-1")) for name, value in answer.headers]
    headers.append((b"idempotent-replayed", b"true"))
    await send({"type": "http.response.start", "status": answer.status, "headers": headers})
    await send({"type": "http.response.body", "body": answer.body})
