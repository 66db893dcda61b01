"""Which value a customer gets where records differ, what is shown of the others, and what is kept of the past."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.transform.shops import contact, gid, payer, shopper
from tests.transform.warehouse import Warehouse

ANN = [
    shopper(1, "Ann", "Lee", "ann@lee.example", updatedAt="2026-10-09T00:00:00Z"),
    shopper(2, "Anne", "Lee", "ann@lee.example", updatedAt="2026-10-05T00:00:00Z"),
]
KNOWN = {
    "shopify": {"customers": ANN},
    "stripe": {"customers": [payer(3, "Ann Lee", "ann@lee.example")]},
    "hubspot": {"contacts": [contact(4, "A.", "Lee", "ann@lee.example", updatedAt="2026-10-20T00:00:00Z")]},
}


def build(warehouse: Warehouse, rows: dict[str, dict[str, list[dict[str, Any]]]], **variables: Any) -> None:
    """Loads customers and builds everything on them, history too."""
    warehouse.load(rows)
    warehouse.build(
        "--select",
        "+customers_history",
        "+customer_conflicts",
        "--indirect-selection",
        "cautious",
        "--vars",
        json.dumps(variables),
    )


def names(warehouse: Warehouse) -> list[tuple[str]]:
    """First names of the golden records."""
    return warehouse.rows("SELECT first_name FROM unified.customers WHERE status = 'active'")


@pytest.mark.slow
def test_complete_goes_before_newer_unless_configured_otherwise(duckdb_warehouse: Warehouse) -> None:
    build(duckdb_warehouse, KNOWN)
    assert names(duckdb_warehouse) == [("Ann",)]
    build(duckdb_warehouse, KNOWN, survivorship={"default": ["most_recent"]})
    assert names(duckdb_warehouse) == [("A.",)]
    trusted = {"default": ["most_complete"], "name": ["source_priority", "most_frequent"]}
    build(duckdb_warehouse, KNOWN, survivorship=trusted, source_priority=["hubspot", "shopify"])
    assert names(duckdb_warehouse) == [("A.",)]


def test_every_conflict_shows_both_values_and_what_decided(duckdb_warehouse: Warehouse) -> None:
    build(duckdb_warehouse, KNOWN)
    conflicts = duckdb_warehouse.rows("""
        SELECT chosen_value, chosen_record_id, other_value, other_record_id, rule
        FROM unified.customer_conflicts WHERE attribute = 'first_name' ORDER BY other_value
    """)
    assert conflicts == [
        ("Ann", gid("Customer", 1), "A.", "4", "most_complete"),
        ("Ann", gid("Customer", 1), "Anne", gid("Customer", 2), "most_recent"),
    ]


@pytest.mark.slow
def test_what_a_person_chose_wins_and_the_past_is_kept(duckdb_warehouse: Warehouse) -> None:
    build(duckdb_warehouse, KNOWN)
    ((key,),) = duckdb_warehouse.rows("SELECT customer_key FROM unified.customers")
    with duckdb_warehouse.connection() as connection:
        connection.execute(
            f"CREATE TABLE decisions AS SELECT '{key}' AS customer_key, 'first_name' AS attribute, 'Annie' AS value, "
            "'jo' AS decided_by, TIMESTAMPTZ '2026-11-01 00:00:00+00' AS decided_at, NULL::text AS note"
        )
    build(duckdb_warehouse, KNOWN, attribute_overrides_table="decisions")
    assert names(duckdb_warehouse) == [("Annie",)]
    build(duckdb_warehouse, KNOWN, attribute_overrides_table="decisions")
    history = duckdb_warehouse.rows(
        "SELECT first_name, is_current FROM unified.customers_history ORDER BY valid_from, valid_to"
    )
    assert history == [("Ann", False), ("Annie", True)], "a run that changes nothing adds nothing"
    rules = duckdb_warehouse.rows(
        "SELECT DISTINCT chosen_value, rule FROM unified.customer_conflicts WHERE attribute = 'first_name'"
    )
    assert rules == [("Annie", "steward")]


def test_an_unknown_strategy_is_refused_by_name(duckdb_warehouse: Warehouse) -> None:
    try:
        build(duckdb_warehouse, KNOWN, survivorship={"default": ["most_recent"], "email": ["newest"]})
    except AssertionError as refused:
        assert "email cannot be chosen by newest; there are most_complete" in str(refused)
    else:
        raise AssertionError("an unknown strategy went through")
