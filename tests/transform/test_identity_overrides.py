"""What a person decides on two records holds for ever, whatever else links or parts them."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from tests.postgres import fresh_database
from tests.transform.shops import contact, gid, shopper
from tests.transform.warehouse import Warehouse

TWINS = [shopper(1, "Ann", "Lee", "ann@lee.example"), shopper(2, "Ann", "Lee", "ann@lee.example")]
OTHERS = [shopper(3, "Bo", "Ek", "bo@ek.example"), shopper(4, "Cy", "Oh", "cy@oh.example", defaultAddress=None)]
DECIDED = ("--vars", json.dumps({"identity_overrides_table": "decisions"}), "--select")
LINK = "left_id text, right_id text, decision text, decided_at timestamp with time zone, decided_by text, note text"
VALUE = "customer_key text, attribute text, value text, decided_at timestamp with time zone, decided_by text, note text"
PROOFS = ("contraction_is_complete", "identities_are_unambiguous", "overrides_name_records")
COUPLE = [shopper(5, "Peter", "Brown", "us@brown.example"), shopper(6, "Susan", "Brown", "us@brown.example")]
ONE, TWO, THREE, FOUR = (gid("Customer", number) for number in (1, 2, 3, 4))


@pytest.fixture(params=["duckdb", pytest.param("postgres", marks=pytest.mark.slow)])
def empty(request: pytest.FixtureRequest, tmp_path: Path) -> Any:
    """A warehouse without tables, of each engine."""
    if request.param == "duckdb":
        yield request.getfixturevalue("duckdb_warehouse")
        return
    host = request.getfixturevalue("postgres_host")
    with fresh_database(host, "overrides") as database:
        warehouse = Warehouse("postgres", host, tmp_path, database)
        warehouse.build(command="seed")
        yield warehouse


def build(
    warehouse: Warehouse, shoppers: list[Any], contacts: list[Any], decisions: Sequence[tuple[str, ...]],
    values: Sequence[tuple[str, ...]] = (), held: Sequence[tuple[str, ...]] = (),
) -> None:  # fmt: skip
    """Builds identities and what rests on them, with these decisions: left, right, decision, moment.

    Every second one stands in a table that a variable names, the others where the control plane writes them; there too
    are `values` (customer, attribute, value) and the connections that are held back (platform, name).
    """
    warehouse.load({"shopify": {"customers": shoppers}, "hubspot": {"contacts": contacts}})
    links = [(*each, "jo", "asked them") for each in decisions]
    chosen = [(*each, "2026-11-21", "jo", "asked them") for each in values]
    with warehouse.connection() as connection:
        connection.execute("CREATE SCHEMA IF NOT EXISTS decided")
        for table, columns, rows in (
            ("decided.identity_overrides", LINK, links[::2]),
            ("decisions", LINK, links[1::2]),
            ("decided.attribute_overrides", VALUE, chosen),
            ("decided.held_connections", "platform text, connection_id text", held),
        ):
            connection.execute(f"CREATE TABLE IF NOT EXISTS {table} ({columns})")
            connection.execute(f"DELETE FROM {table}")
            for row in rows:
                connection.execute(f"INSERT INTO {table} VALUES {tuple(row)}")
    warehouse.build(*DECIDED, "+identity_events", "+match_review_queue", "+int_attribute_overrides", command="run")


def now() -> str:
    """This moment, as a decision is dated."""
    return datetime.now(UTC).isoformat()


def keys(warehouse: Warehouse) -> dict[str, str]:
    """The customer of each record now."""
    return dict(
        warehouse.rows("SELECT source_record_id, customer_key FROM unified.customer_identities WHERE is_current")
    )


def events(warehouse: Warehouse) -> set[tuple[str, str, str]]:
    """Kind, from and to of what people brought about."""
    return set(warehouse.rows(
        "SELECT kind, from_keys, to_key FROM unified.identity_events WHERE actor = 'steward' AND kind <> 'create'"
    ))  # fmt: skip


def test_people_overrule_evidence_for_ever(empty: Warehouse) -> None:
    everybody = [*TWINS, *OTHERS, *COUPLE]
    build(empty, everybody, [], [])
    assert empty.rows("SELECT held_back FROM unified.match_review_queue") == [("first_name",)]
    before = keys(empty)
    assert before[ONE] == before[TWO]
    decisions = [
        ("shopify:1", "shopify:2", "cannot_link", "2026-11-21"),
        (before[THREE], "shopify:4", "must_link", now()),
        ("shopify:5", "shopify:6", "cannot_link", "2026-11-21"),
    ]
    lost = max(before[THREE], before[FOUR])
    build(empty, everybody, [], decisions, [(lost, "city", "Oslo")])
    assert empty.rows("SELECT held_back FROM unified.match_review_queue") == [], "what is decided leaves the queue"
    after = keys(empty)
    assert after[ONE] != after[TWO]
    assert before[ONE] in {after[ONE], after[TWO]}, "the key stays with a part"
    assert after[THREE] == after[FOUR] == min(before[THREE], before[FOUR])
    moved = next(after[one] for one in (ONE, TWO) if after[one] != before[ONE])
    chosen = empty.rows("SELECT customer_key, value, decided_by FROM staging.int_attribute_overrides")
    assert chosen == [(after[THREE], "Oslo", "jo")], "a value follows its customer"
    assert events(empty) == {("split", before[ONE], moved), ("merge", lost, after[THREE])}
    bridge = [contact(9, "Ann", "Lee", "ann@lee.example"), contact(10, "Ann", "Lee", "ann@lee.example")]
    held_back = contact(11, "Ann", "Lee", "ann@lee.example", _connection_id="new")
    build(empty, everybody, [*bridge, held_back], decisions, held=[("hubspot", "new"), ("shopify", "other")])
    bridged = keys(empty)
    assert {number: bridged[number] for number in after} == after, "no bridge undoes it, no rerun moves a key"
    assert bridged["9"] == bridged["10"] and "11" not in bridged
    assert bridged["9"] in {after[ONE], after[TWO]}
    empty.build(*DECIDED, *PROOFS, command="test")


@pytest.mark.slow
def test_a_record_is_kept_from_a_customer_though_it_is_the_one_that_keeps_the_key(duckdb_warehouse: Warehouse) -> None:
    build(duckdb_warehouse, TWINS, [], [])
    key = keys(duckdb_warehouse)[ONE]
    decisions = [("shopify:1", key, "cannot_link", now()), ("shopify:2", "shopify:77", "must_link", "2026-11-22")]
    seen = []
    for _ in range(2):
        build(duckdb_warehouse, TWINS, [], decisions)
        seen.append(keys(duckdb_warehouse))
    assert seen[0] == seen[1]
    assert seen[0][ONE] != seen[0][TWO]


@pytest.mark.slow
def test_the_newest_decision_counts_and_deleting_it_undoes_it(duckdb_warehouse: Warehouse) -> None:
    parted = ("shopify:1", "shopify:2", "cannot_link", "2026-11-21")
    build(duckdb_warehouse, TWINS, [], [parted, ("shopify:2", "shopify:1", "must_link", "2026-11-20")])
    assert len(set(keys(duckdb_warehouse).values())) == 2
    build(duckdb_warehouse, TWINS, [], [])
    assert len(set(keys(duckdb_warehouse).values())) == 1
