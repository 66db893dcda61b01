"""tap-stripe's requests and fields against Stripe's official description and its official samples.

The description at hand is of API version 2023-08-16, the samples are of the version the manifest asks for. Fields newer
than both are listed here by name, each found in the type definitions of stripe-node 22.5.0 (2026-07-29.dahlia).
"""

from typing import Any

import pytest

from taps.engine.load import load
from taps.engine.manifest import Manifest, Stream
from tests.contracts.openapi import OpenApi, Operation, read

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
NEWER: dict[str, set[str]] = {
    "customers": {"business_name", "customer_account", "individual_name"},
    "charges": {"authorization_code", "level3", "presentment_details"},
    "payment_intents": {"allowed_payment_method_types", "hooks", "payment_details", "presentment_details"},
    "payment_methods": {
        "alma",
        "amazon_pay",
        "billie",
        "bizum",
        "crypto",
        "custom",
        "kakao_pay",
        "kr_card",
        "mb_way",
        "mobilepay",
        "multibanco",
        "naver_pay",
        "nz_bank_account",
        "pay_by_bank",
        "payco",
        "payto",
        "revolut_pay",
        "samsung_pay",
        "satispay",
        "scalapay",
        "sunbit",
        "swish",
        "twint",
        "upi",
    },
    "refunds": {"pending_reason", "presentment_details"},
    "disputes": {"network_reason_code"},
    "setup_intents": {"allowed_payment_method_types", "customer_account", "managed_payments"},
    "checkout_sessions": {
        "branding_settings",
        "excluded_payment_method_types",
        "name_collection",
        "optional_items",
        "presentment_details",
        "redirect_on_completion",
        "return_url",
    },
    "invoices": {"amount_paid_off_stripe", "confirmation_secret", "payments"},
    "invoice_items": {"proration_details"},
    "subscriptions": {"presentment_details"},
    "subscription_items": {"billed_until"},
    "payment_links": {"name_collection", "optional_items"},
    "topups": {"payment_method", "payment_method_options"},
    "accounts": {"groups"},
    "external_account_cards": {"allow_redisplay", "description", "iin", "issuer", "networks"},
    "persons": {"us_cfpb_data"},
    "issuing_authorizations": {"fraud_challenges"},
    "issuing_disputes": {"loss_reason"},
    "events": {"context"},
}
"""https://github.com/stripe/stripe-node/tree/v22.5.0/src/resources"""
UNDESCRIBED = {"invoice_payments"}
"""Endpoints of API version 2025-03-31 and later: https://docs.stripe.com/api/invoice-payment/list"""


@pytest.fixture(scope="module")
def described() -> OpenApi:
    return OpenApi(read("stripe", "stripe_get.json"), prefix="/v1")


@pytest.fixture(scope="module")
def samples() -> dict[str, Any]:
    resources: dict[str, Any] = read("stripe", "fixtures3.json")["resources"]
    return resources


def stream(name: str) -> Stream:
    return MANIFEST.resolved(name)


def operation(described: OpenApi, name: str) -> Operation:
    if name in UNDESCRIBED:
        pytest.skip(f"{name}: newer than the official description at hand")
    return described.find("GET", stream(name).path or "")


@pytest.mark.parametrize("name", STREAMS)
def test_requests_are_described(described: OpenApi, name: str) -> None:
    asked = stream(name)
    known = operation(described, name).query_names()
    assert asked.method in {None, "GET"}
    assert asked.pages is not None
    sent = {*asked.params, *asked.pages.size, getattr(asked.pages, "send", "")}
    assert sent <= known


@pytest.mark.parametrize("name", [name for name in STREAMS if "expand[]" in MANIFEST.streams[name].params])
def test_what_is_expanded_can_be(described: OpenApi, name: str) -> None:
    changes = stream(name).changes
    again = changes.detail.params.get("expand[]", []) if changes and changes.detail else []
    expanded = [field.removeprefix("data.") for field in stream(name).params["expand[]"]]
    assert expanded == again, "a record read again must hold what the list holds"
    assert set(expanded) <= set(described.schema(SAMPLES[name])["x-expandableFields"])


@pytest.mark.parametrize("name", STREAMS)
def test_records_stand_where_the_description_says(described: OpenApi, name: str) -> None:
    answer = operation(described, name).answer_schema()
    asked = stream(name)
    assert asked.records == "data"
    assert "id" in described.properties(described.item(described.at(answer, "data")))
    assert described.at(answer, "has_more")["type"] == "boolean"


@pytest.mark.parametrize("name", STREAMS)
def test_fields_are_described_with_their_types(described: OpenApi, samples: dict[str, Any], name: str) -> None:
    asked = stream(name)
    carried = set(asked.parent.carry) if asked.parent else set()
    sample = samples.get(SAMPLES[name], {})
    known = {} if name in UNDESCRIBED else described.properties(described.schema(SAMPLES[name]))
    wrong = []
    for column, spec in asked.fields.items():
        if column in carried:
            continue
        if column in known:
            if not described.accepts(known[column], spec.kind):
                wrong.append(f"{column}: {spec.kind}")
        elif column in sample:
            if not sampled_as(sample[column], spec.kind):
                wrong.append(f"{column}: {spec.kind}, sample {type(sample[column]).__name__}")
        elif column not in NEWER.get(name, set()):
            wrong.append(f"{column}: unknown to Stripe")
    assert wrong == []


@pytest.mark.parametrize("name", STREAMS)
def test_nothing_the_description_or_sample_has_is_left_out(
    described: OpenApi, samples: dict[str, Any], name: str
) -> None:
    known = set() if name in UNDESCRIBED else set(described.properties(described.schema(SAMPLES[name])))
    assert known | set(samples.get(SAMPLES[name], {})) <= set(stream(name).fields)


def test_listed_as_newer_are_really_newer(described: OpenApi, samples: dict[str, Any]) -> None:
    for name, fields in NEWER.items():
        assert fields <= set(stream(name).fields)
        assert not fields & set(described.properties(described.schema(SAMPLES[name])))
        assert not fields & set(samples[SAMPLES[name]])


@pytest.mark.parametrize("name", [name for name in STREAMS if MANIFEST.streams[name].parent])
def test_embedded_children_stand_in_the_described_parent(described: OpenApi, name: str) -> None:
    parent = MANIFEST.streams[name].parent
    assert parent is not None
    if parent.inside is None:
        pytest.skip(f"{name} is read by a request of its own")
    above = described.schema(SAMPLES[str(parent.stream)])
    children = described.item(described.at(above, str(parent.inside)))
    assert "id" in described.properties(children)
    assert described.accepts(described.at(above, str(parent.more)), "boolean")


def test_the_event_feed_is_described(described: OpenApi) -> None:
    feed = MANIFEST.feeds["events"]
    events = described.find("GET", feed.path)
    assert {feed.send, feed.since, *feed.params} <= events.query_names()
    event = described.item(described.at(events.answer_schema(), "data"))
    assert described.accepts(described.at(event, "data.object"), "json")
    assert described.accepts(described.at(event, feed.cursor), feed.format)


@pytest.mark.parametrize("name", [name for name in STREAMS if MANIFEST.streams[name].changes])
def test_event_types_are_of_the_streams_own_object(name: str) -> None:
    changes = stream(name).changes
    assert changes is not None
    assert len(changes.types) <= 20, "Stripe takes up to 20 types: https://docs.stripe.com/api/events/list"
    for kind in changes.types:
        about = kind.rpartition(".")[0].replace("issuing_", "issuing.")
        assert SAMPLES[name] in {about, about.rpartition(".")[2]}


@pytest.mark.parametrize("name", [n for n in STREAMS if (c := MANIFEST.streams[n].changes) and c.detail])
def test_changed_records_are_read_again_as_described(described: OpenApi, name: str) -> None:
    changes = stream(name).changes
    assert changes is not None
    assert changes.detail is not None
    again = described.find("GET", changes.detail.path)
    assert set(changes.detail.params) <= again.query_names()
    assert "id" in described.properties(again.answer_schema())


def test_the_manifest_asks_for_one_api_version() -> None:
    assert MANIFEST.checked.api_version == "2026-07-29.dahlia"
    assert MANIFEST.http.headers["Stripe-Version"] == "{checked.api_version}"


def sampled_as(value: Any, kind: str) -> bool:
    """Whether a sample's value reads as a column of our type; a null sample says nothing against it."""
    if value is None:
        return True
    fitting: dict[str, type | tuple[type, ...]] = {
        "string": str,
        "boolean": bool,
        "json": (dict, list),
        "integer": int,
        "epoch": int,
        "decimal": (int, float, str),
    }
    return isinstance(value, fitting[kind])


def test_every_stream_is_compared() -> None:
    assert isinstance(MANIFEST, Manifest)
    assert set(SAMPLES) == set(STREAMS)
