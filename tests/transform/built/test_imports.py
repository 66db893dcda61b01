"""What the control plane says of a platform's records beside those of others is what the models say."""

from __future__ import annotations

import pytest

from orchestrate.imports.entities import ENTITIES
from tests.transform.shops import gid
from tests.transform.warehouse import Warehouse

Line = tuple[str, str | None, str, str | None]


def told(warehouse: Warehouse, platform: str, entity: str) -> list[Line]:
    """Outcome, rule and the ids of both sides of each line."""
    with warehouse.connection() as connection:
        found = connection.execute(
            f"SELECT outcome, rule, record_id, other_id FROM ({ENTITIES[entity].query}) ORDER BY place",
            [platform, "default"],
        )
        lines: list[Line] = found.fetchall()
        return lines


@pytest.mark.parametrize(
    ("platform", "entity", "known"),
    [
        ("stripe", "products", {("merged", "sku", "prod_1", gid("ProductVariant", 1))}),
        ("stripe", "payments", {
            ("merged", "same_money", "ch_00000001", gid("OrderTransaction", 1)),
            ("matched", "shared_reference", "ch_00000001", gid("Order", 9001)),
            ("matched", "metadata_order_number", "ch_00000002", gid("Order", 9002)),
            ("alone", None, "ch_00000011", None),
        }),
        ("shopify", "orders", {("matched", "shared_reference", gid("Order", 9001), "ch_00000001")}),
        ("stripe", "customers", {("alone", None, "cus_8", None)}),
    ],
)  # fmt: skip
def test_the_lines_name_what_the_models_joined(
    warehouses: dict[str, Warehouse], platform: str, entity: str, known: set[Line]
) -> None:
    assert known <= set(told(warehouses["duckdb"], platform, entity))


@pytest.mark.parametrize("entity", list(ENTITIES))
@pytest.mark.parametrize("platform", ["shopify", "stripe", "hubspot"])
def test_every_record_has_a_line_and_stands_alone_only_by_itself(
    warehouses: dict[str, Warehouse], platform: str, entity: str
) -> None:
    lines = told(warehouses["duckdb"], platform, entity)
    table = {"customers": "customer_identities", "products": "product_identities"}.get(entity, entity)
    current = "AND is_current" if entity == "customers" else ""
    ((records,),) = warehouses["duckdb"].rows(
        f"SELECT count(*) FROM unified.{table} WHERE platform = '{platform}' {current}"
    )
    assert len({record for _, _, record, _ in lines}) == records
    alone = {record for outcome, _, record, _ in lines if outcome == "alone"}
    assert not alone & {record for outcome, _, record, _ in lines if outcome != "alone"}
    assert len(set(lines)) == len(lines)


def test_who_is_one_with_others_is_one_in_the_table_too(warehouses: dict[str, Warehouse]) -> None:
    merged = {
        record
        for outcome, _, record, _ in told(warehouses["duckdb"], "stripe", "customers")
        if outcome == "merged"
    }  # fmt: skip
    shared = warehouses["duckdb"].rows("""
        SELECT one.source_record_id FROM unified.customer_identities AS one
        WHERE one.is_current AND one.platform = 'stripe' AND EXISTS (
            SELECT 1 FROM unified.customer_identities AS other
            WHERE other.is_current AND other.customer_key = one.customer_key AND other.platform <> 'stripe'
        )
    """)
    assert merged == {record for (record,) in shared} and merged
