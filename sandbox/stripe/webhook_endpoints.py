"""The addresses that the pretend Stripe was told of (https://docs.stripe.com/api/webhook_endpoints)."""

from __future__ import annotations

from urllib.parse import parse_qsl, urlsplit

from starlette.requests import Request
from starlette.responses import Response

from sandbox.answers import JsonAnswer
from sandbox.stripe.errors import StripeError, unknown_object
from sandbox.stripe.objects import Json

KNOWN = {"url", "enabled_events[]", "api_version", "description"}


class WebhookEndpoints:
    """Takes addresses, lists them and forgets them; it delivers nothing."""

    def __init__(self) -> None:
        self.endpoints: dict[str, Json] = {}
        self.made = 0

    async def collection(self, request: Request) -> Response:
        """Create an endpoint, or list all."""
        if request.method == "GET":
            data = list(reversed(self.endpoints.values()))
            return JsonAnswer({"object": "list", "data": data, "has_more": False, "url": "/v1/webhook_endpoints"})
        given = parse_qsl((await request.body()).decode(), keep_blank_values=True)
        if strange := [name for name, _ in given if name not in KNOWN]:
            raise StripeError(400, f"Received unknown parameter: {strange[0]}", "parameter_unknown", strange[0])
        fields, events = dict(given), [value for name, value in given if name == "enabled_events[]"]
        for name, value in (("url", fields.get("url")), ("enabled_events", events)):
            if not value:
                raise StripeError(400, f"Missing required param: {name}.", "parameter_missing", name)
        if urlsplit(fields["url"]).scheme not in {"http", "https"}:
            raise StripeError(400, "Not a valid URL", "url_invalid", "url")
        self.made += 1
        made: Json = {
            "id": f"we_sandbox{self.made:08d}", "object": "webhook_endpoint", "url": fields["url"],
            "enabled_events": events, "api_version": fields.get("api_version"),
            "description": fields.get("description"), "status": "enabled", "livemode": False, "metadata": {},
        }  # fmt: skip
        self.endpoints[made["id"]] = made
        return JsonAnswer({**made, "secret": f"whsec_sandbox{self.made:08d}"})

    async def one(self, request: Request) -> Response:
        """Answer with one endpoint, or forget it."""
        identity = request.path_params["id"]
        if identity not in self.endpoints:
            raise unknown_object("webhook_endpoint", identity)
        if request.method == "GET":
            return JsonAnswer(self.endpoints[identity])
        del self.endpoints[identity]
        return JsonAnswer({"id": identity, "object": "webhook_endpoint", "deleted": True})
