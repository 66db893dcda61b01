"""Lines far longer than the usual, between short ones."""

from __future__ import annotations

import pytest

from targets.duckdb import connect
from targets.loading.names import quoted
from tests.targets.singer import TEXT, record, schema
from tests.targets.warehouse import DuckDBWarehouse, Warehouse


def test_long_lines_pass_between_short_ones(warehouse: Warehouse) -> None:
    lengths = [5, 9_000_000, 4_194_000, 4_194_304, 5, 10_000_000, 9_000]
    lines = [record("orders", id=str(i), t="x" * length) for i, length in enumerate(lengths)]
    assert warehouse.load([schema("orders", id=TEXT, t=TEXT), *lines]).error is None
    found = warehouse.query(f"SELECT length({quoted('t')}) FROM shop.orders ORDER BY id")
    assert [length for (length,) in found] == lengths


def test_the_limit_of_memory_is_lifted_where_a_line_needs_more(
    duckdb_file: DuckDBWarehouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(connect, "MEMORY_LIMIT", "16MB")
    lines = [schema("orders", id=TEXT, t=TEXT), record("orders", id="a", t="x" * 10_000_000)]
    refused = duckdb_file.load(lines, memory_limit="16MB").error
    assert refused is not None
    assert "failed to allocate" in refused
    assert duckdb_file.load(lines).error is None
    assert duckdb_file.query("SELECT count(*) FROM shop.orders") == [(1,)]
