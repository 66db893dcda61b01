"""What a run that died left behind, met by the run after it."""

from __future__ import annotations

import json

import pytest

from targets.loading.recall import Recall, Segment, fingerprints
from tests.targets.singer import record, schema, state
from tests.targets.warehouse import Warehouse


def _segment(batch: int, *rows: int) -> Segment:
    return Segment("orders", "run", batch, 0, fingerprints(rows))


def _passed(recall: Recall) -> list[tuple[int, list[int]]]:
    return [(segment.batch, list(segment.rows)) for segment in recall.passed()]


def test_the_tap_may_begin_at_any_segment() -> None:
    recall = Recall([_segment(1, 10, 11), _segment(2, 12), _segment(3, 13)])
    assert [recall.knows(row) for row in (12, 13, 14, 10)] == [True, True, False, False]
    assert recall.is_over


def test_rows_that_came_again_are_told_once() -> None:
    recall = Recall([_segment(1, 10, 11), _segment(2, 12, 13)])
    assert all(map(recall.knows, (10, 11, 12)))
    assert _passed(recall) == [(1, []), (2, [13])]
    recall.settle()
    assert _passed(recall) == []
    assert recall.knows(13)
    assert _passed(recall) == [(2, [])]


def test_what_did_not_come_again_is_forgotten_at_the_first_other_row() -> None:
    recall = Recall([_segment(1, 10, 11), _segment(2, 12)])
    assert recall.knows(10)
    assert not recall.knows(99)
    assert _passed(recall) == [(1, []), (2, [])]


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
