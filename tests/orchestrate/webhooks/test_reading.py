"""What a delivery tells of, by the manifests' words: its id, its topics, and the streams that are read again."""

from __future__ import annotations

import json
from typing import Any

import pytest

from orchestrate.webhooks import reading
from orchestrate.webhooks.delivery import Delivery
from orchestrate.webhooks.reading import Told, items_of, streams_of, told, topics_of, words_of
from taps.engine.webhooks import Delivery as Words
from taps.kinds import load, platforms


def read(platform: str, body: Any, **headers: str) -> Told:
    words = words_of(platform)
    assert words is not None
    fields = {name.replace("_", "-"): value for name, value in headers.items()}
    content, settings = json.dumps(body).encode(), {"config": {"merchant_id": "M1"}}
    return told(words.delivery, Delivery("POST", "https://engarde.example/", content, fields), settings)


HUBSPOT = {"eventId": 1, "subscriptionType": "contact.propertyChange", "occurredAt": 5, "objectId": 9}
CLOVER = {"merchants": {f"M{each}": [{"objectId": f"O:{each}", "type": "UPDATE", "ts": 7}] for each in (1, 2)}}
ASANA = {
    "resource": {"gid": "1", "resource_type": "task"},
    "action": "changed",
    "created_at": "2026-01-01T00:00:00.000Z",
}


@pytest.mark.parametrize(
    ("found", "delivery", "types"),
    [
        (read("stripe", {"id": "evt_1", "type": "charge.updated"}), "evt_1", ["charge.updated"]),
        (read("github", {}, X_GitHub_Delivery="d-1", X_GitHub_Event="issues"), "d-1", ["issues"]),
        (read("hubspot", [HUBSPOT]), "1/contact.propertyChange/5", ["contact.propertyChange"]),
        (read("clover", CLOVER), "O:1/7", ["O"]),
        (read("asana", {"events": [ASANA]}), "1/changed/2026-01-01T00:00:00.000Z", ["task"]),
        (read("asana", {"events": []}), "", []),
        (read("slack", {"event_id": "Ev1", "event": {"type": "message"}}), "Ev1", ["message"]),
        (read("stripe", ["unexpected"]), "", []),
    ],
)
def test_the_words_find_ids_and_topics(found: Told, delivery: str, types: list[str]) -> None:
    assert (found.delivery, list(found.types)) == (delivery, types)


def test_a_second_change_of_the_same_thing_is_another_delivery() -> None:
    """A vendor's id of the record alone would take every later change for the first one sent again."""
    change = {"field": "feed", "value": {"post_id": "7_1"}}
    bodies = [{"object": "page", "entry": [{"id": "7", "time": at, "changes": [change]}]} for at in (1, 2)]
    assert len({read("facebook", body).key("w", json.dumps(body).encode()) for body in bodies}) == 2
    employee = {"type": "employee.updated", "data": {"employeeId": "4"}}
    at = [read("bamboohr", employee, X_BambooHR_Signature=signed).key("w", b"") for signed in ("1a", "2b", "1a")]
    assert at[0] == at[2] != at[1]
    sent = [read("twilio", {"MessageSid": "SM1", "MessageStatus": each}).key("w", b"") for each in ("sent", "read")]
    assert len(set(sent)) == 2


def test_where_a_manifest_names_no_topics_all_streams_may_be_concerned(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "topics_of", lambda platform: {})
    assert streams_of("stripe", ["of a manifest without topics"]) is None


def test_topics_lead_to_streams_and_to_what_is_read_for_each_of_their_records() -> None:
    assert streams_of("stripe", ["invoice.updated"]) == ["invoices", "invoice_lines"]
    assert streams_of("github", ["issues"]) == ["issues"]
    assert streams_of("shopify", ["orders/updated", "app/uninstalled"]) is not None
    assert streams_of("shopify", ["app/uninstalled"]) == []


@pytest.mark.parametrize("platform", ["shopify", "woocommerce", "square"])
def test_a_shops_orders_and_products_are_told_of_when_they_are_made_and_changed(platform: str) -> None:
    """A topic that is missing would be ignored: a platform that names some names those of its main records."""
    topics = {topic for each in topics_of(platform).values() for topic in each}
    made = {"shopify": "orders/create", "woocommerce": "order.created", "square": "order.created"}[platform]
    changed = {"shopify": "products/update", "woocommerce": "product.updated", "square": "catalog.version.updated"}
    assert {made, changed[platform]} <= topics


def test_every_stream_that_topics_lead_to_is_one_of_the_platforms() -> None:
    for platform in platforms("api"):
        if words_of(platform) is not None:
            assert topics_of(platform).keys() <= load(platform).streams.keys()


def test_parts_of_a_text_are_fields_of_their_own_and_others_stay_as_they_are() -> None:
    words = Words(
        items="merchants.*", groups={"objectId": r"^(?P<kind>\w+):(?P<id>.+)$"}, type="kind", object="{event.id}"
    )
    body = {"merchants": {"M1": [{"objectId": "O:1"}, {"objectId": "?"}, {"objectId": 7}, "x"]}}
    _, items = items_of(words, Delivery("POST", "https://engarde.example/", json.dumps(body).encode(), {}), {})
    assert items == [{"objectId": "O:1", "kind": "O", "id": "1"}, {"objectId": "?"}, {"objectId": 7}, "x"]
