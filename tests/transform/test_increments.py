"""Identity built in increments, one of them broken off, is what one full build gives, up to the names of keys."""

from __future__ import annotations

import random
from pathlib import Path
from typing import Any

import pytest

from tests.postgres import fresh_database
from tests.transform.shops import contact
from tests.transform.warehouse import Warehouse

BROKEN_OFF = ("--select", "+int_identity_components")
FIRST = ("Ann", "Bo", "Christopher", "Dorothea", "Eve")
LAST = ("Lee", "Andersson", "Ek", "Montgomery")
STATE = ("int_customer_records", "int_customer_identifiers", "int_identity_pairs", "int_customer_features",
         "int_identity_blocks", "int_identity_scores", "int_identity_links", "int_identity_components",
         "int_identity_separations", "int_customer_clusters")  # fmt: skip
NEITHER = ("run_id", "_loaded_at")
MARGIN = ("--vars", '{"match_least_records": 20, "shared_identifier_names": 2}')


def person(chance: random.Random, number: int) -> dict[str, Any]:
    """A contact out of so few values that many share mailboxes, numbers, streets and blocks."""
    email = chance.choice(["", f"box{chance.randrange(25)}@lee.example"])
    return contact(
        number, chance.choice(FIRST), chance.choice(LAST), email,
        phone=chance.choice([None, f"+1212555{chance.randrange(7000, 7020)}"]),
        address=chance.choice([None, f"{chance.randrange(1, 9)} Elm Street"]),
        zip=chance.choice([None, "10001", "10002"]), city=chance.choice([None, "New York", "Albany"]),
    )  # fmt: skip


def changed(chance: random.Random, people: dict[int, dict[str, Any]]) -> None:
    """Of ten people two vanish, two are deleted by the platform, and two change; some come."""
    for number in chance.sample(sorted(people), len(people) // 5):
        del people[number]
    for number in chance.sample(sorted(people), len(people) // 5):
        people[number] = {**people[number], "_sdc_deleted_at": "2026-11-01T00:00:00Z"}
    for number in [*chance.sample(sorted(people), len(people) // 5), *range(max(people) + 1, max(people) + 12)]:
        people[number] = person(chance, number)


def build(
    warehouse: Warehouse,
    people: dict[int, dict[str, Any]],
    models: tuple[str, str] = ("--select", "+customer_identities"),
) -> None:
    warehouse.load({"hubspot": {"contacts": list(people.values())}})
    warehouse.build(*models, *MARGIN, command="run")


def customers(warehouse: Warehouse) -> dict[str, str]:
    return dict(warehouse.rows("SELECT record_key, customer_key FROM unified.customer_identities WHERE is_current"))


def grouped(keys: dict[str, str]) -> set[frozenset[str]]:
    groups: dict[str, set[str]] = {}
    for record, key in keys.items():
        groups.setdefault(key, set()).add(record)
    return {frozenset(records) for records in groups.values()}


@pytest.mark.slow
@pytest.mark.parametrize("engine", ["duckdb", "postgres"])
def test_increments_give_what_one_build_gives(engine: str, tmp_path: Path, postgres_host: str) -> None:
    chance = random.Random(20)
    people = {number: person(chance, number) for number in range(60)}
    with fresh_database(postgres_host, "steps") as steps, fresh_database(postgres_host, "whole") as whole:
        if engine == "duckdb":
            grown, fresh = (
                Warehouse(engine, str(tmp_path / f"{name}.duckdb"), tmp_path) for name in ("steps", "whole")
            )
        else:
            grown, fresh = (Warehouse(engine, postgres_host, tmp_path, name) for name in (steps, whole))
        for warehouse in (grown, fresh):
            warehouse.build(command="seed", connected=["hubspot"])
        build(grown, people)
        for step in range(3):
            changed(chance, people)
            if step == 1:
                build(grown, people, BROKEN_OFF)
            build(grown, people)
        build(fresh, people)
        for table in STATE:
            assert grown.table(f"staging.{table}", NEITHER) == fresh.table(f"staging.{table}", NEITHER), table
        living = {key for (key,) in grown.rows("SELECT record_key FROM staging.int_customer_features")}
        keys = customers(grown)
        assert grouped({record: key for record, key in keys.items() if record in living}) == grouped(
            {record: key for record, key in customers(fresh).items() if record in living}
        )
        assert len(set(keys.values())) < len(living) < len(keys)
        build(grown, people)
        assert customers(grown) == keys
        assert grown.rows("SELECT count(*) FROM staging.int_identity_touched") == [(0,)]
