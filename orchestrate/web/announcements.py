"""Alerts: who is told of what happens here, and what was told."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Request
from fastapi.responses import Response

from orchestrate.announce.outbox import KINDS
from orchestrate.announce.service import Announcements
from orchestrate.api.access import Identity
from orchestrate.web.asking import Form, needs, text, texts
from orchestrate.web.pages import onward, page

router = APIRouter(prefix="/alerts")
Reading = Annotated[Identity, Depends(needs("webhooks:read"))]
Writing = Annotated[Identity, Depends(needs("webhooks:write"))]
PART, ADDRESSES = 50, 1000


@router.get("")
def list_alerts(request: Request, identity: Reading) -> Response:
    """The addresses, and the newest announcements."""
    return _drawn(request, identity, None)


@router.post("")
def subscribe(request: Request, identity: Writing, form: Form) -> Response:
    """Tells an address from now on; its secret is shown on the page that answers, and never again."""
    _, secret = _service(identity).subscribe(text(form, "url")[:2000], texts(form, "kind"))
    return _drawn(request, identity, secret) if secret else onward("/alerts", "saved")


@router.post("/{subscription}/secret")
def change_secret(request: Request, subscription: str, identity: Writing) -> Response:
    """A new secret, shown on the page that answers."""
    return _drawn(request, identity, _service(identity).change_secret(subscription))


@router.post("/{subscription}/enable")
def enable(subscription: str, identity: Writing) -> Response:
    """Tells an address again that took nothing for days."""
    _service(identity).enable(subscription)
    return onward("/alerts", "saved")


@router.post("/{subscription}/remove")
def remove(subscription: str, identity: Writing) -> Response:
    """Tells an address nothing any more."""
    _service(identity).remove(subscription)
    return onward("/alerts", "saved")


@router.post("/sent/{announcement}/again")
def send_again(announcement: str, identity: Writing) -> Response:
    """Delivers an announcement once more."""
    _service(identity).send_again(announcement)
    return onward("/alerts", "sent")


def _drawn(request: Request, identity: Identity, secret: str | None) -> Response:
    service = _service(identity)
    return page(request, "webhooks/alerts.html", {
        "subscriptions": service.part(ADDRESSES), "sent": service.sent(PART), "kinds": KINDS, "secret": secret,
    })  # fmt: skip


def _service(identity: Identity) -> Announcements:
    return Announcements(identity.store, identity.vault, identity.tenant_id, identity.actor)
