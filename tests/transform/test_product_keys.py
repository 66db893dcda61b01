"""Keys of products are given once, as those of customers: on reruns, new platforms, merges, splits and deletions."""

from __future__ import annotations

from typing import Any

import pytest

from tests.transform.shops import gid
from tests.transform.warehouse import Rows, Warehouse

SELECTED = ("--select", "+products", "--resource-type", "model")


def variant(number: int, sku: str, product: int, created: str = "2026-10-05T00:00:00Z", **more: Any) -> dict[str, Any]:
    """A variant of Shopify."""
    return {
        "id": gid("ProductVariant", number), "product_id": gid("Product", product), "sku": sku, "title": sku,
        "price": "1.00", "createdAt": created, "updatedAt": created,
    } | more  # fmt: skip


def listing(number: int, sku: str, created: int) -> dict[str, Any]:
    """A product of Stripe."""
    return {
        "id": f"prod_{number}",
        "created": created,
        "name": f"Steel bottle {number}",
        "active": True,
        "metadata": {"sku": sku},
    }


def keys(
    warehouse: Warehouse, variants: list[dict[str, Any]], others: Rows | None = None, *more: str
) -> dict[str, Any]:
    """Variant's and product's key of each listing after another run."""
    products = [
        {"id": gid("Product", n), "title": title, "status": "ACTIVE"} for n, title in ((1, "Red mug"), (2, "Blue lamp"))
    ]
    warehouse.load(
        {"shopify": {"products": products, "variants": variants}, "stripe": {"products": []}} | (others or {})
    )
    warehouse.build(*SELECTED, *more, connected=["shopify", "stripe"])
    return {
        record.rpartition("/")[2]: (variant_key, product_key)
        for record, variant_key, product_key in warehouse.rows(
            "SELECT source_record_id, variant_key, product_key FROM unified.product_identities"
        )
    }


def test_keys_survive_what_happens_to_products(duckdb_warehouse: Warehouse) -> None:
    apart = [variant(1, "AAA-1", 1), variant(2, "BBB-2", 2), variant(3, "AAA-3", 1)]
    first = keys(duckdb_warehouse, apart)
    assert first["1"][1] == first["3"][1] != first["2"][1]
    assert len({key for key, _ in first.values()}) == 3

    # An older listing joins, and everything is built anew.
    older: Rows = {"stripe": {"products": [listing(9, "aaa1", 1780000000)]}}
    joined = keys(duckdb_warehouse, apart, older, "--full-refresh")
    assert joined["prod_9"] == first["1"]
    assert {number: joined[number] for number in "123"} == first

    # What was two listings is one article now: the oldest key of the two stays.
    merged = keys(duckdb_warehouse, [apart[0], variant(2, "AAA-1", 2), apart[2]], older)
    assert merged["1"] == merged["2"] == merged["prod_9"]
    assert merged["1"][0] in (first["1"][0], first["2"][0])

    # It parts again, and the eldest of Shopify's was deleted: the key stays with the larger part, which the deleted one
    # belonged to, and the other gets one that was never used.
    deleted = apart[0] | {"_sdc_deleted_at": "2026-11-01T00:00:00Z"}
    parted = keys(duckdb_warehouse, [deleted, *apart[1:]], older)
    assert parted["1"] == parted["prod_9"] == merged["1"]
    assert parted["3"] == merged["3"]
    assert not {*parted["2"]} & {key for known in (first, merged) for pair in known.values() for key in pair}


@pytest.mark.slow
def test_how_sure_a_match_is_stands_beside_it(duckdb_warehouse: Warehouse) -> None:
    variants = [variant(1, "AAA-1", 1), variant(2, "BBB-2", 2)]
    titled = [
        listing(9, "aaa1", 1780000000),
        listing(8, "CCC-3", 1780000000) | {"name": "Blue lamp BBB-2", "metadata": {}},
    ]
    keys(duckdb_warehouse, variants, {"stripe": {"products": titled}})
    sure = {
        record.rpartition("/")[2]: (rule, weight, least)
        for record, rule, weight, least in duckdb_warehouse.rows(
            "SELECT source_record_id, rule, match_weight, min_link_weight "
            "FROM unified.product_identities JOIN unified.products USING (variant_key)"
        )
    }
    assert sure["1"] == sure["prod_9"] == ("sku", 1, 1)
    assert sure["2"] == sure["prod_8"]
    rule, weight, least = sure["2"]
    assert rule == "title" and 0.25 <= weight == least != 1
