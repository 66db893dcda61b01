from __future__ import annotations

from pathlib import Path

import pyarrow.parquet as pq
import pytest

import sandbox
from tests.sandbox.stripe_client import everything

STREAMS = (
    "customers",
    "products",
    "prices",
    "payment_intents",
    "charges",
    "refunds",
    "invoices",
    "balance_transactions",
    "payouts",
    "disputes",
)


@pytest.fixture(scope="module")
def truth(small_box: sandbox.Box, tmp_path_factory: pytest.TempPathFactory) -> dict[tuple[str, str], dict[str, str]]:
    path: Path = tmp_path_factory.mktemp("truth") / "truth.parquet"
    rows = small_box.truth(path)
    table = pq.read_table(path)
    assert table.column_names == ["platform", "object", "source_id", "truth_id"]
    assert {str(kind) for kind in table.schema.types} == {"string"}
    assert table.num_rows == rows
    found: dict[tuple[str, str], dict[str, str]] = {}
    for row in table.to_pylist():
        assert row["source_id"] not in found.setdefault((row["platform"], row["object"]), {})
        found[row["platform"], row["object"]][row["source_id"]] = row["truth_id"]
    return found


@pytest.mark.parametrize("stream", STREAMS)
def test_everything_stripe_serves_is_in_the_truth(
    small_box: sandbox.Box, truth: dict[tuple[str, str], dict[str, str]], stream: str
) -> None:
    served = {item["id"] for item in everything(small_box, stream)}
    assert served
    gone = set(small_box.world.snapshot().stripe_customers.deleted) if stream == "customers" else set()
    assert served | gone == set(truth["stripe", stream])


def test_a_charge_has_the_truth_of_the_order_it_pays(
    small_box: sandbox.Box, truth: dict[tuple[str, str], dict[str, str]]
) -> None:
    numbers = {str(order.number): order.truth for order in small_box.world.snapshot().orders.live.values()}
    checked = 0
    for charge in everything(small_box, "charges"):
        number = charge["metadata"].get("order_number", "").lstrip("#")
        if number in numbers:
            checked += 1
            assert truth["stripe", "charges"][charge["id"]] == numbers[number]
    assert checked > 20


def test_references_between_platforms_are_true(
    small_box: sandbox.Box, truth: dict[tuple[str, str], dict[str, str]]
) -> None:
    checked = 0
    for customer in everything(small_box, "customers"):
        known = customer["metadata"].get("shopify_customer_id")
        gid = f"gid://shopify/Customer/{known}"
        if known and gid in truth["shopify", "customers"]:
            checked += 1
            assert truth["shopify", "customers"][gid] == truth["stripe", "customers"][customer["id"]]
    assert checked > 5


def test_no_vendor_serves_the_truth(small_box: sandbox.Box) -> None:
    for path in ("customers", "charges", "payment_intents"):
        assert "person-0" not in str(everything(small_box, path))
        assert "order-0" not in str(everything(small_box, path))
