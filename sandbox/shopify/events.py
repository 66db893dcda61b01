"""The shop's log of what happened to products: the only trace of a deleted one.

Source: https://shopify.dev/docs/api/admin-graphql/2026-07/interfaces/Event. As with the vendor,
customers leave no trace here.
"""

from __future__ import annotations

from dataclasses import dataclass

from sandbox.business.snapshot import Snapshot
from sandbox.shopify.nodes import Node, digits, made_up_id, moment


@dataclass(frozen=True, slots=True)
class ProductEvent:
    """A product that was created or destroyed."""

    id: str
    action: str  # create | destroy
    at: int
    subject: str
    title: str


def product_events(snapshot: Snapshot) -> dict[str, ProductEvent]:
    """Return the events known at the snapshot's moment by id, oldest first."""
    found = [_event("create", item.created, item.id, item.title) for item in snapshot.products.live.values()]
    for gone, item in snapshot.products.deleted.values():
        found.append(_event("create", item.created, item.id, item.title))
        found.append(_event("destroy", gone, item.id, item.title))
    return {event.id: event for event in sorted(found, key=lambda event: (event.at, event.id))}


def _event(action: str, at: int, subject: str, title: str) -> ProductEvent:
    # The number grows with time, as the vendor's does: sorting by ID is sorting by age.
    number = at * 100_000 + int(digits(made_up_id("BasicEvent", action, subject))) % 100_000
    return ProductEvent(f"gid://shopify/BasicEvent/{number}", action, at, subject, title)


def basic_event(event: ProductEvent) -> Node:
    """Return a BasicEvent."""
    done = "created a new product" if event.action == "create" else "deleted a product"
    return {
        "__typename": "BasicEvent",
        "id": event.id,
        "action": event.action,
        "additionalContent": None,
        "additionalData": None,
        "appTitle": None,
        "arguments": [event.title],
        "attributeToApp": False,
        "attributeToUser": True,
        "author": "The shop's owner",
        "createdAt": moment(event.at),
        "criticalAlert": False,
        "hasAdditionalContent": False,
        "secondaryMessage": None,
        "message": f"The shop's owner {done}: {event.title}.",
        "subjectId": event.subject,
        "subjectType": "PRODUCT",
    }
