"""Shopify's Admin GraphQL API over HTTP: /admin/api/2026-07/graphql.json and the files of bulk operations.

Source: https://shopify.dev/docs/api/admin-graphql
"""

from __future__ import annotations

import dataclasses
import json
import threading
import uuid
from dataclasses import dataclass, field
from typing import Any, Protocol

from graphql import (
    DocumentNode,
    GraphQLError,
    OperationDefinitionNode,
    execute_sync,
    get_operation_ast,
    parse,
    validate,
)
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

from sandbox.business.snapshot import Snapshot
from sandbox.shopify.bulk import BulkOperations
from sandbox.shopify.cost import MAX_QUERY_COST, Bucket, Pricer
from sandbox.shopify.nodes import Context, Node
from sandbox.shopify.root import query_root
from sandbox.shopify.schema import schema
from sandbox.shopify.view import ShopView

VERSION = "2026-07"
TOKEN = "shpat_engarde"  # noqa: S105
_DOCS = "https://shopify.dev/docs/api/usage/limits"


class World(Protocol):
    """What the sandbox's server gives its vendors."""

    def snapshot(self) -> Snapshot:
        """Return the business as it is now."""
        ...


@dataclass(frozen=True, slots=True)
class Settings:
    """How the pretend shop behaves: its points, and how long a bulk operation takes (seconds)."""

    maximum_points: float = 2000.0
    restore_rate: float = 100.0
    bulk_delay: float = 0.3


@dataclass(slots=True)
class Shop:
    """The shop's server: one view per snapshot, one bucket, its bulk operations."""

    world: World
    settings: Settings
    address: str = ""
    bucket: Bucket = field(init=False)
    bulk: BulkOperations = field(init=False)
    _view: ShopView | None = None
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def __post_init__(self) -> None:
        self.bulk = BulkOperations(schema(), lambda: query_root(self.view(), None), lambda: self.address)
        self.apply(self.settings)

    def apply(self, settings: Settings) -> None:
        """Go on with other settings and a full bucket."""
        self.settings = settings
        self.bucket = Bucket(settings.maximum_points, settings.restore_rate)
        self.bulk.delay = settings.bulk_delay

    def view(self) -> ShopView:
        """Return the view of the present snapshot."""
        snapshot = self.world.snapshot()
        with self._lock:
            if self._view is None or self._view.snapshot is not snapshot:
                self._view = ShopView(snapshot)
            return self._view

    def answer(self, asked: dict[str, Any]) -> dict[str, Any]:
        """Answer one GraphQL request."""
        variables = asked.get("variables") or {}
        try:
            document = parse(asked["query"])
        except GraphQLError as error:
            return {"errors": [_error(error)]}
        errors = validate(schema(), document)
        if errors:
            return {"errors": [_error(error) for error in errors]}
        operation = get_operation_ast(document, asked.get("operationName"))
        if operation is None:
            return {"errors": [{"message": "An operation name is required"}]}
        return self._priced(document, operation, variables)

    def _priced(
        self, document: DocumentNode, operation: OperationDefinitionNode, variables: dict[str, Any]
    ) -> dict[str, Any]:
        pricer = Pricer(schema(), document, variables)
        try:
            cost = pricer.requested(operation)
        except GraphQLError as error:
            return {"errors": [_error(error)]}
        if cost > MAX_QUERY_COST:
            return {"errors": [_too_dear(cost)]}
        if not self.bucket.take(cost):
            told = {"code": "THROTTLED", "documentation": _DOCS}
            return {
                "errors": [{"message": "Throttled", "extensions": told}],
                "extensions": {"cost": self._cost(cost, None)},
            }
        context = Context()
        root: Node = query_root(self.view(), self.bulk)
        result = execute_sync(
            schema(), document, root, context, variables, operation.name.value if operation.name else None
        )
        actual = min(cost, pricer.actual(operation, result.data))
        self.bucket.take(actual - cost)
        body: dict[str, Any] = {"data": result.data}
        if result.errors:
            body["errors"] = [_error(error) for error in result.errors]
        body["extensions"] = {"cost": self._cost(cost, actual)}
        if context.reports:
            body["extensions"]["search"] = context.reports
        return body

    def _cost(self, requested: int, actual: int | None) -> dict[str, Any]:
        return {
            "requestedQueryCost": requested,
            "actualQueryCost": actual,
            "throttleStatus": self.bucket.status(),
        }


def routes(world: World, settings: Settings | None = None) -> list[BaseRoute]:
    """Return the shop's routes, to be mounted under /shopify."""
    shop = Shop(world, settings or Settings())

    async def graphql(request: Request) -> Response:
        headers = {"X-Request-Id": str(uuid.uuid4()), "X-Shopify-API-Version": VERSION}
        if request.headers.get("X-Shopify-Access-Token") != TOKEN:
            told = "[API] Invalid API key or access token (unrecognized login or wrong password)"
            return JSONResponse({"errors": told}, 401, headers)
        try:
            asked = json.loads(await request.body())
        except ValueError:
            return JSONResponse({"errors": "Bad Request: the body is not JSON"}, 400, headers)
        if not isinstance(asked, dict) or not isinstance(asked.get("query"), str):
            return JSONResponse({"errors": {"query": "Required parameter missing or invalid"}}, 400, headers)
        shop.address = str(request.url).split("/admin/api/", 1)[0]
        return JSONResponse(await run_in_threadpool(shop.answer, asked), headers=headers)

    async def change_settings(request: Request) -> Response:
        try:
            changed = dataclasses.replace(
                shop.settings, **{name: float(held) for name, held in (await request.json()).items()}
            )
        except (TypeError, ValueError, AttributeError):
            names = ", ".join(field.name for field in dataclasses.fields(Settings))
            return JSONResponse({"error": f"numbers for any of {names}"}, 400)
        shop.apply(changed)
        return JSONResponse(dataclasses.asdict(changed))

    async def bulk_file(request: Request) -> Response:
        content = shop.bulk.file(request.path_params["token"])
        if content is None:
            return Response("<Error><Code>AccessDenied</Code></Error>", 403, media_type="application/xml")
        return Response(content, media_type="application/jsonl")

    return [
        Route(f"/admin/api/{VERSION}/graphql.json", graphql, methods=["POST"]),
        Route("/_settings", change_settings, methods=["POST"]),
        Route("/bulk/{token}/{name}", bulk_file, methods=["GET"]),
    ]


def _error(error: GraphQLError) -> dict[str, Any]:
    told: dict[str, Any] = {"message": error.message}
    if error.locations:
        told["locations"] = [{"line": found.line, "column": found.column} for found in error.locations]
    if error.path:
        told["path"] = error.path
    if error.extensions:
        told["extensions"] = error.extensions
    return told


def _too_dear(cost: int) -> dict[str, Any]:
    return {
        "message": f"Query cost is {cost}, above the limit of {MAX_QUERY_COST} for a single query; ask for less.",
        "extensions": {
            "code": "MAX_COST_EXCEEDED",
            "cost": cost,
            "maxCost": MAX_QUERY_COST,
            "documentation": _DOCS,
        },
    }
