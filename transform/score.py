"""Scores a built DuckDB warehouse against a truth file: `python -m transform.score WAREHOUSE TRUTH`."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import duckdb
import typer
from rich.console import Console
from rich.table import Table

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
    WHERE payments.is_processor {rule}
)
SELECT count(*) FILTER (found = pays), count(*) FILTER (matched), count(*) FILTER (payable) FROM judged
"""


@dataclass(frozen=True)
class Score:
    """How many links were right, made, and there to be made."""

    right: int
    made: int
    wanted: int

    @property
    def precision(self) -> float:
        """Share of the links made that are right; 1 if none was made."""
        return self.right / self.made if self.made else 1.0

    @property
    def recall(self) -> float:
        """Share of the links to be made that were made; 1 if there are none."""
        return self.right / self.wanted if self.wanted else 1.0

    @property
    def f1(self) -> float:
        """Harmonic mean of precision and recall."""
        total = self.precision + self.recall
        return 2 * self.precision * self.recall / total if total else 0.0


def scores(warehouse: Path, truth: Path) -> dict[str, Score]:
    """Return pair scores of customers and products, and of the processor payments' orders, in all and by rule.

    `truth` is a parquet file with platform, object, source_id and truth_id.
    """
    with duckdb.connect() as connection:
        connection.execute(f"ATTACH '{_quoted(warehouse)}' AS warehouse (READ_ONLY)")
        connection.read_parquet(str(truth)).create("truth")
        found = {name: _score(connection, PAIRS.format(clusters=query)) for name, query in CLUSTERS.items()}
        found["payments"] = _score(connection, PAYMENTS.format(rule=""))
        rules = connection.execute(
            "SELECT DISTINCT match_rule FROM warehouse.unified.payments "
            "WHERE is_processor AND match_rule IS NOT NULL ORDER BY 1"
        ).fetchall()
        for (rule,) in rules:
            found[f"payments by {rule}"] = _score(connection, PAYMENTS.format(rule=f"AND match_rule = '{rule}'"))
    return found


def _score(connection: duckdb.DuckDBPyConnection, query: str) -> Score:
    right, made, wanted = connection.execute(query).fetchall()[0]
    return Score(int(right), int(made), int(wanted))


def _quoted(path: Path) -> str:
    return str(path).replace("'", "''")


def main(
    warehouse: Annotated[Path, typer.Argument(exists=True, help="DuckDB file that dbt built.")],
    truth: Annotated[Path, typer.Argument(exists=True, help="Parquet file: platform, object, source_id, truth_id.")],
) -> None:
    """Print precision, recall and F1 of what dbt linked."""
    table = Table("links", "right", "made", "wanted", "precision", "recall", "F1")
    for name, score in scores(warehouse, truth).items():
        single_rule = name.startswith("payments by ")
        recall = ("", "") if single_rule else (f"{score.recall:.4f}", f"{score.f1:.4f}")
        table.add_row(
            name,
            str(score.right),
            str(score.made),
            "" if single_rule else str(score.wanted),
            f"{score.precision:.4f}",
            *recall,
        )
    Console().print(table)


if __name__ == "__main__":
    typer.run(main)
