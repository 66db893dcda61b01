from __future__ import annotations

from typing import Any

import pytest

import sandbox
from sandbox.business.chance import DAY
from sandbox.stripe.books import COLLECTIONS, Books
from tests.sandbox.conftest import START
from tests.sandbox.stripe_client import everything, get

SILENT = {"balance_transactions"}


@pytest.fixture(scope="module")
def events(small_box: sandbox.Box) -> list[dict[str, Any]]:
    return everything(small_box, "events")


def test_events_are_unique_newest_first_and_at_most_thirty_days_old(
    small_box: sandbox.Box, events: list[dict[str, Any]]
) -> None:
    moments = [event["created"] for event in events]
    assert len({event["id"] for event in events}) == len(events) > 50
    assert moments == sorted(moments, reverse=True)
    assert min(moments) >= small_box.world.now - 30 * DAY
    assert max(moments) <= small_box.world.now


def test_every_change_of_the_last_days_has_its_event(small_box: sandbox.Box, events: list[dict[str, Any]]) -> None:
    heard = {(event["data"]["object"]["id"], event["created"]) for event in events}
    now, timelines = small_box.world.now, small_box.world.business.timelines()
    books = Books(small_box.world)
    for resource, name in COLLECTIONS.items():
        if resource in SILENT:
            continue
        for timeline in timelines[name]:
            shown = None
            for version in timeline.versions:
                before, shown = shown, books.shape(resource, version) if version.updated <= now else None
                alive = timeline.deleted is None or version.updated < timeline.deleted
                if alive and now - 30 * DAY <= version.updated <= now and shown != before:
                    assert (version.id, version.updated) in heard, resource
            if timeline.deleted and now - 30 * DAY <= timeline.deleted <= now:
                assert (timeline.versions[0].id, timeline.deleted) in heard


def test_the_newest_event_of_an_object_shows_it_as_it_is(small_box: sandbox.Box, events: list[dict[str, Any]]) -> None:
    newest: dict[str, dict[str, Any]] = {}
    for event in events:
        newest.setdefault(event["data"]["object"]["id"], event)
    seen = 0
    for resource in ("customers", "charges", "payment_intents", "invoices", "refunds"):
        for item in everything(small_box, resource):
            if item["id"] in newest:
                seen += 1
                assert newest[item["id"]]["data"]["object"] == item
    assert seen > 30


def test_updates_say_what_was_there_before(events: list[dict[str, Any]]) -> None:
    updates = [event for event in events if event["type"].endswith(".updated")]
    assert updates
    for event in updates:
        before, now = event["data"]["previous_attributes"], event["data"]["object"]
        assert before
        assert all(now.get(name) != value for name, value in before.items())
    created = [event for event in events if event["type"].endswith(".created")]
    assert all("previous_attributes" not in event["data"] for event in created)


def test_choosing_types_and_times(small_box: sandbox.Box, events: list[dict[str, Any]]) -> None:
    two = everything(small_box, "events?types[]=charge.succeeded&types[]=customer.created")
    expected = [e["id"] for e in events if e["type"] in ("charge.succeeded", "customer.created")]
    assert [event["id"] for event in two] == expected
    assert {e["type"].split(".")[0] for e in everything(small_box, "events?type=charge.*")} == {"charge"}
    middle = events[len(events) // 2]["created"]
    late = everything(small_box, f"events?created[gte]={middle}")
    assert [e["id"] for e in late] == [e["id"] for e in events if e["created"] >= middle]
    many = "&".join(f"types[]=a{number}" for number in range(21))
    assert get(small_box, f"events?{many}").status_code == 400


def test_a_single_event(small_box: sandbox.Box, events: list[dict[str, Any]]) -> None:
    assert get(small_box, f"events/{events[0]['id']}").json() == events[0]
    assert get(small_box, "events/evt_missing").status_code == 404


def test_a_deletion_is_heard_of() -> None:
    with sandbox.running(seed=3, people=1000, start=START) as box:
        deleted = everything(box, "events?type=customer.deleted")
        now = box.world.snapshot()
        recent = {made for made, (at, _) in now.stripe_customers.deleted.items() if at >= box.world.now - 30 * DAY}
        assert recent
        assert {event["data"]["object"]["id"] for event in deleted} == recent
