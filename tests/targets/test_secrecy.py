"""Whatever is wrong with the input, no line that a target writes shows what a record holds."""

from __future__ import annotations

import json
import logging
from typing import Any

import pytest

from tests.targets.singer import INTEGER, TEXT, TIME, record, schema, state
from tests.targets.warehouse import Warehouse

CANARY = "canary-4242"
ORDERS = schema(id=TEXT, n=INTEGER, at={"type": "string", "format": "date-time"}, paid={"type": "boolean"})
GOOD = [ORDERS, record(id=f"{CANARY}-1", n=1), state(1)]


def _record(**values: Any) -> list[bytes]:
    return [*GOOD, record(**values)]


FAULTS: dict[str, tuple[list[bytes], dict[str, Any]]] = {
    "malformed line": ([*GOOD, b'{"type":"RECORD","stream":"orders","record":{"id":"' + CANARY.encode()], {}),
    "plain text": ([*GOOD, CANARY.encode()], {}),
    "bytes": ([*GOOD, b"\xff\xfe" + CANARY.encode()], {}),
    "unknown type": ([*GOOD, json.dumps({"type": "NOTE", "text": CANARY}).encode()], {}),
    "unknown stream": ([*GOOD, record("others", id=CANARY)], {}),
    "key missing": (_record(n=1, note=CANARY), {}),
    "key null": (_record(id=None, note=CANARY), {}),
    "key of another type": ([schema(id=INTEGER), record(id=CANARY)], {}),
    "key of another kind": (_record(id={"deep": CANARY}), {}),
    "column widened": (_record(id="2", n=CANARY), {}),
    "date that is none": (_record(id="2", at=CANARY), {}),
    "boolean that is none": (_record(id="2", paid=CANARY), {}),
    "refused by validation": (_record(id="2", n=CANARY), {"validate_records": True}),
    "unknown property": (_record(id="2", note=CANARY), {}),
    "record that is a text": ([*GOOD, record().replace(b"{}", b'"canary-4242"')], {}),
    "time that is none": ([*GOOD, record(id="2").replace(TIME.encode(), b"canary-4242")], {}),
    "deep": ([*GOOD, record(id=CANARY, note="[" * 5).replace(b'"[[[[["', b"[" * 3000 + b"]" * 3000)], {}),
}  # fmt: skip


@pytest.mark.parametrize("fault", FAULTS)
def test_no_line_shows_what_a_record_holds(
    warehouse: Warehouse, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str], fault: str
) -> None:
    lines, config = FAULTS[fault]
    with caplog.at_level(logging.DEBUG):
        outcome = warehouse.load(lines, **config)
    said = "\n".join([str(outcome.error), *outcome.reports, caplog.text, *capfd.readouterr()])
    assert CANARY not in said
    assert "\n" not in str(outcome.error)
    assert [row["id"] for row in warehouse.rows("shop.orders", ["id"])] or fault == "key of another type"
