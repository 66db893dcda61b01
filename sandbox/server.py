"""One server for all pretend vendors, each under its own path prefix, and the controls under /_sandbox."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import formatdate
from importlib import import_module
from pathlib import Path

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Mount, Route
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from sandbox.business.chance import DAY, HOUR
from sandbox.faults import FaultMiddleware, Faults, fault_of
from sandbox.fixtures.app import routes as fixture_vendors
from sandbox.truth import write_truth
from sandbox.world import World

VENDORS = ("stripe", "shopify", "hubspot", "google_ads")


@dataclass(slots=True)
class Sandbox:
    """A world with its faults; `saved` is called whenever time has moved."""

    world: World
    faults: Faults = field(default_factory=Faults)
    saved: Callable[[World], None] | None = None


def _now(world: World) -> dict[str, str | int]:
    return {"now": datetime.fromtimestamp(world.now, UTC).isoformat(), "epoch": world.now, "start": world.start}


def _controls(box: Sandbox) -> list[BaseRoute]:
    async def now(_request: Request) -> Response:
        return JSONResponse(_now(box.world))

    async def advance(request: Request) -> Response:
        asked = request.query_params
        try:
            seconds = int(float(asked.get("days", 0)) * DAY + float(asked.get("hours", 0)) * HOUR)
        except ValueError:
            return JSONResponse({"error": "days and hours are numbers"}, 400)
        box.world.advance(seconds)
        if box.saved:
            box.saved(box.world)
        return JSONResponse(_now(box.world))

    async def add_fault(request: Request) -> Response:
        try:
            box.faults.add(await fault_of(request))
        except (KeyError, ValueError) as error:
            return JSONResponse({"error": f"not a fault: {error}"}, 400)
        return JSONResponse({"pending": len(box.faults.pending)})

    async def clear_faults(_request: Request) -> Response:
        box.faults.pending.clear()
        return JSONResponse({"pending": 0})

    async def truth(request: Request) -> Response:
        path = request.query_params.get("path")
        if not path:
            return JSONResponse({"error": "say where to write: ?path=/some/where/truth.parquet"}, 400)
        return JSONResponse({"rows": write_truth(box.world.snapshot(), Path(path))})

    return [
        Route("/now", now),
        Route("/advance", advance, methods=["POST"]),
        Route("/faults", add_fault, methods=["POST"]),
        Route("/faults", clear_faults, methods=["DELETE"]),
        Route("/truth", truth, methods=["POST", "GET"]),
    ]


class OwnClock:
    """Dates every answer by the sandbox's own time, as a vendor whose clock differs from ours does."""

    def __init__(self, app: ASGIApp, world: World) -> None:
        self.app, self.world = app, world

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on and put the Date header on its answer."""

        async def dated(message: Message) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = [*message["headers"], (b"date", formatdate(self.world.now, usegmt=True).encode())]
            await send(message)

        await self.app(scope, receive, dated)


def create_app(box: Sandbox) -> Starlette:
    """Return the application that serves every vendor of this sandbox."""
    mounts: list[BaseRoute] = [Mount("/_sandbox", routes=_controls(box))]
    for vendor in VENDORS:
        if not (Path(__file__).parent / vendor / "app.py").exists():
            continue
        routes: list[BaseRoute] = import_module(f"sandbox.{vendor}.app").routes(box.world)
        mounts.append(Mount(f"/{vendor}", routes=routes))
    mounts += fixture_vendors()
    return Starlette(
        routes=mounts,
        middleware=[Middleware(OwnClock, world=box.world), Middleware(FaultMiddleware, faults=box.faults)],
    )
