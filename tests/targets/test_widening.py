"""A column widens seldom, and is told of in words that say what changed."""

from __future__ import annotations

import logging
from pathlib import Path

import pytest

from tests.targets.warehouse import DuckDBWarehouse, Warehouse

LINES = (Path(__file__).parent / "messages" / "decimal_finer_and_finer.singer").read_bytes().splitlines()


def test_finer_and_finer_values_rewrite_a_column_once_and_it_says_to_what(
    warehouse: Warehouse, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.INFO):
        assert warehouse.load(LINES, batch_size_rows=1).error is None
    told = [record.getMessage() for record in caplog.records if "widened" in record.getMessage()]
    once = "stream customers: column d widened from decimal with 9 decimal places to decimal with 18 decimal places"
    assert told == ([once] if isinstance(warehouse, DuckDBWarehouse) else [])
