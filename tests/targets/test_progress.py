"""What is committed is told while the run goes on, so that whoever waits sees it move."""

from __future__ import annotations

import logging

import pytest

from targets.loading import loader
from tests.targets.singer import INTEGER, TEXT, joined, record, schema, state
from tests.targets.warehouse import Warehouse


def _lines(count: int) -> list[bytes]:
    rows = [record(id=str(n), n=n) for n in range(count)]
    return joined(schema(id=TEXT, n=INTEGER), *rows, state(1)).splitlines()


def test_the_log_tells_of_each_stream_that_went_on(
    warehouse: Warehouse, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(loader, "PROGRESS_SECONDS", 0)
    with caplog.at_level(logging.INFO):
        outcome = warehouse.load(_lines(5), complete=False, batch_size_rows=2)
    told = [message for message in caplog.messages if message.endswith("so far")]
    assert told == [
        f"shop.orders: {committed} records, {committed} rows written, 0 deleted, so far" for committed in (2, 4)
    ]
    assert outcome.error is None


def test_a_short_run_tells_of_nothing_on_the_way(warehouse: Warehouse, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.INFO):
        warehouse.load(_lines(5), batch_size_rows=2)
    assert not [message for message in caplog.messages if "so far" in message]
