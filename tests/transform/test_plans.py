"""Orders and payments are matched by joins that grow with them, not by comparing all with all."""

from __future__ import annotations

import re
from pathlib import Path

import duckdb
import pytest

from tests.benchmarks.built import warehouse
from tests.benchmarks.reconcile import WORK
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


@pytest.mark.slow
def test_no_model_of_postgres_takes_longer_than_to_stage_what_it_rests_on(tmp_path: Path) -> None:
    """Without statistics it loops: 20,000 orders over as many payments, for minutes."""
    work = WORK["orders"]
    with warehouse("postgres", tmp_path, work.settings) as made, duckdb.connect() as source:
        work.first(made, source, 20_000, 1)
        made.dbt("seed")
        run = made.dbt("build", "--threads", "1", "--resource-type", "model", "--select", *work.models)
        unknown = made.rows(
            "SELECT relname FROM pg_class JOIN pg_namespace ON pg_namespace.oid = relnamespace "
            "WHERE nspname IN ('staging', 'unified') AND relkind = 'r' AND relpages > 50 AND reltuples <= 0"
        )
    assert unknown == []
    slow = {model: seconds for model, seconds in run.seconds.items() if seconds > run.by_folder["staging"]}
    assert slow == {}
