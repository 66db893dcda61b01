"""What a run that died left behind, met by the run after it."""

from __future__ import annotations

import json

import pytest

from targets.loading.recall import Recall, Segment, fingerprints
from tests.targets.singer import record, schema, state
from tests.targets.warehouse import DuckDBWarehouse, PostgresWarehouse, Warehouse


def _segment(batch: int, *rows: int) -> Segment:
    return Segment("orders", "run", batch, 0, fingerprints(rows))


def _passed(recall: Recall) -> list[tuple[int, list[int]]]:
    return [(segment.batch, list(segment.rows)) for segment in recall.passed()]


def test_rows_are_recognised_in_any_order_and_each_once() -> None:
    recall = Recall([_segment(1, 10, 11), _segment(2, 12), _segment(3, 13, 13)])
    assert [recall.knows(row) for row in (13, 10, 14, 10, 12)] == [True, True, False, False, True]
    assert not recall.is_over
    assert [recall.knows(row) for row in (13, 13, 11)] == [True, False, True]
    assert recall.is_over


def test_rows_that_came_again_are_told_once() -> None:
    recall = Recall([_segment(1, 10, 11), _segment(2, 12, 13)])
    assert all(map(recall.knows, (11, 12, 10)))
    assert _passed(recall) == [(1, []), (2, [13])]
    recall.settle()
    assert _passed(recall) == []
    assert recall.knows(13)
    assert _passed(recall) == [(2, [])]


def _orders(*rows: str) -> list[bytes]:
    return [schema(keys=()), *(record(id=row, n=1) for row in rows)]


def test_equal_rows_are_told_apart_by_their_number(warehouse: Warehouse) -> None:
    warehouse.load(_orders("a", "a", "b"), complete=False, batch_size_rows=3)
    outcome = warehouse.load([*_orders("a", "a", "b", "b", "a"), state(1)])
    assert sorted(row["id"] for row in warehouse.rows("shop.orders", ["id"])) == ["a", "a", "a", "b", "b"]
    assert "3 recognised as written by an earlier run" in outcome.reports[0]


def test_a_record_refused_after_a_widening_is_not_taken_for_written(warehouse: Warehouse) -> None:
    warehouse.load([*_orders("a"), record(id="b", n="text")], complete=False, batch_size_rows=10)
    warehouse.load([*_orders("a"), record(id="b", n="text"), state(1)])
    assert sorted(row["id"] for row in warehouse.rows("shop.orders", ["id"])) == ["a", "b"]


@pytest.mark.parametrize("method", ["upsert", "append-only", "overwrite"])
def test_a_complete_run_leaves_nothing_to_recognise(warehouse: Warehouse, method: str) -> None:
    for _ in range(2):
        warehouse.load([*_orders("a"), state(1)], load_method=method)
    expected = ["a"] if method == "overwrite" else ["a", "a"]
    assert [row["id"] for row in warehouse.rows("shop.orders", ["id"])] == expected


def _of_a_tap_that_tells_its_end(*rows: str) -> list[bytes]:
    first, *records = _orders(*rows)
    return [json.dumps({**json.loads(first), "tells_end": True}).encode(), *records]


def test_windows_that_a_state_did_not_cover_are_recognised(warehouse: Warehouse) -> None:
    """A tap that reads windows side by side had sent c before the state, which does not reach so far."""
    warehouse.load([*_of_a_tap_that_tells_its_end("a", "c"), state(1), record(id="d", n=1)])
    warehouse.load(
        [*_of_a_tap_that_tells_its_end("b", "d", "c"), json.dumps({**json.loads(state(2)), "end": True}).encode()]
    )
    assert sorted(row["id"] for row in warehouse.rows("shop.orders", ["id"])) == ["a", "b", "c", "d"]


def test_a_killed_tap_that_tells_its_end_leaves_what_it_sent_to_recognise(warehouse: Warehouse) -> None:
    """To the target the input of a tap that was killed ends as any other does."""
    warehouse.load(_of_a_tap_that_tells_its_end("a"))
    ended = json.dumps({**json.loads(state(1)), "end": True}).encode()
    for _ in range(2):
        warehouse.load([*_of_a_tap_that_tells_its_end("a", "b"), ended])
    assert sorted(row["id"] for row in warehouse.rows("shop.orders", ["id"])) == ["a", "a", "b", "b"]


def test_of_rows_that_a_state_followed_the_newest_are_kept(
    duckdb_file: DuckDBWarehouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("targets.loading.drain.KEPT_ROWS", 2)
    first, *rest = _of_a_tap_that_tells_its_end("a", "b", "c", "d")
    lines = [line for row in rest for line in (row, state(1))]
    duckdb_file.load([first, *lines], complete=False, batch_size_rows=1)
    duckdb_file.load(_of_a_tap_that_tells_its_end("a", "d", "c"))
    assert sorted(row["id"] for row in duckdb_file.rows("shop.orders", ["id"])) == ["a", "a", "b", "c", "d"]


def test_recognised_rows_stay_where_a_window_is_read_again(warehouse: Warehouse) -> None:
    warehouse.load(_orders("a", "b"), complete=False, batch_size_rows=2)
    again = json.loads(schema(keys=()))
    again["replaces"] = {"field": None, "where": {"id": ["a", "b"]}, "before": "2026-11-25T00:00:00+00:00"}
    warehouse.load([*_orders("a", "b"), json.dumps(again).encode(), state(1)])
    assert sorted(row["id"] for row in warehouse.rows("shop.orders", ["id"])) == ["a", "b"]


def test_batches_noted_before_there_were_fingerprints_make_way(warehouse: Warehouse) -> None:
    warehouse.load([*_orders("a"), state(1)])
    store = warehouse.open(warehouse.settings.model_validate(warehouse.config()))
    try:
        with store.transaction():
            store.execute("ALTER TABLE _engarde.batches DROP COLUMN fingerprints")
    finally:
        store.close()
    warehouse.load([*_orders("b"), state(2)])
    assert sorted(row["id"] for row in warehouse.rows("shop.orders", ["id"])) == ["a", "b"]


def test_a_run_waits_until_whoever_a_kill_left_over_is_through(postgres: PostgresWarehouse) -> None:
    """Else it would read the ledger before the other commits, and add the same rows."""
    first = postgres.open(postgres.settings.model_validate(postgres.config()))
    first.hold("shop")
    outcome = postgres.load(_orders("a"), lock_timeout=0.3)
    assert outcome.error is not None
    assert "target-postgres (server process" in outcome.error
    assert postgres.load(_orders("a"), lock_timeout=0.3, pipeline_id="another").error is None
    first.close()
    assert postgres.load(_orders("b")).error is None
