"""From two platforms' tables to one customer and back: the queue, decisions by the API, and what the worker builds."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pytest
from sqlalchemy import select

from orchestrate.store.tables import Announcement
from tests.orchestrate.reconciliation.conftest import Shop
from tests.transform.shops import gid

pytestmark = pytest.mark.xdist_group("reconciliation")
PEOPLE = ["Olga Ivanova", "Peter Brown", "Susan Brown"]


def announced(shop: Shop) -> list[list[str]]:
    """The pairs that each announcement of a conflict names."""
    tenant_id = shop.connections.tenant_id
    with shop.connections.store.transaction(tenant_id) as session:
        told = select(Announcement.body).where(Announcement.tenant_id == tenant_id)
        return [body["first"] for body in session.scalars(told)]


def named(shop: Shop, name: str) -> list[dict[str, Any]]:
    """The living customers of a name, those with most records first."""
    found = [each for each in shop.customers() if each["full_name"] == name]
    return sorted(found, key=lambda each: -each["record_count"])


def records(shop: Shop, customer: str) -> dict[str, str]:
    """The records that a customer holds now: the platform's id -> record_key."""
    held = shop.get(f"customers/{customer}")["records"]
    return {each["source_record_id"]: each["record_key"] for each in held if each["valid_to"] is None}


@dataclass
class Taken:
    """The decisions that one build obeys, and whom they are about."""

    accepted: Any
    chosen: Any
    parted: Any
    superseded: str
    olga: str


def take(shop: Shop, pair: Any) -> Taken:
    """The couple's records are one and its first name is Sue, and one of Olga's three records is somebody else's."""
    left, right = pair["left"], pair["right"]
    accepted, first = shop.decide(kind="accept", left_key=left["record_key"], right_key=right["record_key"])
    assert shop.get("queue")["items"] == [], "what is decided waits no more, built or not"
    superseded = max(left["customer_key"], right["customer_key"])
    chosen, second = shop.decide(kind="value", customer_key=superseded, attribute="first_name", value="Sue")
    (olga,) = (each["customer_key"] for each in named(shop, "Olga Ivanova"))
    parted, third = shop.decide(kind="split", record_key=records(shop, olga)["9"], customer_key=olga)
    assert first == second == third, "one build obeys all of them"
    shop.build(first)
    return Taken(accepted, chosen, parted, superseded, olga)


def assert_the_couple_is_one(shop: Shop, taken: Taken) -> None:
    (one,) = (each for each in shop.customers() if each["full_name"] != "Olga Ivanova")
    assert one["record_count"] == 2
    assert (one["first_name"], one["customer_key"] != taken.superseded) == ("Sue", True), "a value follows its customer"
    shown = shop.get(f"customers/{one['customer_key']}")
    assert {each["platform"] for each in shown["records"] if each["valid_to"] is None} == {"shopify", "hubspot"}
    assert "steward" in {each["decided_by"] for each in shown["records"]}
    given = [each for each in shown["values"] if each["attribute"] == "first_name"]
    assert [(each["value"], each["platform"]) for each in given if each["is_chosen"]] == [("Sue", None)]
    assert {(each["value"], each["rule"], each["is_conflict"]) for each in given if not each["is_chosen"]} == {
        ("Peter", "steward", True), ("Susan", "steward", True),
    }  # fmt: skip
    now, before = (past["values"]["first_name"] for past in shown["history"])
    assert now == "Sue" and before in {"Peter", "Susan"}
    assert [each["conflicts"] > 0 for each in shop.get("customers", search="BROWN")["items"]] == [True]
    assert shop.get(f"customers/{taken.superseded}")["merged_into_key"] == one["customer_key"]


def assert_the_record_is_parted(shop: Shop, taken: Taken) -> str:
    """Returns the key of the smaller part."""
    larger, smaller = named(shop, "Olga Ivanova")
    assert larger["customer_key"] == taken.olga, "the larger part keeps the key"
    assert records(shop, taken.olga).keys() == {gid("Customer", 7), "8"}
    assert records(shop, smaller["customer_key"]).keys() == {"9"}
    (split,) = shop.events(to_key=smaller["customer_key"])
    assert (split["kind"], split["from_keys"], split["actor"]) == ("split", taken.olga, "steward")
    (apart,) = shop.imported("main/customers/lines", outcome="apart")["items"]
    assert (apart["record"]["source_record_id"], apart["other"]["source_record_id"]) == ("9", gid("Customer", 7))
    return str(smaller["customer_key"])


def assert_all_is_as_before(shop: Shop, pair: Any, taken: Taken, parted: str) -> None:
    """But for the connection that was included meanwhile."""
    assert [each["first_name"] for each in shop.customers()] == ["Nora", "Olga", "Peter", "Susan"]
    assert records(shop, taken.olga).keys() == {gid("Customer", 7), "8", "9", "21"}
    assert shop.get(f"customers/{parted}")["merged_into_key"] == taken.olga
    waiting = {each["pair_id"] for each in shop.get("queue")["items"]}
    assert pair["pair_id"] in waiting and len(waiting) == 2
    first, *later = announced(shop)
    assert (first, {each for told in later for each in told}) == ([pair["pair_id"]], waiting), "it is in doubt anew"
    listed = shop.get("decisions")["items"][:3]
    assert [(each["kind"], each["undone_by"]) for each in listed] == [
        ("split", "key all"), ("value", "key all"), ("accept", "key all"),
    ]  # fmt: skip


def test_what_somebody_decides_changes_the_customers_until_it_is_undone(shop: Shop) -> None:
    assert [each["full_name"] for each in shop.customers()] == PEOPLE
    (pair,) = shop.get("queue")["items"]
    assert {pair["left"]["source_record_id"], pair["right"]["source_record_id"]} == {gid("Customer", 5), "6"}
    assert pair["held_back"] == "first_name"
    assert {piece["subject"] for piece in pair["evidence"]} >= {"first_name", "household", "email"}
    assert shop.get(f"queue/{pair['pair_id']}") == pair
    assert announced(shop) == [[pair["pair_id"]]]

    taken = take(shop, pair)
    assert_the_couple_is_one(shop, taken)
    parted = assert_the_record_is_parted(shop, taken)

    included = shop.client.post("/api/v1/imports/second/include").json()["run"]
    (undoing,) = {shop.undo(each) for each in (taken.parted, taken.chosen, taken.accepted)}
    shop.build(undoing)
    shop.build(included, "include")
    assert_all_is_as_before(shop, pair, taken, parted)
    assert shop.imported("second/customers")["is_preview"] is False
