"""Runs: the list, and one of them while it goes on."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import Response, StreamingResponse
from starlette.concurrency import run_in_threadpool

from orchestrate.api.access import Identity, identity_of
from orchestrate.api.lists import cut
from orchestrate.syncs.service import Syncs
from orchestrate.syncs.states import OPEN
from orchestrate.web.asking import needs
from orchestrate.web.pages import HEADERS, fragment, onward, page

router = APIRouter(prefix="/runs")
Reading = Annotated[Identity, Depends(needs("syncs:read"))]
Writing = Annotated[Identity, Depends(needs("syncs:write"))]
PART, LINES = 50, 1000
EVERY = 1.0
"""Seconds between two looks at a run that goes on."""
LONGEST = 600
"""Looks after which the browser has to ask anew: a page that was forgotten holds no connection for good."""


@router.get("")
def list_runs(
    request: Request, identity: Reading,
    status: Literal["", "queued", "waiting", "running", "done", "partial", "failed", "cancelled"] = "",
) -> Response:  # fmt: skip
    """The newest runs."""
    part, _ = cut(_syncs(identity).runs(status=status or None, limit=PART), PART, lambda run: (run.id,))
    return page(request, "runs/list.html", {"runs": part, "status": status})


@router.get("/{run}")
def show_run(request: Request, run: str, identity: Reading, after: Annotated[int, Query(ge=0)] = 0) -> Response:
    """One run, its tables and its log after a line; while it goes on the page follows it."""
    return page(request, "runs/show.html", _seen(_syncs(identity), run, after))


@router.post("/{run}/cancel")
def cancel_run(run: str, identity: Writing) -> Response:
    """Ends it."""
    _syncs(identity).cancel(run)
    return onward(f"/runs/{run}")


@router.get("/{run}/events")
async def follow_run(request: Request, run: str, identity: Reading, after: Annotated[int, Query(ge=0)] = 0) -> Response:
    """Server-sent events while a run goes on: its progress, and the lines of its log after a number."""
    await run_in_threadpool(_syncs(identity).run, run)
    given = request.headers.get("last-event-id", "")
    seen = int(given) if given.isdigit() else after
    return StreamingResponse(_events(request, run, seen), media_type="text/event-stream", headers=HEADERS)


async def _events(request: Request, run: str, seen: int) -> AsyncIterator[str]:
    shown = ""
    for _ in range(LONGEST):
        told = await run_in_threadpool(_look, request, run, seen)
        if told is None:
            return
        progress, log, seen, over = told
        yield (progress if progress != shown else "") + log or ": nothing new\n\n"
        shown = progress
        if over or await request.is_disconnected():
            return
        await asyncio.sleep(EVERY)


def _look(request: Request, run: str, seen: int) -> tuple[str, str, int, bool] | None:
    """The events of progress and of the lines since one, the last line, whether it is over; None after a logout."""
    identity = identity_of(request)
    if identity is None or not identity.may("syncs:read"):
        return None
    context = _seen(_syncs(identity), run, seen)
    last = context["lines"][-1].number if context["lines"] else seen
    over = not context["open"] and len(context["lines"]) < LINES
    progress = _event("progress", fragment(request, "runs/progress.html", context))
    log = _event("log", fragment(request, "runs/lines.html", context), last) if context["lines"] else ""
    return progress, log + (_event("over", "") if over else ""), last, over


def _seen(syncs: Syncs, run: str, after: int) -> dict[str, Any]:
    found = syncs.run(run)
    lines = syncs.lines(run, after, LINES)
    return {"run": found, "lines": lines, "open": found.status in OPEN, "more": len(lines) == LINES}


def _event(name: str, html: str, number: int | None = None) -> str:
    """One event; a browser that lost the connection asks for those after the last number it was given."""
    data = "\n".join(f"data: {line}" for line in html.splitlines() or [""])
    id_ = "" if number is None else f"id: {number}\n"
    return f"event: {name}\n{id_}{data}\n\n"


def _syncs(identity: Identity) -> Syncs:
    return Syncs(identity.store, identity.tenant_id, identity.actor)
