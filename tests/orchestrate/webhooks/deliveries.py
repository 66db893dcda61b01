"""A vendor that delivers: Stripe's signatures, and Shopify's, for endpoints of connections made here."""

from __future__ import annotations

import base64
import hmac
import json
import time
from typing import Any

from orchestrate.connections.service import Connections
from orchestrate.webhooks.endpoints import ShownWebhook, Webhooks

SECRET = "whsec_of-a-test-4711"
STRIPE = {"api_key": "rk_test_canary"}
SHOPIFY = {"shop": "acme", "access_token": "shpat_canary"}


def webhooks_of(connections: Connections) -> Webhooks:
    return Webhooks(connections.store, connections.vault, connections.tenant_id, "user test")


def stripe_endpoint(connections: Connections, name: str = "main", secret: str | None = SECRET) -> ShownWebhook:
    connections.add("stripe", name, STRIPE)
    return webhooks_of(connections).add(name, secret)


def path_of(endpoint: ShownWebhook) -> str:
    return endpoint.address.removeprefix("http://127.0.0.1:8080")


def event(number: int = 1, kind: str = "charge.updated", **more: Any) -> bytes:
    told = {"id": f"evt_{number}", "type": kind, "data": {"object": {"id": f"ch_{number}", **more}}}
    return json.dumps(told).encode()


def signed(body: bytes, secret: str = SECRET, at: float | None = None) -> dict[str, str]:
    second = int(time.time() if at is None else at)
    proof = hmac.digest(secret.encode(), f"{second}.".encode() + body, "sha256").hex()
    return {"Stripe-Signature": f"t={second},v1={proof}", "Content-Type": "application/json"}


def signed_by_shopify(body: bytes, topic: str, number: int, secret: str = SECRET) -> dict[str, str]:
    proof = base64.b64encode(hmac.digest(secret.encode(), body, "sha256")).decode()
    return {"X-Shopify-Hmac-Sha256": proof, "X-Shopify-Topic": topic, "X-Shopify-Event-Id": f"e-{number}"}
