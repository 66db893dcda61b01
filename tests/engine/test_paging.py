"""Every kind of paging, and where it must end, against vendors that behave as their words say."""

import json
import time
from typing import Any

import pytest

from tests.engine.vendor import STREAM, Asked, platform, run, vendor

ITEMS = [{"id": str(n), "n": n} for n in range(1, 8)]


def page(items: list[dict[str, Any]], start: int, size: int = 3) -> list[dict[str, Any]]:
    return items[start : start + size]


def last_id(asked: Asked) -> Any:
    start = int(asked.params.get("after", 0))
    return {"data": page(ITEMS, start), "more": start + 3 < len(ITEMS)}


def token(asked: Asked) -> Any:
    start = int(asked.params.get("page", 0))
    return {"data": page(ITEMS, start), "next": str(start + 3) if start + 3 < len(ITEMS) else None}


def number(asked: Asked) -> Any:
    return {"data": page(ITEMS, (int(asked.params["page"]) - 1) * 3)}


def counted(asked: Asked) -> Any:
    return {"data": page(ITEMS, (int(asked.params["page"]) - 1) * 3), "pages": 3}


def counted_in_a_header(asked: Asked) -> Any:
    at = int(asked.params["page"])
    content = json.dumps({"data": page(ITEMS, (at - 1) * 3)}).encode()
    return (200, {"X-Pages": "3"}, content) if at <= 3 else (400, {"error": "there is no such page"})


def offset(asked: Asked) -> Any:
    return {"data": page(ITEMS, int(asked.params["skip"])), "count": len(ITEMS)}


def link(asked: Asked) -> Any:
    start = int(asked.params.get("from", 0))
    header = {"Link": f'</items?from={start + 3}>; rel="next"'} if start + 3 < len(ITEMS) else {}
    return 200, header, json.dumps({"data": page(ITEMS, start)}).encode()


def next_url(asked: Asked) -> Any:
    start = int(asked.params.get("from", 0))
    return {"data": page(ITEMS, start), "next": f"/items?from={start + 3}" if start + 3 < len(ITEMS) else None}


def linked(asked: Asked) -> Any:
    start = int(asked.params.get("from", 0))
    following = [{"rel": "next", "href": f"/items?from={start + 3}"}] if start + 3 < len(ITEMS) else []
    return {"data": page(ITEMS, start), "links": [{"rel": "self", "href": "/items"}, *following]}


@pytest.mark.parametrize(
    ("words", "answer"),
    [
        ("{kind: last_id, send: after, take: id, more: more, size: {limit: 3}}", last_id),
        ("{kind: token, send: page, take: next}", token),
        ("{kind: number, send: page}", number),
        ("{kind: number, send: page, total: {pages: pages}}", counted),
        ("{kind: number, send: page, total: {pages: header:X-Pages}}", counted_in_a_header),
        ("{kind: offset, send: skip}", offset),
        ("{kind: offset, send: skip, total: {records: count}}", offset),
        ("{kind: link}", link),
        ("{kind: next_url, take: next}", next_url),
        ("{kind: next_url, take: links.href, where: {rel: next}}", linked),
    ],
)
def test_every_kind_of_paging_reads_all_records_once(tmp_path, words, answer):
    tap = platform(tmp_path / "acme", STREAM + f"    pages: {words}\n")
    with vendor(answer) as found:
        told = run(tap, found.url)
    assert told.ids("items") == [item["id"] for item in ITEMS]
    assert told.code == 0


@pytest.mark.parametrize("length", [1, 2, 5])
def test_a_circle_of_tokens_ends_in_an_error_and_without_a_bookmark(tmp_path, length):
    tap = platform(tmp_path / "acme", STREAM + "    pages: {kind: token, send: page, take: next}\n")

    def circle(asked: Asked) -> Any:
        at = int(asked.params.get("page", 0))
        return {"data": [{"id": str(at)}], "next": str((at % length) + 1)}

    with vendor(circle) as found:
        told = run(tap, found.url)
        assert len(found.asked) <= length + 2
    assert told.code == 1
    assert told.bookmark("items") == {}


@pytest.mark.parametrize("count", [0, 1, len(ITEMS)])
def test_a_last_page_may_name_itself_as_the_next(tmp_path, count):
    tap = platform(tmp_path / "acme", STREAM + "    pages: {kind: next_url, take: next, last: itself}\n")

    def since(asked: Asked) -> Any:
        """An export from a moment on, inclusive: the last record comes again, under the same address."""
        start = int(asked.params.get("from", 0))
        until = min(start + 2, max(count - 1, 0))
        return {"data": ITEMS[start : min(start + 3, count)], "next": f"/items?from={until}"}

    with vendor(since) as found:
        told = run(tap, found.url)
    assert told.code == 0
    assert set(told.ids("items")) == {item["id"] for item in ITEMS[:count]}


def test_a_longer_circle_is_one_also_where_the_last_page_names_itself(tmp_path):
    tap = platform(tmp_path / "acme", STREAM + "    pages: {kind: token, send: page, take: next, last: itself}\n")

    def circle(asked: Asked) -> Any:
        at = int(asked.params.get("page", 0))
        return {"data": [{"id": str(at)}], "next": str((at % 2) + 1)}

    with vendor(circle) as found:
        told = run(tap, found.url)
    assert (told.code, told.bookmark("items")) == (1, {})


def test_a_vendor_that_ignores_the_page_number_is_noticed(tmp_path):
    tap = platform(tmp_path / "acme", STREAM + "    pages: {kind: number, send: page}\n")
    with vendor(lambda asked: {"data": ITEMS[:3]}) as found:
        told = run(tap, found.url)
        assert len(found.asked) == 2
    assert told.code == 1


def test_a_counted_list_that_is_read_in_turn_ends_with_its_last_record(tmp_path):
    words = STREAM + "    pages: {kind: number, send: page, total: {records: count}}\n"
    words += "    cursor: {field: id, filter: stop, order: newest_first}\n"
    tap = platform(tmp_path / "acme", words)

    def beyond_is_an_error(asked: Asked) -> Any:
        start = (int(asked.params["page"]) - 1) * 3
        newest = ITEMS[::-1]
        if start >= len(ITEMS):
            return 400, {}, b'{"error": "there is no such page"}'
        return {"data": newest[start : start + 3], "count": len(ITEMS)}

    with vendor(beyond_is_an_error) as found:
        told = run(tap, found.url)
    assert sorted(told.ids("items")) == sorted(item["id"] for item in ITEMS)
    assert told.code == 0


def test_numbered_pages_with_a_total_are_fetched_side_by_side_and_written_in_order(tmp_path):
    def slow(asked: Asked) -> Any:
        time.sleep(0.1)
        return {"data": [{"id": asked.params["page"]}], "pages": 20}

    words = STREAM + "    pages: {kind: number, send: page, total: {pages: pages}}\n"
    tap = platform(tmp_path / "acme", words)
    with vendor(slow) as found:
        began = time.monotonic()
        told = run(tap, found.url)
        spent = time.monotonic() - began
    assert told.ids("items") == [str(n) for n in range(1, 21)]
    assert spent < 1.0, "twenty pages one after the other take two seconds"
