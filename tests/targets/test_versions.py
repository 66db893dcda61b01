"""ACTIVATE_VERSION: what an older version left goes with the next commit, and with no row of a newer one."""

from __future__ import annotations

import json

import pytest

from tests.targets.singer import TIME, record, schema, state
from tests.targets.warehouse import Warehouse


def _versioned(stream: str, version: int, **values: object) -> bytes:
    message = {"type": "RECORD", "stream": stream, "record": values, "time_extracted": TIME, "version": version}
    return json.dumps(message).encode()


def _activated(stream: str, version: int) -> bytes:
    return json.dumps({"type": "ACTIVATE_VERSION", "stream": stream, "version": version}).encode()


def _left(warehouse: Warehouse, stream: str) -> list[tuple[object, object]]:
    return warehouse.query(f"SELECT id, n FROM shop.{stream} WHERE _sdc_deleted_at IS NULL ORDER BY id")


def test_small_streams_that_are_read_whole_are_one_commit(warehouse: Warehouse) -> None:
    names = [f"s{number}" for number in range(20)]
    for version in (1, 2):
        lines = [schema(name) for name in names]
        for name in names:
            lines += [_versioned(name, version, id=f"{name}{version}", n=version), _activated(name, version)]
        assert warehouse.load([*lines, state(version)]).error is None
    assert [_left(warehouse, name) for name in names] == [[(f"{name}2", 2)] for name in names]
    noted = warehouse.query("SELECT run_id, count(*), count(DISTINCT batch) FROM _engarde.batches GROUP BY run_id")
    assert [(rows, commits) for _, rows, commits in noted] == [(20, 1)] * len(noted)
    assert noted


@pytest.mark.parametrize("rows", [2, 1000])
def test_a_newer_version_right_behind_keeps_its_rows(warehouse: Warehouse, rows: int) -> None:
    """Whether the older one's rows are written already or wait with its activation."""
    lines = [schema("a"), schema("b"), _versioned("a", 1, id="x", n=1), _versioned("a", 1, id="y", n=1)]
    lines += [_activated("a", 1), _versioned("b", 1, id="x", n=1), _activated("b", 1)]
    lines += [_versioned("a", 2, id="y", n=2), _versioned("a", 2, id="z", n=2)]
    assert warehouse.load([*lines, state(1)], batch_size_rows=rows).error is None
    assert _left(warehouse, "a") == [("x", 1), ("y", 2), ("z", 2)]
    assert _left(warehouse, "b") == [("x", 1)]
    assert warehouse.load([schema("a"), _versioned("a", 3, id="z", n=3), _activated("a", 3), state(2)]).error is None
    assert _left(warehouse, "a") == [("z", 3)]


def test_a_kill_before_the_commit_leaves_what_was_there(warehouse: Warehouse) -> None:
    lines = [schema(), _versioned("orders", 1, id="x", n=1), _versioned("orders", 1, id="y", n=1), state(1)]
    assert warehouse.load(lines).error is None
    second = [schema(), _versioned("orders", 2, id="y", n=2), _activated("orders", 2), state(2)]
    killed = warehouse.load(second, complete=False)
    assert killed.states == []
    assert _left(warehouse, "orders") == [("x", 1), ("y", 1)]
    assert warehouse.load([*second, record(id="w", n=0)]).states == [{"bookmarks": 2}]
    assert _left(warehouse, "orders") == [("w", 0), ("y", 2)]
