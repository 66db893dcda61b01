"""Where vendors deliver, and what became of what they delivered."""

from __future__ import annotations

from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Request
from fastapi.responses import Response

from orchestrate.api.access import Identity
from orchestrate.api.lists import Cursor, before_of, cut
from orchestrate.connections.offered import offer
from orchestrate.connections.service import Connections
from orchestrate.web.asking import Form, needs, text
from orchestrate.web.pages import onward, page
from orchestrate.webhooks.endpoints import Webhooks
from orchestrate.webhooks.events import Events
from orchestrate.webhooks.reading import words_of
from orchestrate.webhooks.registration import Registrations

router = APIRouter(prefix="/webhooks")
Reading = Annotated[Identity, Depends(needs("webhooks:read"))]
Writing = Annotated[Identity, Depends(needs("webhooks:write"))]
PART, ENDPOINTS = 50, 1000


@router.get("")
def list_webhooks(
    request: Request, identity: Reading, state: Literal["", "queued", "done", "ignored", "dead"] = "",
    cursor: Cursor = None,
) -> Response:  # fmt: skip
    """The addresses, and the newest deliveries."""
    before = before_of(cursor)
    found = _events(identity).part(PART + 1, before, state or None)
    part, following = cut(found, PART, lambda each: (each.received_at.isoformat(), each.id))
    connections = Connections(identity.store, identity.vault, identity.tenant_id, identity.actor).all()
    return page(request, "webhooks/list.html", {
        "endpoints": _webhooks(identity).part(ENDPOINTS), "deliveries": part, "state_asked": state,
        "further": f"/webhooks?state={state}&cursor={following}" if following else None,
        "connections": [each.name for each in connections if offer(each.platform).webhooks],
        "registrable": [each.name for each in connections if (words := words_of(each.platform)) and words.registering],
    })  # fmt: skip


@router.post("")
def add_webhook(identity: Writing, form: Form) -> Response:
    """A new address of a connection."""
    _webhooks(identity).add(text(form, "connection"), text(form, "secret")[:1000] or None)
    return onward("/webhooks", "saved")


@router.post("/register")
def register_connection(identity: Writing, form: Form) -> Response:
    """A new address of a connection, registered at its vendor."""
    _registrations(identity).connect(text(form, "connection"))
    return onward("/webhooks", "registered")


@router.post("/{webhook}/register")
def register(webhook: str, identity: Writing) -> Response:
    """Tells the vendor of an address by its API."""
    _registrations(identity).register(webhook)
    return onward("/webhooks", "registered")


@router.post("/{webhook}/unregister")
def unregister(webhook: str, identity: Writing) -> Response:
    """Has the vendor forget an address."""
    _registrations(identity).unregister(webhook)
    return onward("/webhooks", "unregistered")


@router.get("/{webhook}/registration")
def show_registration(request: Request, webhook: str, identity: Reading) -> Response:
    """What the vendor says of an address now."""
    return page(request, "webhooks/registration.html", {
        "endpoint": _webhooks(identity).show(webhook), "standing": _registrations(identity).standing(webhook),
    })  # fmt: skip


@router.post("/{webhook}/secret")
def change_secret(webhook: str, identity: Writing, form: Form) -> Response:
    """Another secret; the old one is accepted for three days longer."""
    _webhooks(identity).change_secret(webhook, text(form, "secret")[:1000])
    return onward("/webhooks", "saved")


@router.post("/{webhook}/remove")
def remove_webhook(webhook: str, identity: Writing) -> Response:
    """Forgets an address and its deliveries."""
    _webhooks(identity).remove(webhook)
    return onward("/webhooks", "saved")


@router.post("/deliveries/{delivery}/replay")
def replay(delivery: str, identity: Writing) -> Response:
    """Processes a delivery once more."""
    _events(identity).replay(delivery)
    return onward("/webhooks", "replayed")


def _webhooks(identity: Identity) -> Webhooks:
    return Webhooks(identity.store, identity.vault, identity.tenant_id, identity.actor)


def _registrations(identity: Identity) -> Registrations:
    return Registrations(identity.store, identity.vault, identity.tenant_id, identity.actor)


def _events(identity: Identity) -> Events:
    return Events(identity.store, identity.vault, identity.tenant_id, identity.actor)
