"""Orders and payments are matched by joins that grow with them, not by comparing all with all."""

from __future__ import annotations

import re
from pathlib import Path

from tests.transform.shops import QUICKBOOKS, SHOPIFY, STRIPE
from tests.transform.warehouse import Warehouse

OPERATOR = re.compile(r"─ ([A-Z][A-Za-z -]*Join) ─")
"""The title of a join in DuckDB's drawing of a plan."""
MATCHING = "compiled/engarde/models/reconciled/matching"
CONNECTED = ("shopify", "stripe", "quickbooks")


def test_no_join_compares_everything_with_everything(duckdb_warehouse: Warehouse) -> None:
    duckdb_warehouse.load({"shopify": SHOPIFY, "stripe": STRIPE, "quickbooks": QUICKBOOKS})
    duckdb_warehouse.build(
        "--select", "+payments", "+refunds", "--resource-type", "model", "--resource-type", "seed",
        connected=CONNECTED,
    )  # fmt: skip
    plans = {
        path.stem: duckdb_warehouse.rows(f"EXPLAIN {path.read_text(encoding='utf-8')}")[0][1]
        for path in Path(duckdb_warehouse.environment(CONNECTED)["DBT_TARGET_PATH"], MATCHING).glob("*.sql")
    }
    joins = {model: set(OPERATOR.findall(plan)) for model, plan in plans.items()}
    assert "Hash Join" in joins["int_payment_matches"]
    assert not {
        model: found for model, found in joins.items() if any("Nl" in join or "Nested" in join for join in found)
    }
