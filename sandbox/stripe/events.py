"""Stripe's event feed: every change of the last thirty days, with the object as it was then."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from sandbox.business.chance import DAY
from sandbox.business.timeline import Timeline
from sandbox.stripe.books import COLLECTIONS, Books
from sandbox.stripe.objects import API_VERSION, Json

RETENTION = 30 * DAY
# Balance transactions change without any event.
SILENT = {"balance_transactions"}
NAMES = {
    "customers": "customer",
    "products": "product",
    "prices": "price",
    "payment_intents": "payment_intent",
    "charges": "charge",
    "refunds": "refund",
    "invoices": "invoice",
    "subscriptions": "customer.subscription",
    "payouts": "payout",
    "disputes": "charge.dispute",
}


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happened to an object: its version then and, for updates, the one before."""

    at: int
    kind: str
    resource: str
    now: Any
    before: Any | None

    @property
    def id(self) -> str:
        """The event's id, the same whenever it is asked for."""
        digest = hashlib.sha256(f"{self.now.id}:{self.at}:{self.kind}".encode()).hexdigest()
        return f"evt_1N{digest[:22]}"


def _intent_kinds(now: Any, before: Any | None) -> list[str]:
    if before is None:
        return ["payment_intent.created"]
    if now.status != before.status:
        changed = {
            "succeeded": "payment_intent.succeeded",
            "requires_capture": "payment_intent.amount_capturable_updated",
            "canceled": "payment_intent.canceled",
        }
        return [changed[now.status]]
    return ["payment_intent.payment_failed"]


def _charge_kinds(now: Any, before: Any | None) -> list[str]:
    if before is None:
        return [f"charge.{now.status}"]
    if now.captured > before.captured:
        return ["charge.captured"]
    return ["charge.refunded"] if now.refunded > before.refunded else ["charge.updated"]


def _invoice_kinds(now: Any, before: Any | None) -> list[str]:
    if before is None:
        return ["invoice.created"]
    if now.status == before.status:
        return ["invoice.payment_failed", "invoice.updated"]
    changed = {
        "open": ["invoice.finalized"],
        "paid": ["invoice.paid", "invoice.payment_succeeded"],
        "uncollectible": ["invoice.marked_uncollectible"],
    }
    return [*changed[now.status], "invoice.updated"]


def _kinds(resource: str, now: Any, before: Any | None) -> list[str]:
    special = {"payment_intents": _intent_kinds, "charges": _charge_kinds, "invoices": _invoice_kinds}
    if resource in special:
        return special[resource](now, before)
    name = NAMES[resource]
    if before is None:
        return [f"{name}.created"]
    if resource == "subscriptions" and now.status == "canceled":
        return [f"{name}.deleted"]
    if resource == "payouts" and now.status == "paid":
        return [f"{name}.paid", f"{name}.updated"]
    if resource == "disputes" and now.status in ("won", "lost"):
        return [f"{name}.closed"]
    return [f"{name}.updated"]


def _of(books: Books, resource: str, timeline: Timeline[Any], since: int, now: int) -> Iterator[Event]:
    before = None
    for version in timeline.versions:
        if version.updated > now or (timeline.deleted is not None and version.updated >= timeline.deleted):
            break
        if version.updated >= since and _is_visible(books, resource, version, before):
            for kind in _kinds(resource, version, before):
                yield Event(version.updated, kind, resource, version, before)
        before = version
    if before is not None and timeline.deleted is not None and since <= timeline.deleted <= now:
        yield Event(timeline.deleted, f"{NAMES[resource]}.deleted", resource, before, None)


def _is_visible(books: Books, resource: str, version: Any, before: Any | None) -> bool:
    """Return whether a version differs in what Stripe holds: it knows nothing of a customer's consent or tags."""
    return before is None or books.shape(resource, version) != books.shape(resource, before)


def _difference(now: Json, before: Json) -> Json:
    """Return what `before` held where it differs from `now`, as deep as objects go."""
    changed: Json = {}
    for name, value in before.items():
        current = now.get(name)
        if value == current:
            continue
        deeper = isinstance(value, dict) and isinstance(current, dict)
        changed[name] = _difference(current, value) if deeper and isinstance(current, dict) else value
    changed.update({name: None for name in now if name not in before})
    return changed


class EventFeed:
    """The events known now, newest first."""

    def __init__(self, books: Books) -> None:
        self.books = books
        self._now = -1
        self._known: list[Event] = []

    def known(self) -> list[Event]:
        """Return the events of the last thirty days, newest first."""
        now = self.books.world.now
        if now != self._now:
            timelines = self.books.world.business.timelines()
            found = [
                event
                for resource, name in COLLECTIONS.items()
                if resource not in SILENT
                for timeline in timelines[name]
                for event in _of(self.books, resource, timeline, now - RETENTION, now)
            ]
            found.sort(key=lambda event: (event.at, event.now.id, event.kind), reverse=True)
            self._known, self._now = found, now
        return self._known

    def shape(self, event: Event) -> Json:
        """Return an event in Stripe's shape."""
        current = self.books.shape(event.resource, event.now)
        data: Json = {"object": current}
        if event.before is not None:
            data["previous_attributes"] = _difference(current, self.books.shape(event.resource, event.before))
        return {
            "id": event.id,
            "object": "event",
            "api_version": API_VERSION,
            "created": event.at,
            "data": data,
            "livemode": False,
            "pending_webhooks": 0,
            "request": {"id": None, "idempotency_key": None},
            "type": event.kind,
        }
