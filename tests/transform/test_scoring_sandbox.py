"""The scorer counts links as they are, wrong and missing ones included."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pytest

from transform.scoring.cases import Score
from transform.scoring.sandbox import scores

WAREHOUSE = """
CREATE SCHEMA unified;
CREATE TABLE unified.customer_identities AS SELECT * FROM (VALUES
    ('a', 'customers', '1', 'K1', true), ('b', 'customers', '1', 'K1', true), ('b', 'customers', '2', 'K1', true),
    ('a', 'customers', '2', 'K2', true), ('a', 'customers', '2', 'K1', false)
) AS t(platform, source_object, source_record_id, customer_key, is_current);
CREATE TABLE unified.product_identities AS SELECT * FROM (VALUES
    ('a', 'p1', 'P1'), ('a', 'p1', 'P1'), ('b', 'p9', 'P1')
) AS t(platform, source_product_id, product_key);
CREATE TABLE unified.orders AS SELECT * FROM (VALUES
    ('a', 'o1', 'O1'), ('a', 'o2', 'O2')
) AS t(platform, order_id, order_key);
CREATE TABLE unified.payments AS SELECT * FROM (VALUES
    ('b', 'b.charges', 'c1', 'O1', true, 'reference'), ('b', 'b.charges', 'c2', 'O1', true, 'likeness'),
    ('b', 'b.charges', 'c3', NULL, true, NULL), ('a', 'a.transactions', 't1', 'O1', false, 'own_order')
) AS t(platform, source_relation, payment_id, order_key, is_processor, match_rule);
"""
TRUTH = """
COPY (SELECT * FROM (VALUES
    ('a', 'customers', '1', 'ann'), ('b', 'customers', '1', 'ann'), ('b', 'customers', '2', 'bo'),
    ('a', 'customers', '2', 'bo'),
    ('a', 'products', 'p1', 'shirt'), ('b', 'products', 'p9', 'shirt'),
    ('a', 'orders', 'o1', 'order-1'), ('a', 'orders', 'o2', 'order-2'),
    ('b', 'charges', 'c1', 'order-1'), ('b', 'charges', 'c2', 'order-2'), ('b', 'charges', 'c3', 'unpaired-1')
) AS t(platform, object, source_id, truth_id)) TO '{path}' (FORMAT parquet)
"""


@pytest.mark.slow
def test_scores_count_right_made_and_wanted_links(tmp_path: Path) -> None:
    warehouse, truth = tmp_path / "warehouse.duckdb", tmp_path / "truth.parquet"
    with duckdb.connect(str(warehouse)) as connection:
        connection.execute(WAREHOUSE)
        connection.execute(TRUTH.format(path=truth))
    found = scores(warehouse, truth)
    assert found["customers"] == Score(right=1, made=3, wanted=2)
    assert found["products"] == Score(right=1, made=1, wanted=1), "two variants of one product are one node"
    assert found["payments"] == Score(right=1, made=2, wanted=2)
    assert found["customers"].f1 == pytest.approx(2 * (1 / 3) * (1 / 2) / (1 / 3 + 1 / 2))
