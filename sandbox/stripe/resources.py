"""Which lists Stripe has, and by what each can be filtered (https://docs.stripe.com/api)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

Test = Callable[[Any, str], bool]


def _attribute(name: str) -> Test:
    return lambda known, value: getattr(known, name) == value


def _flag(name: str) -> Test:
    return lambda known, value: getattr(known, name) == (value == "true")


def _nothing(_known: Any, _value: str) -> bool:
    return False


def _anything(_known: Any, _value: str) -> bool:
    return True


@dataclass(frozen=True, slots=True)
class Listing:
    """A list's parameters beside paging: ranges (times) by attribute, and filters by what they test."""

    ranges: dict[str, str] = field(default_factory=lambda: {"created": "created"})
    filters: dict[str, Test] = field(default_factory=dict)


def _subscription_status(known: Any, value: str) -> bool:
    if value == "all":
        return True
    return bool(known.status == "canceled" if value == "ended" else known.status == value)


LISTINGS = {
    "customers": Listing(filters={"email": _attribute("email"), "test_clock": _nothing}),
    "products": Listing(
        filters={
            "active": _flag("active"),
            "ids": _anything,
            "shippable": _nothing,
            "url": _nothing,
        }
    ),
    "prices": Listing(
        filters={
            "active": _flag("active"),
            "currency": _attribute("currency"),
            "lookup_keys": _nothing,
            "product": _attribute("product"),
            "recurring": _anything,
            "type": lambda known, value: (value == "recurring") == (known.interval is not None),
        }
    ),
    "payment_intents": Listing(filters={"customer": _attribute("customer")}),
    "charges": Listing(
        filters={
            "customer": _attribute("customer"),
            "payment_intent": _attribute("intent"),
            "transfer_group": _nothing,
        }
    ),
    "refunds": Listing(filters={"charge": _attribute("charge"), "payment_intent": _attribute("intent")}),
    "invoices": Listing(
        ranges={"created": "created", "due_date": "created"},
        filters={
            "collection_method": lambda _known, value: value == "charge_automatically",
            "customer": _attribute("customer"),
            "status": _attribute("status"),
            "subscription": _attribute("subscription"),
        },
    ),
    "subscriptions": Listing(
        ranges={
            "created": "created",
            "current_period_end": "period_end",
            "current_period_start": "period_start",
        },
        filters={
            "automatic_tax": _nothing,
            "collection_method": lambda _known, value: value == "charge_automatically",
            "customer": _attribute("customer"),
            "price": _attribute("price"),
            "status": _subscription_status,
            "test_clock": _nothing,
        },
    ),
    "balance_transactions": Listing(
        filters={
            "currency": _attribute("currency"),
            "payout": _attribute("payout"),
            "source": _attribute("source"),
            "type": _attribute("kind"),
        }
    ),
    "payouts": Listing(
        ranges={"arrival_date": "arrival", "created": "created"},
        filters={"destination": _anything, "status": _attribute("status")},
    ),
    "disputes": Listing(filters={"charge": _attribute("charge"), "payment_intent": _attribute("intent")}),
}

# Lists of what this business does not have: parameters beside paging and created, and whether created is one.
EMPTY: dict[str, tuple[tuple[str, ...], bool]] = {
    "coupons": ((), True),
    "promotion_codes": (("active", "code", "coupon", "customer"), True),
    "credit_notes": (("customer", "invoice"), True),
    "setup_intents": (("attach_to_self", "customer", "payment_method"), True),
    "setup_attempts": (("setup_intent",), True),
    "checkout/sessions": (("customer", "customer_details", "payment_intent", "payment_link", "subscription"), True),
    "invoiceitems": (("customer", "invoice", "pending"), True),
    "transfers": (("destination", "transfer_group"), True),
    "topups": (("amount", "status"), True),
    "payment_links": (("active",), False),
    "payment_methods": (("customer", "type"), False),
    "application_fees": (("charge",), True),
    "reviews": ((), True),
    "shipping_rates": (("active", "currency"), True),
    "tax_rates": (("active", "inclusive"), True),
    "accounts": ((), True),
    "radar/early_fraud_warnings": (("charge", "payment_intent"), True),
    "subscription_schedules": (("canceled_at", "completed_at", "customer", "released_at", "scheduled"), True),
    "files": (("purpose",), True),
    "file_links": (("expired", "file"), True),
    "quotes": (("customer", "status", "test_clock"), False),
    "issuing/authorizations": (("card", "cardholder", "status"), True),
    "issuing/cardholders": (("email", "phone_number", "status", "type"), True),
    "issuing/cards": (("cardholder", "exp_month", "exp_year", "last4", "status", "type"), True),
    "issuing/disputes": (("status", "transaction"), True),
    "issuing/transactions": (("card", "cardholder", "type"), True),
}
