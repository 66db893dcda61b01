"""The sandbox's pretend business: what dbt linked in the demo's warehouse, as it stands, against the truth."""

from __future__ import annotations

from pathlib import Path

import duckdb

from transform.launch import PROJECT
from transform.scoring.cases import Case, Result, Score

CLUSTERS = {
    "customers": "SELECT platform, source_object AS object, source_record_id AS source_id, customer_key AS found "
    "FROM warehouse.unified.customer_identities WHERE is_current",
    # One node per product of a platform: the variants of one product must not count as links that were found.
    "products": "SELECT DISTINCT platform, 'products' AS object, source_product_id AS source_id, product_key AS found "
    "FROM warehouse.unified.product_identities",
}
PAIRS = """
WITH clusters AS ({clusters}),
judged AS (SELECT clusters.found, truth.truth_id FROM clusters JOIN truth USING (platform, object, source_id)),
cells AS (SELECT count(*) AS n FROM judged GROUP BY found, truth_id),
found AS (SELECT count(*) AS n FROM judged GROUP BY found),
true_ones AS (SELECT count(*) AS n FROM judged GROUP BY truth_id)
SELECT
    coalesce((SELECT sum(n * (n - 1) // 2) FROM cells), 0),
    coalesce((SELECT sum(n * (n - 1) // 2) FROM found), 0),
    coalesce((SELECT sum(n * (n - 1) // 2) FROM true_ones), 0)
"""
PAYMENTS = """
WITH orders AS (
    SELECT orders.order_key, truth.truth_id
    FROM warehouse.unified.orders AS orders
    JOIN truth ON truth.platform = orders.platform AND truth.object = 'orders' AND truth.source_id = orders.order_id
),
judged AS (
    SELECT truth.truth_id AS pays, orders.truth_id AS found, payments.order_key IS NOT NULL AS matched,
        truth.truth_id IN (SELECT truth_id FROM orders) AS payable
    FROM warehouse.unified.payments AS payments
    JOIN truth ON truth.platform = payments.platform AND truth.source_id = payments.payment_id
        AND truth.object = split_part(payments.source_relation, '.', 2)
    LEFT JOIN orders ON orders.order_key = payments.order_key
    WHERE payments.is_processor
)
SELECT count(*) FILTER (found = pays), count(*) FILTER (matched), count(*) FILTER (payable) FROM judged
"""


def cases(_: Path) -> list[Case]:
    """What `make demo` left in output/."""
    output = PROJECT.parent / "output"
    return [
        Case("the demo's business", (output / "warehouse.duckdb", output / "truth.parquet"), "", score, "make demo")
    ]


def score(files: tuple[Path, ...], _: Path) -> Result:
    """Scores a warehouse that is built already."""
    warehouse, truth = files
    return Result(scores(warehouse, truth))


def scores(warehouse: Path, truth: Path) -> dict[str, Score]:
    """Return pair scores of customers and products, and of the processor payments' orders.

    `truth` is a parquet file with platform, object, source_id and truth_id.
    """
    with duckdb.connect() as connection:
        connection.execute(f"ATTACH '{_quoted(warehouse)}' AS warehouse (READ_ONLY)")
        connection.read_parquet(str(truth)).create("truth")
        found = {name: _score(connection, PAIRS.format(clusters=query)) for name, query in CLUSTERS.items()}
        found["payments"] = _score(connection, PAYMENTS)
    return found


def _score(connection: duckdb.DuckDBPyConnection, query: str) -> Score:
    right, made, wanted = connection.execute(query).fetchall()[0]
    return Score(int(right), int(made), int(wanted))


def _quoted(path: Path) -> str:
    return str(path).replace("'", "''")
