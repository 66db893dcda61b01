"""The pretend HubSpot account: login, paging, associations, archiving, and what time changes."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pyarrow.parquet as pq
import pytest
import requests

from sandbox.hubspot.object_types import OBJECT_TYPES
from sandbox.hubspot.portal import Portal, Settings
from sandbox.running import Box
from sandbox.world import World
from tests.sandbox.hubspot_client import LOGIN, START, get, unlimited, walk

COLLECTIONS = {
    "contacts": "contacts",
    "companies": "companies",
    "deals": "deals",
    "tickets": "tickets",
    "products": "hubspot_products",
    "line_items": "line_items",
}


@pytest.fixture(scope="module")
def box() -> Iterator[Box]:
    with unlimited(seed=6, people=600) as found:
        yield found


@pytest.mark.parametrize("header", [{}, {"Authorization": "Bearer wrong"}, {"Authorization": "Basic pat-na1-engarde"}])
def test_a_wrong_token_is_refused_as_the_vendor_does(box: Box, header: dict[str, str]) -> None:
    answer = requests.get(box.url("hubspot") + "/crm/v3/objects/contacts", headers=header, timeout=10)
    assert answer.status_code == 401
    assert answer.json()["category"] == "INVALID_AUTHENTICATION"
    assert set(answer.json()) == {"status", "message", "correlationId", "category"}


def test_refreshed_tokens_work_until_they_expire() -> None:
    clock = [0.0]
    world = World(seed=6, people=20, start=START)
    portal = Portal(world, Settings(token_seconds=60), lambda: clock[0])
    token = portal.new_token()
    assert portal.knows(token)
    clock[0] = 61.0
    assert not portal.knows(token)
    assert portal.expired(token)


@pytest.mark.parametrize("version", ["v1", "v3"])
def test_the_refresh_token_grant(box: Box, version: str) -> None:
    address = box.url("hubspot") + f"/oauth/{version}/token"
    form = {"grant_type": "refresh_token", "client_id": "engarde", "client_secret": "engarde-secret"}
    wrong = requests.post(address, data=form | {"refresh_token": "revoked"}, timeout=10)
    assert (wrong.status_code, wrong.json()["status"]) == (400, "BAD_REFRESH_TOKEN")
    right = requests.post(address, data=form | {"refresh_token": "na1-engarde-refresh"}, timeout=10).json()
    header = {"Authorization": f"Bearer {right['access_token']}"}
    assert requests.get(box.url("hubspot") + "/crm/v3/owners", headers=header, timeout=10).status_code == 200


@pytest.mark.parametrize("name", list(COLLECTIONS))
@pytest.mark.parametrize("limit", [7, 100])
def test_paging_walks_everything_once(box: Box, name: str, limit: int) -> None:
    held = getattr(box.world.snapshot(), COLLECTIONS[name])
    living = [record["id"] for record in walk(box, name, limit)]
    gone = [record["id"] for record in walk(box, name, limit, archived="true")]
    assert living == sorted(held.live, key=int)
    assert gone == sorted(held.deleted, key=int)


def test_engagements_are_split_by_kind(box: Box) -> None:
    kinds = ("calls", "emails", "meetings", "notes", "tasks")
    found = {name: {record["id"] for record in walk(box, name, 100)} for name in kinds}
    assert set().union(*found.values()) == set(box.world.snapshot().engagements.live)
    assert sum(len(ids) for ids in found.values()) == len(box.world.snapshot().engagements.live)


def test_values_are_text_or_null_and_only_those_asked_for(box: Box) -> None:
    records = walk(box, "deals", 100, properties="amount,order_number,nonsense")
    assert all(
        set(record["properties"]) == {"amount", "order_number", "createdate", "hs_lastmodifieddate", "hs_object_id"}
        for record in records
    )
    assert all(value is None or isinstance(value, str) for record in records for value in record["properties"].values())
    assert any(record["properties"]["order_number"] for record in records)
    assert any(record["properties"]["order_number"] is None for record in records)


def test_contacts_name_their_change_otherwise_than_all_other_types(box: Box) -> None:
    contact = get(box, "/crm/v3/objects/contacts", limit=1)["results"][0]
    deal = get(box, "/crm/v3/objects/deals", limit=1)["results"][0]
    assert contact["properties"]["lastmodifieddate"] == contact["updatedAt"]
    assert "hs_lastmodifieddate" not in contact["properties"]
    assert deal["properties"]["hs_lastmodifieddate"] == deal["updatedAt"]


def test_batch_reads_say_what_they_did_not_find(box: Box) -> None:
    living = next(iter(box.world.snapshot().contacts.live))
    gone = next(iter(box.world.snapshot().contacts.deleted))
    body = {"inputs": [{"id": living}, {"id": gone}, {"id": "1"}], "properties": ["email"]}
    answer = requests.post(
        box.url("hubspot") + "/crm/v3/objects/contacts/batch/read", json=body, headers=LOGIN, timeout=10
    )
    assert answer.status_code == 207
    assert [record["id"] for record in answer.json()["results"]] == [living]
    assert answer.json()["errors"][0]["context"]["ids"] == sorted([gone, "1"])


@pytest.mark.parametrize(
    ("name", "other"),
    [("deals", "contacts"), ("contacts", "companies"), ("deals", "line_items"), ("calls", "contacts")],
)
def test_associations_agree_from_both_ends_and_in_every_form(box: Box, name: str, other: str) -> None:
    living = [record["id"] for record in walk(box, name, 100)]
    there = _batch(box, "v4", name, other, living)
    back = _batch(box, "v4", other, name, [record["id"] for record in walk(box, other, 100)])
    pairs = {(source, str(end["toObjectId"])) for source, ends in there.items() for end in ends}
    assert pairs
    assert pairs == {(str(end["toObjectId"]), source) for source, ends in back.items() for end in ends}
    plain = _batch(box, "v3", name, other, living)
    assert {(source, end["id"]) for source, ends in plain.items() for end in ends} == pairs
    source, target = next(iter(sorted(pairs)))
    single = get(box, f"/crm/v4/objects/{name}/{source}/associations/{other}")["results"]
    assert [end["toObjectId"] for end in single] == [end["toObjectId"] for end in there[source]]
    inline = get(box, f"/crm/v3/objects/{name}/{source}", associations=other)["associations"][other]["results"]
    assert target in {end["id"] for end in inline}


def _batch(box: Box, version: str, name: str, other: str, ids: list[str]) -> dict[str, list[dict[str, Any]]]:
    address = box.url("hubspot") + f"/crm/{version}/associations/{name}/{other}/batch/read"
    body = {"inputs": [{"id": found} for found in ids[:1000]]}
    answer = requests.post(address, json=body, headers=LOGIN, timeout=10)
    assert answer.status_code in (200, 207)
    assert len(answer.json()["results"]) + answer.json().get("numErrors", 0) == len(ids[:1000])
    return {found["from"]["id"]: found["to"] for found in answer.json()["results"]}


def test_archived_records_have_their_moment_and_no_associations(box: Box) -> None:
    gone = box.world.snapshot().contacts.deleted
    records = walk(box, "contacts", 100, archived="true", associations="companies,deals")
    assert records
    for record in records:
        assert record["archivedAt"] >= record["createdAt"]
        assert "associations" not in record
        assert record["id"] in gone
        assert (
            requests.get(
                box.url("hubspot") + f"/crm/v3/objects/contacts/{record['id']}", headers=LOGIN, timeout=10
            ).status_code
            == 404
        )
        assert get(box, f"/crm/v3/objects/contacts/{record['id']}", archived="true")["archived"] is True


def test_a_record_can_be_read_by_another_property(box: Box) -> None:
    held = next(found for found in box.world.snapshot().contacts.live.values() if found.email)
    found = get(box, f"/crm/v3/objects/contacts/{held.email}", idProperty="email", properties="email")
    assert found["properties"]["email"] == held.email


def test_deals_carry_the_numbers_of_shop_orders(box: Box) -> None:
    numbers = {order.name for order in box.world.snapshot().orders.live.values()}
    numbers |= {str(order.number) for order in box.world.snapshot().orders.live.values()}
    carried = {r["properties"]["order_number"] for r in walk(box, "deals", 100, properties="order_number")} - {None}
    assert carried
    assert len(carried & numbers) > 0.9 * len(carried)


def test_truth_is_never_served_and_names_what_is_served(box: Box, tmp_path: Any) -> None:
    box.truth(tmp_path / "truth.parquet")
    rows = [row for row in pq.read_table(tmp_path / "truth.parquet").to_pylist() if row["platform"] == "hubspot"]
    truth: dict[str, set[str]] = {}
    for row in rows:
        truth.setdefault(row["object"], set()).add(row["source_id"])
    for kind in OBJECT_TYPES:
        ids = {record["id"] for record in walk(box, kind.name, 100)}
        assert ids <= truth.get(kind.name, set())
    names = ",".join(found["name"] for found in get(box, "/crm/v3/properties/contacts")["results"])
    text = requests.get(
        box.url("hubspot") + f"/crm/v3/objects/contacts?limit=100&properties={names}", headers=LOGIN, timeout=10
    ).text
    assert not [row for row in rows if row["truth_id"].startswith("person-") and row["truth_id"] in text]


def test_marketing_emails_can_be_read_by_when_they_changed(box: Box) -> None:
    everything = get(box, "/marketing/v3/emails", limit=300, sort="updatedAt")["results"]
    times = [email["updatedAt"] for email in everything]
    assert times == sorted(times)
    middle = times[len(times) // 2]
    newer = get(box, "/marketing/v3/emails", limit=300, updatedAfter=middle)
    assert {email["id"] for email in newer["results"]} == {
        email["id"] for email in everything if email["updatedAt"] > middle
    }
    seen: list[str] = []
    after = "0"
    while True:
        page = get(box, "/marketing/v3/emails", limit=10, after=after)
        seen += [email["id"] for email in page["results"]]
        if "paging" not in page:
            break
        after = page["paging"]["next"]["after"]
    assert len(seen) == len(set(seen)) == page["total"]


def test_time_brings_new_records_changes_and_archived_ones() -> None:
    world = World(seed=4, people=300, start=START)
    portal = Portal(world, Settings())
    before = {kind.name: portal.crm().records(kind) for kind in OBJECT_TYPES}
    start = world.now
    world.advance(45 * 86_400)
    after = {kind.name: portal.crm().records(kind) for kind in OBJECT_TYPES}
    assert len(after["deals"]) > len(before["deals"])
    assert any(record.updated > start >= record.created for record in after["deals"])
    assert sum(record.archived is not None for found in after.values() for record in found) > sum(
        record.archived is not None for found in before.values() for record in found
    )
