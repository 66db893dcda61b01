"""Keys are given once: what happens to them when runs repeat, platforms join, records change and vanish."""

from __future__ import annotations

from typing import Any

import pytest

from tests.transform.shops import CONTACTS, PAYERS, SHOPPERS, contact, gid, shopper
from tests.transform.warehouse import Warehouse

IDENTITY = ("--select", "+identity_events", "+customers")


def build(warehouse: Warehouse, people: dict[str, list[dict[str, Any]]], *arguments: str) -> None:
    """Loads customers of the platforms named and runs the models that identify them."""
    streams = {"shopify": "customers", "stripe": "customers", "hubspot": "contacts"}
    warehouse.load({platform: {streams[platform]: rows} for platform, rows in people.items()})
    warehouse.build(*IDENTITY, *arguments, command="run")


def keys(warehouse: Warehouse) -> dict[str, str]:
    """The customer of each record now."""
    return dict(
        warehouse.rows("SELECT source_record_id, customer_key FROM unified.customer_identities WHERE is_current")
    )


def events(warehouse: Warehouse) -> list[tuple[str, str | None, str | None]]:
    """Kind, from and to of the events of the last run."""
    return warehouse.rows("""
        SELECT kind, from_keys, to_key FROM unified.identity_events
        WHERE "at" = (SELECT max("at") FROM unified.identity_events) ORDER BY kind, from_keys, to_key
    """)


def test_a_rerun_changes_nothing_and_a_full_refresh_neither(duckdb_warehouse: Warehouse) -> None:
    build(duckdb_warehouse, {"shopify": SHOPPERS, "stripe": PAYERS})
    before = {
        table: duckdb_warehouse.table(f"unified.{table}")
        for table in ("customer_identities", "customers", "identity_events")
    }
    identities = duckdb_warehouse.table("unified.customer_identities", without=())
    duckdb_warehouse.build(*IDENTITY, "--full-refresh", command="run")
    assert {table: duckdb_warehouse.table(f"unified.{table}") for table in before} == before
    assert duckdb_warehouse.table("unified.customer_identities", without=()) == identities


def test_a_new_platform_keeps_keys_and_merges_into_the_oldest(duckdb_warehouse: Warehouse) -> None:
    apart = [
        shopper(1, "Ann", "Lee", "ann@one.example", defaultAddress=None),
        shopper(2, "Ann", "Lee", "ann@two.example", defaultAddress=None),
        shopper(3, "Bo", "Ek", "bo@ek.example"),
    ]
    build(duckdb_warehouse, {"shopify": apart})
    before = keys(duckdb_warehouse)
    assert len(set(before.values())) == 3
    bridge = [contact(9, "Ann", "Lee", "ann@one.example", hs_additional_emails="ann@two.example")]
    build(duckdb_warehouse, {"shopify": apart, "hubspot": bridge})
    after = keys(duckdb_warehouse)
    kept, gone = sorted({before[gid("Customer", 1)], before[gid("Customer", 2)]})
    assert after[gid("Customer", 1)] == after[gid("Customer", 2)] == after["9"] == kept
    assert after[gid("Customer", 3)] == before[gid("Customer", 3)]
    assert events(duckdb_warehouse) == [("absorb", None, kept), ("merge", gone, kept)]
    merged = duckdb_warehouse.rows(
        "SELECT customer_key, merged_into_key FROM unified.customers WHERE status = 'merged'"
    )
    assert merged == [(gone, kept)]


def test_a_deleted_bridge_lets_the_cluster_heal(duckdb_warehouse: Warehouse) -> None:
    apart = [
        shopper(1, "Ann", "Lee", "ann@one.example", defaultAddress=None),
        shopper(2, "Ann", "Lee", "ann@two.example", defaultAddress=None),
    ]
    bridge = contact(9, "Ann", "Lee", "ann@one.example", hs_additional_emails="ann@two.example")
    build(duckdb_warehouse, {"shopify": apart, "hubspot": [bridge]})
    (key,) = set(keys(duckdb_warehouse).values())
    build(duckdb_warehouse, {"shopify": apart, "hubspot": [{**bridge, "_sdc_deleted_at": "2026-11-01T00:00:00Z"}]})
    after = keys(duckdb_warehouse)
    assert after[gid("Customer", 1)] != after[gid("Customer", 2)]
    assert key in after.values()
    assert after["9"] == key, "the tombstone keeps the key it had"
    new = next(value for value in after.values() if value != key)
    assert events(duckdb_warehouse) == [("split", key, new)]
    build(duckdb_warehouse, {"shopify": apart, "hubspot": []})
    assert events(duckdb_warehouse) == [("delete", key, None)]
    assert duckdb_warehouse.rows("SELECT count(*) FROM unified.customers WHERE status <> 'active'") == [(0,)]


@pytest.mark.slow
def test_a_customer_without_living_records_is_deleted(duckdb_warehouse: Warehouse) -> None:
    build(duckdb_warehouse, {"hubspot": CONTACTS})
    before = keys(duckdb_warehouse)
    build(duckdb_warehouse, {"hubspot": [{**CONTACTS[0], "_sdc_deleted_at": "2026-11-01T00:00:00Z"}, CONTACTS[1]]})
    assert keys(duckdb_warehouse) == before
    statuses = dict(duckdb_warehouse.rows("SELECT customer_key, status FROM unified.customers"))
    assert statuses == {before["101"]: "deleted", before["102"]: "active"}


@pytest.mark.slow
def test_a_chain_of_two_hundred_is_one_customer(duckdb_warehouse: Warehouse) -> None:
    chain = [
        contact(n, "Ann", "Lee", f"ann{n}@chain.example", hs_additional_emails=f"ann{n + 1}@chain.example")
        for n in range(1000, 1200)
    ]
    build(duckdb_warehouse, {"hubspot": chain})
    assert len(keys(duckdb_warehouse)) == 200
    assert len(set(keys(duckdb_warehouse).values())) == 1


@pytest.mark.slow
def test_a_mailbox_of_many_links_nobody(duckdb_warehouse: Warehouse) -> None:
    names = ["Ann", "Bo", "Cy", "Di", "Eve", "Flo"]
    office = [contact(n, name, "Lee", "office@lee.example") for n, name in enumerate(names + names)]
    build(duckdb_warehouse, {"hubspot": office})
    assert len(set(keys(duckdb_warehouse).values())) == 12
