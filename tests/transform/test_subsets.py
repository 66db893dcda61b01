"""The project builds for whoever has connected only some of the platforms."""

from __future__ import annotations

from pathlib import Path

from tests.transform.shops import GOOGLE_ADS
from tests.transform.warehouse import Warehouse


def test_a_single_platform_builds_and_leaves_the_other_tables_empty(tmp_path: Path) -> None:
    warehouse = Warehouse("duckdb", str(tmp_path / "warehouse.duckdb"), tmp_path)
    warehouse.load({"google_ads": GOOGLE_ADS})
    warehouse.build(connected=["google_ads"])
    counts = {
        table: warehouse.rows(f"SELECT count(*) FROM unified.{table}")[0][0]
        for table in (
            "campaigns",
            "campaign_performance_daily",
            "customers",
            "orders",
            "payments",
            "products",
            "payouts",
        )
    }
    assert counts == {
        "campaigns": 2, "campaign_performance_daily": 2,
        "customers": 0, "orders": 0, "payments": 0, "products": 0, "payouts": 0,
    }  # fmt: skip
    assert warehouse.rows("SELECT DISTINCT platform FROM marts.channel_performance") == [("google_ads",)]
    staged = warehouse.rows("SELECT table_name FROM information_schema.tables WHERE table_name LIKE 'stg_%'")
    assert all(name.startswith("stg_google_ads__") for (name,) in staged)
