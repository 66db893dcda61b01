"""Children of a page are still being read when the next page's begin; the bookmark waits for them all the same."""

import io
import threading
from typing import Any

import pytest

from taps.engine.errors import LoginRefused
from taps.engine.windows import parse
from taps.engine.writer import stamp
from tests.engine.vendor import Asked, Told, platform, run, vendor

FAMILY = """
streams:
  orders:
    docs: https://acme.example/docs/orders
    path: /orders
    params: {since: "{window.start}"}
    records: data
    key: [id]
    deletes: never
    pages: {kind: number, send: page, size: {limit: 1}}
    cursor: {field: at, format: epoch, start: "{config.start_date}", order: oldest_first}
    fields: {id: string!, at: epoch!}
  lines:
    docs: https://acme.example/docs/lines
    path: /orders/{parent.id}/lines
    records: data
    key: [id]
    parent: {stream: orders, carry: {order: id}}
    deletes: never
    fields: {id: string!, order: string!}
"""
FIRST = 1_700_000_000
LONGEST = 20.0


def orders(asked: Asked) -> Any:
    """Four orders, a page each."""
    number = int(asked.params["page"])
    return {"data": [{"id": str(number), "at": FIRST + number}] if number <= 4 else []}


def test_the_next_pages_children_are_asked_for_while_the_page_before_waits_for_its_own(tmp_path):
    second = threading.Event()

    def answer(asked: Asked) -> Any:
        if asked.path == "/orders":
            return orders(asked)
        if asked.path == "/orders/2/lines":
            second.set()
        elif asked.path == "/orders/1/lines" and not second.wait(LONGEST):
            return 400, {}, b"{}"
        return {"data": [{"id": asked.path}]}

    with vendor(answer) as found:
        told = run(platform(tmp_path / "acme", FAMILY), found.url, start_date="2023-01-01")
    assert told.code == 0
    assert sorted(row["order"] for row in told.records("lines")) == ["1", "2", "3", "4"]


def test_no_bookmark_passes_a_page_whose_children_did_not_come(tmp_path):
    def answer(asked: Asked) -> Any:
        if asked.path == "/orders":
            return orders(asked)
        return (401, {}, b"{}") if asked.path == "/orders/3/lines" else {"data": [{"id": asked.path}]}

    output = io.BytesIO()
    with vendor(answer) as found:
        settings = {"api_key": "k", "api_url": found.url, "start_date": "2023-01-01"}
        with pytest.raises(LoginRefused):
            platform(tmp_path / "acme", FAMILY)(config=settings).read_into(output)
    told = Told(output.getvalue(), 1)
    assert "3" in told.ids("orders")
    reached = told.bookmark("orders").get("replication_key_value")
    assert reached == stamp(parse(FIRST + 2, "epoch")), "what came before is kept, and nothing further"
