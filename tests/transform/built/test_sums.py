"""No money is lost or added between the records of the platforms and the unified tables."""

from __future__ import annotations

from decimal import Decimal

import pytest

from tests.transform.warehouse import Warehouse

Sums = dict[tuple[str, str], tuple[int, Decimal]]

AMOUNTS = {"orders": "total", "payments": "amount", "refunds": "amount"}
COUNTABLE = {
    "orders": "cancelled_at IS NULL AND NOT coalesce(is_test, false)",
    "payments": "status = 'succeeded' AND kind IN ('sale', 'capture') AND NOT coalesce(is_test, false)",
    "refunds": "status = 'succeeded'",
}
"""Which records speak of money that was owed, moved or given back."""
MIRRORS = {"orders": "mirrors_order_key", "payments": "mirrors_payment_key", "refunds": "mirrors_refund_key"}


def sums(warehouse: Warehouse, relation: str, amount: str, where: str = "true") -> Sums:
    """Count and sum of a relation's rows by platform and currency."""
    return {
        (platform, currency): (count, total)
        for platform, currency, count, total in warehouse.rows(f"""
            SELECT platform, currency, count(*), sum({amount}) FROM {relation} AS members WHERE {where}
            GROUP BY platform, currency
        """)
    }


def staged(warehouse: Warehouse, entity: str) -> str:
    """The records of all platforms as their staging models give them, without those that were deleted."""
    tables = warehouse.rows(f"""
        SELECT table_name FROM information_schema.tables
        WHERE table_schema = 'staging' AND table_name LIKE 'stg_%' AND table_name NOT LIKE '%references%'
            AND (table_name LIKE '%\\_\\_{entity}' ESCAPE '\\' OR table_name LIKE '%\\_\\_{entity}\\_\\_%' ESCAPE '\\')
    """)
    columns = ", ".join(
        column
        for (column,) in warehouse.rows(
            f"SELECT column_name FROM information_schema.columns WHERE table_schema = 'staging' "
            f"AND table_name = '{tables[0][0]}' AND column_name <> '_row_hash' ORDER BY ordinal_position"
        )
    )
    rows = " UNION ALL ".join(f"SELECT {columns} FROM staging.{table} WHERE deleted_at IS NULL" for (table,) in tables)
    return f"({rows})"


@pytest.mark.parametrize("entity", AMOUNTS)
def test_unified_rows_sum_to_their_sources(warehouse: Warehouse, entity: str) -> None:
    source = sums(warehouse, staged(warehouse, entity), AMOUNTS[entity])
    assert sums(warehouse, f"unified.{entity}", AMOUNTS[entity]) == source
    assert source


@pytest.mark.parametrize("entity", AMOUNTS)
def test_what_counts_is_the_sources_sum_without_mirrors(warehouse: Warehouse, entity: str) -> None:
    amount, countable = AMOUNTS[entity], COUNTABLE[entity]
    source = sums(warehouse, staged(warehouse, entity), amount, countable)
    counted = sums(warehouse, f"unified.{entity}", amount, "is_counted")
    mirrors = sums(warehouse, f"unified.{entity}", amount, f"{MIRRORS[entity]} IS NOT NULL AND {countable}")
    nothing = (0, Decimal(0))
    for key in source.keys() | counted.keys() | mirrors.keys():
        expected, kept, repeated = (found.get(key, nothing) for found in (source, counted, mirrors))
        assert (kept[0] + repeated[0], kept[1] + repeated[1]) == expected, key


@pytest.mark.parametrize("entity", ["payments", "refunds"])
def test_a_mirror_repeats_the_money_of_a_row_that_counts(warehouse: Warehouse, entity: str) -> None:
    key, mirrors = f"{entity[:-1]}_key", MIRRORS[entity]
    originals = warehouse.rows(f"""
        SELECT original.is_counted, original.amount = mirror.amount AND original.currency = mirror.currency
        FROM (SELECT * FROM unified.{entity} WHERE {mirrors} IS NOT NULL AND {COUNTABLE[entity]}) AS mirror
        LEFT JOIN unified.{entity} AS original ON original.{key} = mirror.{mirrors}
    """)
    assert set(originals) == {(True, True)}
