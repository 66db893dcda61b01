"""What must hold of people's identity whatever the records are: random groups of records, all built at once.

Each group has its own last name, mailboxes and number, so that a build holds many cases; groups never meet.
"""

from __future__ import annotations

import json
import random
import shutil
import string
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import pytest

from tests.transform.shops import contact, payer, shopper
from tests.transform.warehouse import Warehouse

GROUPS = 60
FIRST = ("Robert", "Bob", "R.", "Robret", None, "Susan")
MODELS = ("--select", "+identity_events", "+customers")
Record = dict[str, Any]


@dataclass
class World:
    """Raw records by stream and key, and decisions, as they stand."""

    records: dict[str, dict[str, Record]] = field(default_factory=lambda: {"shopify": {}, "stripe": {}, "hubspot": {}})
    decisions: list[tuple[str, str, str, str]] = field(default_factory=list)

    def without_the_deleted(self) -> World:
        """The same as if what was deleted had never been."""
        alive = {
            platform: {key: record for key, record in rows.items() if not record.get("_sdc_deleted_at")}
            for platform, rows in self.records.items()
        }
        return World(alive, self.decisions)


def build(warehouse: Warehouse, world: World, rng: random.Random) -> dict[str, str]:
    """Loads the world in some order, identifies people and returns the customer of each record (by `shopify:1`)."""
    streams = {"shopify": "customers", "stripe": "customers", "hubspot": "contacts"}
    rows = {platform: list(records.values()) for platform, records in world.records.items() if records}
    for records in rows.values():
        rng.shuffle(records)
    warehouse.load({platform: {streams[platform]: records} for platform, records in rows.items()})
    with warehouse.connection() as connection:
        connection.execute(
            "CREATE OR REPLACE TABLE decisions (left_id text, right_id text, decision text, decided_by text, "
            "decided_at timestamptz, note text)"
        )
        for left, right, decision, at in rng.sample(world.decisions, len(world.decisions)):
            connection.execute("INSERT INTO decisions VALUES (?, ?, ?, 'jo', ?, NULL)", [left, right, decision, at])
    warehouse.build(*MODELS, "--vars", json.dumps({"identity_overrides_table": "decisions"}), command="run")
    found = warehouse.rows(
        "SELECT platform, source_record_id, customer_key FROM unified.customer_identities WHERE is_current"
    )
    keys = {f"{platform}:{number.rsplit('/', 1)[-1]}": key for platform, number, key in found}
    assert len(keys) == len(found) == sum(map(len, world.records.values())), "every record is one customer, once"
    return keys


def parts(keys: dict[str, str], among: set[str]) -> set[frozenset[str]]:
    """The records of each customer, whatever its key is called."""
    customers: dict[str, set[str]] = {}
    for record in among:
        customers.setdefault(keys[record], set()).add(record)
    return {frozenset(records) for records in customers.values()}


def grown(world: World, rng: random.Random, platforms: tuple[str, ...], groups: range) -> World:
    """The world with one to three more records of each group, on these platforms."""
    records = {platform: dict(rows) for platform, rows in world.records.items()}
    for group in groups:
        letters = random.Random(group)
        last = "".join(letters.sample(string.ascii_lowercase, 9)).title()
        boxes = [f"{last}@home.example", f"{last}@work.example"]
        for _ in range(rng.randint(1, 3)):
            platform = rng.choice(platforms)
            number = 1 + sum(map(len, records.values()))
            first, box = rng.choice(FIRST), rng.choice([*boxes, None])
            phone = rng.choice([f"+1212555{group:04d}", None, None])
            if platform == "shopify":
                record = shopper(number, first, last if first else None, box, phone, defaultAddress=None)
            elif platform == "stripe":
                record = payer(number, f"{first} {last}" if first else None, box, phone)
            else:
                other = rng.choice([*boxes, None])
                record = contact(number, first, last, box, hs_additional_emails=other)
            name = f"{platform}:cus_{number}" if platform == "stripe" else f"{platform}:{number}"
            records[platform][name] = record
    return World(records, list(world.decisions))


def decided(world: World, keys: dict[str, str], rng: random.Random) -> World:
    """The world with decisions against what was found: some pairs of one customer apart, some customers together."""
    customers: dict[str, list[str]] = {}
    for record in sorted(keys):
        customers.setdefault(keys[record], []).append(record)
    merged = [records for records in customers.values() if len(records) > 1]
    alone = [records[0] for records in customers.values() if len(records) == 1]
    at = datetime.now(UTC).isoformat()
    apart = [(*rng.sample(records, 2), "cannot_link", at) for records in rng.sample(merged, len(merged) // 3)]
    rng.shuffle(alone)
    joined = [(one, other, "must_link", at) for one, other in zip(alone[::4], alone[1::4], strict=False)]
    assert len(apart) > 5
    assert len(joined) > 5
    return World(world.records, [*world.decisions, *apart, *joined])


def emptied(world: World, rng: random.Random) -> World:
    """The world after the platforms deleted a quarter of their records."""
    gone = {"_sdc_deleted_at": "2026-11-01T00:00:00Z"}
    return World(
        {
            platform: {key: {**record, **gone} if rng.random() < 0.25 else record for key, record in rows.items()}
            for platform, rows in world.records.items()
        },
        world.decisions,
    )


def obeyed(world: World, keys: dict[str, str]) -> None:
    """Every decision about living records holds."""
    alive = {key for rows in world.without_the_deleted().records.values() for key in rows}
    for left, right, decision, _ in world.decisions:
        if {left, right} <= alive:
            assert (keys[left] == keys[right]) == (decision == "must_link"), (left, right, decision)


def kept(before: dict[str, str], after: dict[str, str]) -> None:
    """Customers that stayed whole and met no other kept their key; of those that met, one gave its own."""
    for part in parts(before, set(before)):
        new = {after[record] for record in part}
        if len(new) > 1:
            continue
        together = {record for record in before if after[record] in new}
        assert new <= {before[record] for record in together}, part
        if together == part:
            assert new == {before[record] for record in part}


@pytest.mark.slow
@pytest.mark.parametrize("seed", [1])
def test_whatever_comes_and_goes_identity_is_what_the_records_say(duckdb_warehouse: Warehouse, seed: int) -> None:
    rng = random.Random(seed)
    first = grown(World(), rng, ("shopify",), range(GROUPS))
    one = build(duckdb_warehouse, first, rng)
    more = grown(first, rng, ("shopify", "stripe"), range(GROUPS))
    two = build(duckdb_warehouse, more, rng)
    kept(one, two)
    table = duckdb_warehouse.table("unified.customer_identities", without=())
    assert build(duckdb_warehouse, more, rng) == two
    assert duckdb_warehouse.table("unified.customer_identities", without=()) == table, "nothing new, nothing written"
    judged = decided(grown(more, rng, ("hubspot",), range(0, GROUPS, 2)), two, rng)
    three = build(duckdb_warehouse, judged, rng)
    obeyed(judged, three)
    less = emptied(judged, rng)
    four = build(duckdb_warehouse, less, rng)
    obeyed(less, four)
    living = less.without_the_deleted()
    alive = {key for rows in living.records.values() for key in rows}
    tombstones = {record: (three[record], four[record]) for record in set(four) - alive}
    assert {key for _, key in tombstones.values()} <= set(three.values()), "a tombstone bears a key that there was"
    shutil.copyfile(duckdb_warehouse.folder / "seeds.duckdb", duckdb_warehouse.place)
    afresh = build(duckdb_warehouse, living, rng)
    assert parts(afresh, alive) == parts(four, alive), "neither the order of arrival nor what is gone leaves a trace"
    assert len(parts(afresh, alive)) < len(alive)
