"""What Stripe's official description and samples say of tap-stripe beyond what holds for every platform."""

import contextlib
from typing import Any

import pytest

from taps.contracts.comparison import compare
from taps.contracts.fields import place_of
from taps.descriptions.schemas import Undescribed
from taps.engine.load import load
from taps.engine.manifest import Stream
from tests.contracts.descriptions import read, specs

MANIFEST = load("stripe")
STREAMS = list(MANIFEST.streams)
SAMPLES = {
    "customers": "customer",
    "products": "product",
    "prices": "price",
    "plans": "plan",
    "coupons": "coupon",
    "promotion_codes": "promotion_code",
    "charges": "charge",
    "payment_intents": "payment_intent",
    "payment_methods": "payment_method",
    "refunds": "refund",
    "disputes": "dispute",
    "early_fraud_warnings": "radar.early_fraud_warning",
    "reviews": "review",
    "setup_intents": "setup_intent",
    "setup_attempts": "setup_attempt",
    "checkout_sessions": "checkout.session",
    "checkout_session_line_items": "item",
    "invoices": "invoice",
    "invoice_lines": "line_item",
    "invoice_items": "invoiceitem",
    "invoice_payments": "invoice_payment",
    "credit_notes": "credit_note",
    "credit_note_lines": "credit_note_line_item",
    "subscriptions": "subscription",
    "subscription_items": "subscription_item",
    "subscription_schedules": "subscription_schedule",
    "quotes": "quote",
    "payment_links": "payment_link",
    "tax_rates": "tax_rate",
    "shipping_rates": "shipping_rate",
    "balance_transactions": "balance_transaction",
    "payouts": "payout",
    "payout_balance_transactions": "balance_transaction",
    "topups": "topup",
    "transfers": "transfer",
    "transfer_reversals": "transfer_reversal",
    "application_fees": "application_fee",
    "application_fee_refunds": "fee_refund",
    "accounts": "account",
    "external_account_bank_accounts": "bank_account",
    "external_account_cards": "card",
    "persons": "person",
    "issuing_authorizations": "issuing.authorization",
    "issuing_cardholders": "issuing.cardholder",
    "issuing_cards": "issuing.card",
    "issuing_disputes": "issuing.dispute",
    "issuing_transactions": "issuing.transaction",
    "files": "file",
    "file_links": "file_link",
    "events": "event",
}
"""Stream -> its object's name in the description and in the samples."""


def stream(name: str) -> Stream:
    return MANIFEST.resolved(name)


@pytest.mark.parametrize("name", [name for name in STREAMS if "expand[]" in MANIFEST.streams[name].params])
def test_what_is_expanded_can_be(name: str) -> None:
    schemas: Any = read("stripe", "stripe_get.json")["components"]["schemas"]
    changes = stream(name).changes
    again = changes.detail.params.get("expand[]", []) if changes and changes.detail else []
    expanded = [field.removeprefix("data.") for field in stream(name).params["expand[]"]]
    assert expanded == again, "a record read again must hold what the list holds"
    assert set(expanded) <= set(schemas[SAMPLES[name]]["x-expandableFields"])


@pytest.mark.parametrize("name", STREAMS)
def test_nothing_the_description_or_sample_has_is_left_out(name: str) -> None:
    specs()
    known = set(read("stripe", "fixtures3.json")["resources"].get(SAMPLES[name], {}))
    with contextlib.suppress(Undescribed):
        place = place_of(MANIFEST, name, compare("stripe").recording)
        known |= set(place.schemas.properties(place.schema)) - {"deleted"}
    assert known <= set(stream(name).fields)


@pytest.mark.parametrize("name", [name for name in STREAMS if MANIFEST.streams[name].changes])
def test_event_types_are_of_the_streams_own_object(name: str) -> None:
    changes = stream(name).changes
    assert changes is not None
    assert len(changes.types) <= 20, "Stripe takes up to 20 types: https://docs.stripe.com/api/events/list"
    for kind in changes.types:
        about = kind.rpartition(".")[0].replace("issuing_", "issuing.")
        assert SAMPLES[name] in {about, about.rpartition(".")[2]}


def test_the_manifest_asks_for_one_api_version() -> None:
    assert MANIFEST.checked.api_version == "2026-07-29.dahlia"
    assert MANIFEST.http.headers["Stripe-Version"] == "{checked.api_version}"


def test_every_stream_is_compared() -> None:
    assert set(SAMPLES) == set(STREAMS)
