"""From two platforms' tables to one customer and back: the queue, decisions by the API, and what the worker builds."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from orchestrate.store.tables import Announcement
from tests.orchestrate.reconciliation.conftest import Shop
from tests.transform.shops import gid

pytestmark = pytest.mark.xdist_group("reconciliation")


def announced(shop: Shop) -> list[list[str]]:
    """The pairs that each announcement of a conflict names."""
    tenant_id = shop.connections.tenant_id
    with shop.connections.store.transaction(tenant_id) as session:
        told = select(Announcement.body).where(Announcement.tenant_id == tenant_id)
        return [body["first"] for body in session.scalars(told)]


def test_what_somebody_decides_changes_the_customers_until_it_is_undone(shop: Shop) -> None:
    assert [each["full_name"] for each in shop.customers()] == ["Peter Brown", "Susan Brown"]
    (pair,) = shop.get("queue")["items"]
    left, right = pair["left"], pair["right"]
    assert {left["source_record_id"], right["source_record_id"]} == {gid("Customer", 5), "6"}
    assert pair["held_back"] == "first_name"
    assert {piece["subject"] for piece in pair["evidence"]} >= {"first_name", "household", "email"}
    assert shop.get(f"queue/{pair['pair_id']}") == pair
    assert announced(shop) == [[pair["pair_id"]]]

    accepted, first = shop.decide(kind="accept", left_key=left["record_key"], right_key=right["record_key"])
    assert shop.get("queue")["items"] == [], "what is decided waits no more, built or not"
    merged = max(left["customer_key"], right["customer_key"])
    chosen, second = shop.decide(kind="value", customer_key=merged, attribute="first_name", value="Sue")
    assert first == second, "one build obeys both"
    shop.build(first)
    (one,) = shop.customers()
    assert one["record_count"] == 2
    assert (one["first_name"], one["customer_key"] != merged) == ("Sue", True), "a value follows its customer"
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
    assert shop.get(f"customers/{merged}")["merged_into_key"] == one["customer_key"]

    runs = {shop.undo(chosen), shop.undo(accepted)}
    shop.build(runs.pop())
    assert runs == set()
    assert [(each["full_name"], each["first_name"]) for each in shop.customers()] == [
        ("Peter Brown", "Peter"), ("Susan Brown", "Susan"),
    ]  # fmt: skip
    assert [each["pair_id"] for each in shop.get("queue")["items"]] == [pair["pair_id"]]
    assert announced(shop) == [[pair["pair_id"]]] * 2, "it is in doubt anew"
    listed = shop.get("decisions")["items"][:2]
    assert [(each["kind"], each["undone_by"]) for each in listed] == [("value", "key all"), ("accept", "key all")]
