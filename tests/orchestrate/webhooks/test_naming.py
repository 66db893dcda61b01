"""Which single records a delivery names, by the manifests' words, and what is read again beside them."""

from __future__ import annotations

import json
from typing import Any

import pytest

from orchestrate.webhooks.delivery import Delivery
from orchestrate.webhooks.naming import MOST, Concerned, concerned, named
from orchestrate.webhooks.reading import topics_of, words_of
from taps.engine.load import load
from taps.kinds import platforms


def names(platform: str, body: Any, **headers: str) -> dict[str, list[str]]:
    words = words_of(platform)
    assert words is not None
    fields = {name.replace("_", "-"): value for name, value in headers.items()}
    delivery = Delivery("POST", "https://e.example/", json.dumps(body).encode(), fields)
    return named(platform, words.delivery, delivery, {})


def hubspot(number: int, kind: str) -> dict[str, Any]:
    return {"eventId": 1, "subscriptionType": kind, "occurredAt": 5, "objectId": number}


@pytest.mark.parametrize(
    ("found", "expected"),
    [
        (names("stripe", {"id": "evt_1", "type": "charge.refunded", "data": {}}), {}),
        (names("stripe", {"id": "evt_1", "type": "charge.refunded", "data": {"object": {"id": ["ch_1"]}}}), {}),
        (names("stripe", {"id": "evt_1", "type": "charge.refunded", "data": {"object": {"id": "x" * 256}}}), {}),
        (names("shopify", {"order_edit": {"id": 9}}, X_Shopify_Topic="orders/edited"), {}),
        (
            names("hubspot", [*map(hubspot, [1, 1, 2], ["contact.creation", "contact.propertyChange", "deal.merge"])]),
            {"contacts": ["1"], "deals": ["2"]},
        ),
        (names("hubspot", [hubspot(1, "contact.creation"), {"subscriptionType": "contact.deletion"}]), {}),
        (names("github", {"id": 1}, X_GitHub_Event="issues"), {}),
    ],
)  # fmt: skip
def test_a_delivery_names_the_records_it_is_about(found: dict[str, list[str]], expected: dict[str, list[str]]) -> None:
    assert found == expected


def test_what_is_read_for_a_named_record_is_not_read_again_beside_it() -> None:
    about = concerned(
        "shopify", [(["orders/updated"], {"orders": ["1"]}), (["refunds/create"], {"orders": ["2", "1"]})]
    )
    assert about == Concerned((), {"orders": ["1", "2"]})
    assert "order_lines" in topics_of("shopify")


def test_a_stream_that_one_delivery_does_not_name_a_record_of_is_read_again_and_then_names_are_not_needed() -> None:
    about = concerned("woocommerce", [(["order.updated"], {"orders": ["1"]}), (["order.updated"], {})])
    assert about.streams is not None and "orders" in about.streams and about.objects == {}


def test_so_many_records_are_read_by_the_increment() -> None:
    ids = [str(number) for number in range(MOST + 1)]
    about = concerned("stripe", [(["charge.updated"], {"charges": ids}), (["payout.paid"], {"payouts": ["po_1"]})])
    assert about == Concerned(("charges",), {"payouts": ["po_1"]})


def test_where_topics_lead_nowhere_in_particular_everything_is_read() -> None:
    assert concerned("stripe", [([], {}), (["charge.updated"], {"charges": ["ch_1"]})]) == Concerned(None, {})


def test_every_stream_that_can_be_read_singly_is_one_that_a_delivery_names() -> None:
    found = {platform for platform in platforms("api") for each in load(platform).streams.values() if each.one}
    assert found >= {"stripe", "shopify", "woocommerce", "hubspot", "square"}
    for platform in found:
        single = {name for name, stream in load(platform).streams.items() if stream.one}
        assert single <= topics_of(platform).keys(), platform
