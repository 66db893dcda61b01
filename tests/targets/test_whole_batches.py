"""Batches of records that need no mending: the last line of a key takes the place of everything before it."""

from __future__ import annotations

import subprocess
import sys

import pytest

from tests.targets.singer import INTEGER, TEXT, joined, record, schema, state
from tests.targets.warehouse import Warehouse

TIMES = {"type": ["string", "null"], "format": "date-time"}
PROPERTIES = {"id": TEXT, "n": INTEGER, "_sdc_deleted_at": TIMES}
GONE = "2026-11-24T10:00:00Z"


def _batch(*versions: tuple[str, int] | tuple[str, int, str], **more: object) -> list[bytes]:
    lines = [
        record(id=key, n=n, **({"_sdc_deleted_at": gone[0]} if gone else {}), **more) for key, n, *gone in versions
    ]
    return joined(schema(**PROPERTIES), *lines, state(1)).splitlines()


def _rows(warehouse: Warehouse) -> list[tuple[object, object, bool]]:
    return warehouse.query("SELECT id, n, _sdc_deleted_at IS NOT NULL FROM shop.orders ORDER BY id")


def test_the_last_line_of_a_key_wins_in_a_batch_and_over_the_table(warehouse: Warehouse) -> None:
    first = warehouse.load(_batch(("a", 1), ("b", 2), ("a", 3), ("c", 4), ("c", 5, GONE)))
    assert first.error is None
    assert _rows(warehouse) == [("a", 3, False), ("b", 2, False), ("c", 5, True)]
    assert "5 records, 2 rows written, 1 deleted" in first.reports[0]
    second = warehouse.load(_batch(("c", 6), ("a", 7), ("d", 8), ("a", 9)))
    assert _rows(warehouse) == [("a", 9, False), ("b", 2, False), ("c", 6, False), ("d", 8, False)]
    assert "4 records, 3 rows written, 0 deleted" in second.reports[0]


def test_rows_are_numbered_as_they_came(warehouse: Warehouse) -> None:
    warehouse.load(_batch(*((f"{n * 7919 % 100:02}", n) for n in range(100))))
    warehouse.load(_batch(("50", 100), ("05", 101)))
    numbered = warehouse.query("SELECT n, _sdc_sequence FROM shop.orders ORDER BY n")
    assert len({sequence for _, sequence in numbered}) == 100
    assert [sequence for _, sequence in numbered] == sorted(sequence for _, sequence in numbered)


def test_numbers_rise_whichever_way_rows_go(warehouse: Warehouse) -> None:
    """Straight into the table, through a stage, and folded with another row of their key."""
    ways: list[list[dict[str, object]]] = [
        [{"id": "a", "n": 1}], [{"id": "b"}], [{"id": "c", "n": 1}], [{"id": "d"}, {"id": "d", "n": 2}],
        [{"id": "e", "n": "2"}], [{"id": "f", "n": 1}],
    ]  # fmt: skip
    for records in ways:
        assert warehouse.load([schema(**PROPERTIES), *[record(**values) for values in records]]).error is None
    found = warehouse.query("SELECT id, _sdc_sequence FROM shop.orders ORDER BY _sdc_sequence")
    assert [key for key, _ in found] == list("abcdef")


def test_hard_deletes_take_the_row_that_was_there(warehouse: Warehouse) -> None:
    warehouse.load(_batch(("a", 1), ("b", 2)))
    warehouse.load(_batch(("a", 3), ("a", 4, GONE), ("c", 5, GONE)), hard_delete=True)
    assert _rows(warehouse) == [("b", 2, False)]


def test_columns_that_the_schema_no_longer_names_keep_their_values(warehouse: Warehouse) -> None:
    warehouse.load(joined(schema(**PROPERTIES, old=TEXT), record(id="a", n=1, old="x"), state(1)).splitlines())
    warehouse.load(_batch(("a", 2), ("b", 3)))
    assert warehouse.query("SELECT id, n, old FROM shop.orders ORDER BY id") == [("a", 2, "x"), ("b", 3, None)]


def test_what_a_record_lacks_stays_as_it_was(warehouse: Warehouse) -> None:
    """In the batch and in the table, with one row of a key and with several; null is a value."""
    three = {"id": TEXT, "n": INTEGER, "t": TEXT}
    first = [record(id=key, n=1, t="old") for key in "abcd"]
    assert warehouse.load([schema(**three), *first, state(1)]).error is None
    second = [record(id="a", n=2), record(id="b", t=None), record(id="c", n=3), record(id="c", t="new"), record(id="e")]
    outcome = warehouse.load([schema(**three), *second, record(id="d", n=4, t="whole"), state(2)])
    assert "6 records, 5 rows written, 0 deleted" in outcome.reports[0]
    assert warehouse.query("SELECT id, n, t FROM shop.orders ORDER BY id") == [
        ("a", 2, "old"), ("b", 1, None), ("c", 3, "new"), ("d", 4, "whole"), ("e", None, None)
    ]  # fmt: skip


def test_records_that_lack_something_take_the_fast_way(warehouse: Warehouse, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("targets.loading.loader.read_record", None)
    lines = [schema(id=TEXT, n=INTEGER, t=TEXT), *[record(id=str(n), **({"n": n} if n % 3 else {})) for n in range(99)]]
    for _ in range(2):
        assert warehouse.load([*lines, state(1)]).error is None
    assert warehouse.query("SELECT count(*), count(n), count(t) FROM shop.orders") == [(99, 66, 0)]


def test_appended_rows_stay_all(warehouse: Warehouse) -> None:
    for _ in range(2):
        warehouse.load(_batch(("a", 1), ("a", 2)), load_method="append-only")
    assert warehouse.query("SELECT count(*), count(DISTINCT _sdc_sequence) FROM shop.orders") == [(4, 4)]


@pytest.mark.parametrize("target", ["duckdb", "postgres"])
def test_a_load_needs_no_frame(target: str) -> None:
    """singer-sdk's import would cost as much as tens of thousands of records."""
    code = f"import sys, targets.loading.command, targets.{target}.kind; sys.exit('singer_sdk' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
