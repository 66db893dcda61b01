"""What payouts are made of, where the platform tells and where it never does."""

from __future__ import annotations

from decimal import Decimal

from tests.transform.shops import PAYOUTS
from tests.transform.warehouse import Warehouse

SELECTED = ("--select", "+reconciliation_results", "--indirect-selection", "cautious")
WITHDRAWAL = {
    "transaction_id": "W1", "transaction_event_code": "T0400", "transaction_status": "S",
    "transaction_amount": {"value": "-80.00", "currency_code": "USD"},
    "transaction_initiation_date": "2026-10-20T08:00:00Z",
}  # fmt: skip


def test_items_that_the_platform_never_tells_are_not_missing(duckdb_warehouse: Warehouse) -> None:
    duckdb_warehouse.load({"paypal": {"transactions": [WITHDRAWAL]}, "stripe": {"payouts": PAYOUTS[:1]}})
    duckdb_warehouse.build(*SELECTED, connected=["paypal", "stripe"])
    assert sorted(duckdb_warehouse.rows("SELECT platform, net, items, gross FROM unified.payouts")) == [
        ("paypal", 80, None, None), ("stripe", Decimal("145.05"), 0, 0),
    ]  # fmt: skip
    assert duckdb_warehouse.rows(
        "SELECT check_name, payouts.platform FROM unified.reconciliation_results "
        "JOIN unified.payouts AS payouts ON payouts.payout_key = left_key"
    ) == [("payout_without_items", "stripe")]
