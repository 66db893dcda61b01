"""Stripe's HTTP: authentication, rate limit, lists, single objects, events."""

from __future__ import annotations

import base64
import time
from collections.abc import Awaitable, Callable
from typing import Any

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.base import BaseHTTPMiddleware, RequestResponseEndpoint
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Mount, Route

from sandbox.answers import JsonAnswer
from sandbox.stripe import objects
from sandbox.stripe.books import COLLECTIONS, Books
from sandbox.stripe.errors import StripeError, answer_error, unknown_object
from sandbox.stripe.events import Event, EventFeed
from sandbox.stripe.expansion import expand_all
from sandbox.stripe.lists import Lists
from sandbox.stripe.objects import API_VERSION, Json
from sandbox.stripe.parameters import parse
from sandbox.stripe.resources import EMPTY
from sandbox.stripe.webhook_endpoints import WebhookEndpoints
from sandbox.world import World

API_KEY = "rk_test_engarde"
Endpoint = Callable[[Request], Awaitable[Response]]


def _key_of(request: Request) -> str | None:
    scheme, _, value = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() == "bearer":
        return value.strip()
    if scheme.lower() == "basic":
        try:
            return base64.b64decode(value).decode().partition(":")[0]
        except ValueError:
            return None
    return None


class Gate(BaseHTTPMiddleware):
    """Lets requests with the key pass, a limited number a second, and stamps the answers."""

    def __init__(self, app: Any, per_second: int) -> None:
        super().__init__(app)
        self.per_second = per_second
        self.second, self.count, self.number = 0, 0, 0

    async def dispatch(self, request: Request, call_next: RequestResponseEndpoint) -> Response:
        """Serve one request."""
        self.number += 1
        refused = self._refusal(request)
        answer = await (answer_error(request, refused) if refused else call_next(request))
        answer.headers["Request-Id"] = f"req_sandbox{self.number:08d}"
        answer.headers["Stripe-Version"] = request.headers.get("stripe-version", API_VERSION)
        if refused and refused.status == 429:
            answer.headers["Stripe-Rate-Limited-Reason"] = "global-rate"
        return answer

    def _refusal(self, request: Request) -> StripeError | None:
        key = _key_of(request)
        if not key:
            return StripeError(401, "You did not provide an API key. Provide it in the Authorization header.")
        if key != API_KEY:
            return StripeError(401, f"Invalid API Key provided: {key[:3]}{'*' * max(0, len(key) - 7)}{key[-4:]}")
        second = int(time.monotonic())
        self.count = self.count + 1 if second == self.second else 1
        self.second = second
        if self.count > self.per_second:
            return StripeError(429, "Request rate limit exceeded.", "rate_limit")
        return None


class StripeApi:
    """Stripe's endpoints over the books."""

    def __init__(self, world: World) -> None:
        self.books = Books(world)
        self.lists = Lists(self.books)
        self.feed = EventFeed(self.books)
        self.webhooks = WebhookEndpoints()

    def listing(self, resource: str) -> Endpoint:
        """Return the endpoint that lists a resource."""

        async def answer(request: Request) -> Response:
            return JsonAnswer(self.lists.answer(resource, request.query_params.multi_items()))

        return answer

    def single(self, resource: str) -> Endpoint:
        """Return the endpoint for one object of a resource."""

        async def answer(request: Request) -> Response:
            asked = parse(request.query_params.multi_items(), (), ())
            made = request.path_params["id"]
            found = self.books.find(made)
            if found is None or found["object"] != resource.removesuffix("s"):
                raise unknown_object(resource.removesuffix("s"), made)
            expand_all(self.books, found, asked.expand)
            return JsonAnswer(found)

        return answer

    def empty(self, resource: str) -> Endpoint:
        """Return the endpoint of a list in which this business has nothing."""
        filters, dated = EMPTY[resource]

        async def answer(request: Request) -> Response:
            parse(request.query_params.multi_items(), ("created",) if dated else (), filters)
            return JsonAnswer({"object": "list", "data": [], "has_more": False, "url": f"/v1/{resource}"})

        return answer

    async def account(self, _request: Request) -> Response:
        """Answer with the account itself."""
        return JsonAnswer(objects.account())

    async def invoice_lines(self, request: Request) -> Response:
        """Answer with the lines of an invoice."""
        return JsonAnswer(self.lists.invoice_lines(request.path_params["id"], request.query_params.multi_items()))

    async def charge_refunds(self, request: Request) -> Response:
        """Answer with the refunds of a charge."""
        charge = request.path_params["id"]
        query = [*request.query_params.multi_items(), ("charge", charge)]
        return JsonAnswer(self.lists.answer("refunds", query, f"/v1/charges/{charge}/refunds"))

    async def subscription_items(self, request: Request) -> Response:
        """Answer with the items of the subscription asked for."""
        return JsonAnswer(self.lists.subscription_items(request.query_params.multi_items()))

    async def invoice_payments(self, request: Request) -> Response:
        """Answer with the payments of finalised invoices."""
        return JsonAnswer(self.lists.invoice_payments(request.query_params.multi_items()))

    async def plans(self, request: Request) -> Response:
        """Answer with the recurring prices as plans."""
        return JsonAnswer(self.lists.plans(request.query_params.multi_items()))

    async def events(self, request: Request) -> Response:
        """Answer with a page of events."""
        return JsonAnswer(self.lists.events(self.feed, request.query_params.multi_items()))

    async def event(self, request: Request) -> Response:
        """Answer with one event."""
        made = request.path_params["id"]
        found: Event | None = next((event for event in self.feed.known() if event.id == made), None)
        if found is None:
            raise unknown_object("event", made)
        return JsonAnswer(self.feed.shape(found))


async def _unknown_url(request: Request, _error: Exception) -> Response:
    message = f"Unrecognized request URL ({request.method}: {request.url.path.removeprefix('/stripe')})."
    return await answer_error(request, StripeError(404, message))


async def _broken(_request: Request, _error: Exception) -> Response:
    error: Json = {"error": {"message": "An unknown error occurred", "type": "api_error"}}
    return JsonAnswer(error, 500)


def routes(world: World) -> list[BaseRoute]:
    """Return the routes of the pretend Stripe, to be mounted at /stripe."""
    api = StripeApi(world)
    made: list[BaseRoute] = [
        Route("/account", api.account),
        Route("/events", api.events),
        Route("/events/{id}", api.event),
        Route("/webhook_endpoints", api.webhooks.collection, methods=["GET", "POST"]),
        Route("/webhook_endpoints/{id}", api.webhooks.one, methods=["GET", "DELETE"]),
        Route("/invoices/{id}/lines", api.invoice_lines),
        Route("/charges/{id}/refunds", api.charge_refunds),
        Route("/subscription_items", api.subscription_items),
        Route("/plans", api.plans),
        Route("/invoice_payments", api.invoice_payments),
    ]
    for resource in COLLECTIONS:
        made.append(Route(f"/{resource}", api.listing(resource)))
        made.append(Route(f"/{resource}/{{id}}", api.single(resource)))
    made.extend(Route(f"/{resource}", api.empty(resource)) for resource in EMPTY)
    app = Starlette(
        routes=made,
        middleware=[Middleware(Gate, per_second=world.settings.stripe_requests_per_second)],
        exception_handlers={StripeError: answer_error, 404: _unknown_url, 405: _unknown_url, 500: _broken},
    )
    return [Mount("/v1", app=app)]
