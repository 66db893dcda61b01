"""Answers Stripe's list requests."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from sandbox.business.snapshot import Snapshot
from sandbox.stripe import billing_objects, objects
from sandbox.stripe.books import Books
from sandbox.stripe.errors import StripeError, unknown_object
from sandbox.stripe.events import Event, EventFeed
from sandbox.stripe.expansion import expand_all
from sandbox.stripe.objects import Json
from sandbox.stripe.pages import page
from sandbox.stripe.parameters import Parameters, parse
from sandbox.stripe.resources import LISTINGS

Query = Iterable[tuple[str, str]]
MAX_TYPES = 20


class Lists:
    """Lists of everything in the books, newest first."""

    def __init__(self, books: Books) -> None:
        self.books = books
        self._for: Snapshot | None = None
        self._ordered: dict[str, tuple[list[Any], dict[str, int]]] = {}

    def _items(self, resource: str) -> tuple[list[Any], dict[str, int]]:
        """Return the resource's objects, newest first, and where each id stands."""
        now = self.books.world.snapshot()
        if now is not self._for:
            self._for, self._ordered = now, {}
        if resource not in self._ordered:
            items = sorted(
                self.books.collection(resource).live.values(), key=lambda known: (known.created, known.id), reverse=True
            )
            self._ordered[resource] = (items, {known.id: place for place, known in enumerate(items)})
        return self._ordered[resource]

    def answer(self, resource: str, query: Query, url: str | None = None) -> Json:
        """Return a page of a resource."""
        listing = LISTINGS[resource]
        asked = parse(query, listing.ranges, listing.filters)
        items, places = self._items(resource)

        def matches(known: Any) -> bool:
            if resource == "subscriptions" and "status" not in asked.filters and known.status == "canceled":
                return False
            if "ids" in asked.lists and known.id not in asked.lists["ids"]:
                return False
            dated = all(asked.within(name, getattr(known, key)) for name, key in listing.ranges.items())
            return dated and all(listing.filters[name](known, value) for name, value in asked.filters.items())

        made = page(
            items,
            asked,
            lambda known: self.books.shape(resource, known),
            matches=matches,
            position=lambda made: self._place(resource, made, items, places),
            kind=resource.removesuffix("s"),
            url=url or f"/v1/{resource}",
        )
        expand_all(self.books, made, asked.expand)
        return made

    def _place(self, resource: str, made: str, items: list[Any], places: dict[str, int]) -> int | None:
        """Return an id's place; one deleted between two pages keeps the place it had."""
        if made in places:
            return places[made]
        gone = self.books.collection(resource).deleted.get(made)
        if gone is None:
            return None
        key = (gone[1].created, made)
        return sum((known.created, known.id) > key for known in items) - 1

    def events(self, feed: EventFeed, query: Query) -> Json:
        """Return a page of events."""
        asked = parse(query, ("created",), ("delivery_success", "type", "types"))
        types = asked.lists.get("types", [])
        if "type" in asked.filters and types:
            raise StripeError(400, "You may only specify one of these parameters: type, types.", param="type")
        if len(types) > MAX_TYPES:
            raise StripeError(400, f"You may only specify up to {MAX_TYPES} types.", param="types")
        known = feed.known()
        wanted = types or ([asked.filters["type"]] if "type" in asked.filters else [])

        def matches(event: Event) -> bool:
            return asked.within("created", event.at) and (not wanted or _is_one_of(event.kind, wanted))

        # Deliveries always succeed here, so asking for failed ones finds nothing.
        if asked.filters.get("delivery_success") == "false":
            known = []
        return page(
            known,
            asked,
            feed.shape,
            matches=matches,
            position=lambda made: next((i for i, event in enumerate(known) if event.id == made), None),
            kind="event",
            url="/v1/events",
        )

    def invoice_lines(self, made: str, query: Query) -> Json:
        """Return a page of an invoice's lines."""
        invoice = self.books.collection("invoices").live.get(made)
        if invoice is None:
            raise unknown_object("invoice", made, "invoice")
        asked = parse(query, (), ())
        return self._few(self.books.invoice_lines(invoice), asked, "line_item", f"/v1/invoices/{made}/lines")

    def subscription_items(self, query: Query) -> Json:
        """Return the items of one subscription, which has to be named."""
        asked = parse(query, (), ("subscription",))
        if "subscription" not in asked.filters:
            raise StripeError(400, "Missing required param: subscription.", "parameter_missing", "subscription")
        made = asked.filters["subscription"]
        known = self.books.collection("subscriptions").live.get(made)
        if known is None:
            raise unknown_object("subscription", made, "subscription")
        item = billing_objects.subscription_item(known, self.books.prices[known.price])
        return self._few([item], asked, "subscription_item", "/v1/subscription_items")

    def plans(self, query: Query) -> Json:
        """Return a page of plans."""
        asked = parse(query, ("created",), ("active", "product"))
        known = [
            price
            for price in self._items("prices")[0]
            if price.interval
            and asked.within("created", price.created)
            and asked.filters.get("product", price.product) == price.product
            and asked.filters.get("active", "true") == str(price.active).lower()
        ]
        return self._few([objects.plan(price) for price in known], asked, "plan", "/v1/plans")

    def invoice_payments(self, query: Query) -> Json:
        """Return a page of the payments of finalised invoices (a list Stripe has since API version 2025-03-31)."""
        asked = parse(query, ("created",), ("invoice", "payment", "status"))
        shapes = [billing_objects.invoice_payment(known) for known in self._items("invoices")[0] if known.intent]
        shapes.sort(key=lambda shape: (shape["created"], shape["id"]), reverse=True)
        wanted = [
            shape
            for shape in shapes
            if asked.within("created", shape["created"])
            and all(shape[name] == value for name, value in asked.filters.items() if name != "payment")
        ]
        return self._few(wanted, asked, "invoice_payment", "/v1/invoice_payments")

    def _few(self, shapes: list[Json], asked: Parameters, kind: str, url: str) -> Json:
        places = {shape["id"]: place for place, shape in enumerate(shapes)}
        made = page(
            shapes, asked, lambda shape: shape, matches=lambda _shape: True, position=places.get, kind=kind, url=url
        )
        expand_all(self.books, made, asked.expand)
        return made


def _is_one_of(kind: str, wanted: list[str]) -> bool:
    return any(kind == w or (w.endswith("*") and kind.startswith(w[:-1])) for w in wanted)
