"""Stripe's `expand`: ids inside an object are replaced by the objects they stand for."""

from __future__ import annotations

from typing import Any

from sandbox.stripe.billing_objects import embedded
from sandbox.stripe.books import Books
from sandbox.stripe.errors import StripeError
from sandbox.stripe.objects import Json

EXPANDABLE = {
    "balance_transaction",
    "charge",
    "customer",
    "default_payment_method",
    "default_price",
    "default_source",
    "invoice",
    "latest_charge",
    "latest_invoice",
    "payment_intent",
    "payment_method",
    "product",
    "source",
    "subscription",
    "destination",
}


def _refunds_of(books: Books, charge: Json) -> Json:
    found = [books.shape("refunds", r) for r in books.collection("refunds").live.values() if r.charge == charge["id"]]
    return embedded(found[::-1], f"/v1/charges/{charge['id']}/refunds")


def _subscriptions_of(books: Books, customer: Json) -> Json:
    known = books.collection("subscriptions").live.values()
    found = [books.shape("subscriptions", s) for s in known if s.customer == customer["id"] and s.status != "canceled"]
    return embedded(found[::-1], f"/v1/customers/{customer['id']}/subscriptions")


# Lists that Stripe leaves out unless asked for.
INCLUDABLE = {("charge", "refunds"): _refunds_of, ("customer", "subscriptions"): _subscriptions_of}


def _refuse(path: str) -> StripeError:
    message = f"This property cannot be expanded ({path})."
    return StripeError(400, message, "property_cannot_be_expanded" if "." not in path else None, "expand")


def expand(books: Books, target: Json, steps: list[str], path: str) -> None:
    """Replace what `steps` lead to inside `target`; raise StripeError where nothing can be expanded."""
    name, rest = steps[0], steps[1:]
    include = INCLUDABLE.get((str(target.get("object")), name))
    if include is not None and name not in target:
        target[name] = include(books, target)
    if name not in target:
        if target.get("deleted"):
            return
        raise _refuse(path)
    value: Any = target[name]
    if isinstance(value, str):
        if name not in EXPANDABLE:
            raise _refuse(path)
        target[name] = value = books.find(value) or value
    if not rest:
        return
    for inner in value if isinstance(value, list) else [value]:
        if isinstance(inner, dict):
            expand(books, inner, rest, path)


def expand_all(books: Books, target: Json, paths: list[str]) -> None:
    """Apply every expand[] of a request."""
    for path in paths:
        expand(books, target, path.split("."), path)
