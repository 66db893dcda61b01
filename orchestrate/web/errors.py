"""Errors as pages: what the API says as a problem, drawn for whoever asked with a browser."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable
from typing import Any
from urllib.parse import quote

from fastapi import FastAPI, Request
from fastapi.responses import RedirectResponse, Response
from starlette.concurrency import run_in_threadpool

from orchestrate.web.asking import NotLoggedInError
from orchestrate.web.pages import page

_Handler = Callable[[Request, Any], Awaitable[Response]]


def install(app: FastAPI) -> None:
    """Draws every problem that the handlers there are answer with; programs get it as before."""
    for kind, handler in list(app.exception_handlers.items()):
        app.add_exception_handler(kind, _drawn(handler))
    app.add_exception_handler(NotLoggedInError, _to_login)


def _drawn(handler: Any) -> _Handler:
    async def answer(request: Request, error: Any) -> Response:
        said: Response = await handler(request, error)
        kind = said.headers.get("content-type", "")
        if not _is_browser(request) or not kind.startswith("application/problem+json"):
            return said
        if said.status_code == 401:
            return await _to_login(request, error)
        shown = await run_in_threadpool(page, request, "error.html", json.loads(bytes(said.body)), said.status_code)
        if "retry-after" in said.headers:
            shown.headers["Retry-After"] = said.headers["retry-after"]
        return shown

    return answer


async def _to_login(request: Request, _: Any) -> Response:
    wanted = request.url.path if request.method == "GET" else "/"
    query = f"?{request.url.query}" if request.method == "GET" and request.url.query else ""
    return RedirectResponse(f"/login?then={quote(wanted + query, safe='')}", status_code=303)


def _is_browser(request: Request) -> bool:
    """Browsers ask for HTML by name; programs take anything."""
    return "text/html" in request.headers.get("accept", "")
