"""Stripe's objects by resource: which there are now, and their shape."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sandbox.business.model import Account, Price
from sandbox.business.payments import Dispute, Invoice, Subscription
from sandbox.business.snapshot import Snapshot
from sandbox.business.timeline import Collection, Timeline
from sandbox.stripe import billing_objects, objects, payment_objects
from sandbox.stripe.objects import Json
from sandbox.world import World

# Resource (as in its path) -> collection of the snapshot.
COLLECTIONS = {
    "customers": "stripe_customers",
    "products": "stripe_products",
    "prices": "prices",
    "payment_intents": "payment_intents",
    "charges": "charges",
    "refunds": "stripe_refunds",
    "invoices": "invoices",
    "subscriptions": "subscriptions",
    "balance_transactions": "balance_transactions",
    "payouts": "payouts",
    "disputes": "disputes",
}
# The beginning of an id tells the resource.
PREFIXES = {
    "cus": "customers",
    "prod": "products",
    "price": "prices",
    "pi": "payment_intents",
    "ch": "charges",
    "re": "refunds",
    "in": "invoices",
    "sub": "subscriptions",
    "txn": "balance_transactions",
    "po": "payouts",
    "dp": "disputes",
}


class Books:
    """Looks objects up and gives them Stripe's shape."""

    def __init__(self, world: World) -> None:
        self.world = world
        timelines: dict[str, list[Timeline[Any]]] = world.business.timelines()
        self.prices: dict[str, Price] = {t.versions[0].id: t.versions[0] for t in timelines["prices"]}
        self.customers: dict[str, Timeline[Account]] = {t.versions[0].id: t for t in timelines["stripe_customers"]}
        self.shapes: dict[str, Callable[[Any], Json]] = {
            "customers": objects.customer,
            "products": objects.product,
            "prices": objects.price,
            "payment_intents": payment_objects.payment_intent,
            "charges": payment_objects.charge,
            "refunds": objects.refund,
            "invoices": self.invoice,
            "subscriptions": self.subscription,
            "balance_transactions": objects.balance_transaction,
            "payouts": objects.payout,
            "disputes": self.dispute,
        }

    def collection(self, resource: str) -> Collection[Any]:
        """Return a resource's objects as they are now."""
        found: Collection[Any] = getattr(self.world.snapshot(), COLLECTIONS[resource])
        return found

    def shape(self, resource: str, known: Any) -> Json:
        """Return an object in Stripe's shape."""
        return self.shapes[resource](known)

    def find(self, made: str) -> Json | None:
        """Return the object with this id as it is now, a stub where it was deleted, null where there is none."""
        resource = PREFIXES.get(made.partition("_")[0])
        if resource is None:
            return None
        collection = self.collection(resource)
        if made in collection.live:
            return self.shape(resource, collection.live[made])
        return objects.deleted(made, resource.removesuffix("s")) if made in collection.deleted else None

    def invoice_lines(self, known: Invoice) -> list[Json]:
        """Return the lines of an invoice."""
        return [billing_objects.invoice_line(line, known.subscription, self.prices[line.price]) for line in known.lines]

    def invoice(self, known: Invoice) -> Json:
        """Return an invoice; what it says of its customer is from the time of its finalisation."""
        customer = self.customers[known.customer].at(known.finalized or known.created)
        return billing_objects.invoice(known, customer, self.invoice_lines(known))

    def subscription(self, known: Subscription) -> Json:
        """Return a subscription."""
        return billing_objects.subscription(known, self.prices[known.price])

    def dispute(self, known: Dispute) -> Json:
        """Return a dispute with its balance transactions."""
        entries = self.world.snapshot().balance_transactions.live
        moved = [objects.balance_transaction(entries[e]) for e in known.balance_transactions if e in entries]
        return objects.dispute(known, moved)

    def snapshot(self) -> Snapshot:
        """Return the state now."""
        return self.world.snapshot()
