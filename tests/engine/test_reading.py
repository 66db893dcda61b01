"""Lists, paging, windows and bookmarks, against vendors that behave as their words say."""

import json
import time
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from taps.engine.errors import BadAnswer
from taps.engine.windows import parse
from tests.engine.vendor import AUTH, Asked, platform, run, vendor

ITEMS = [{"id": str(n), "n": n} for n in range(1, 8)]
STREAM = """
streams:
  items:
    docs: https://acme.example/docs/items
    path: /items
    records: data
    key: [id]
    deletes: never
    fields: {id: string!, n: integer}
"""


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
    return 200, header, __import__("json").dumps({"data": page(ITEMS, start)}).encode()


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


@pytest.mark.parametrize(
    ("point", "hook"),
    [
        ("record", 'def read(record):\n    """Their names."""\n    return {**record, \'n\': record[\'name\']}\n'),
        ("page", 'def read(answer):\n    """Their rows."""\n    return answer[\'rows\']\n'),
    ],
)
def test_what_a_hook_cannot_read_ends_its_stream_and_not_the_run(tmp_path, point, hook):
    hooked = STREAM + f"    hooks: {{{point}: hooks.py:read}}\n"
    others = STREAM.replace("streams:\n", "").replace("  items:", "  others:").lstrip("\n")
    tap = platform(tmp_path / "acme", hooked + others, {"hooks.py": hook})
    with vendor(lambda _: {"data": ITEMS[:1]}) as found:
        told = run(tap, found.url)
    assert (told.code, told.ids("items"), told.ids("others")) == (1, [], ["1"])


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


def test_an_absent_list_is_a_failure_and_never_zero_rows(tmp_path, monkeypatch):
    monkeypatch.setattr("taps.engine.http_patience.Patience.next_body", lambda self: None)
    tap = platform(tmp_path / "acme", STREAM)
    with vendor(lambda asked: {"items": []}) as found:
        told = run(tap, found.url)
    assert told.code == 1
    assert told.ids("items") == []


WINDOWED = """
streams:
  items:
    docs: https://acme.example/docs/items
    path: /items
    params: {since: "{window.start}", until: "{window.end}"}
    records: data
    key: [id]
    deletes: never
    cursor: {field: at, format: epoch, start: "{config.start_date}", window: 1d, includes: INCLUDES, lookback: 60s,
             order: unknown}
    fields: {id: string!, at: epoch!}
"""


@pytest.mark.parametrize(
    ("includes", "counts"),
    [
        ("from", lambda at, since, until: since <= at < until),
        ("until", lambda at, since, until: since < at <= until),
        ("both", lambda at, since, until: since <= at <= until),
        ("neither", lambda at, since, until: since < at < until),
    ],
)
def test_windows_ask_for_every_moment_once_whichever_ends_the_vendor_counts(tmp_path, includes, counts):
    start = datetime.now(UTC).replace(hour=0, minute=0, second=0, microsecond=0) - timedelta(days=3)
    seam = int((start + timedelta(days=1)).timestamp())
    items = [{"id": str(at), "at": at} for at in (int(start.timestamp()), seam - 1, seam, seam + 1)]

    def answer(asked: Asked) -> Any:
        since, until = int(asked.params["since"]), int(asked.params["until"])
        return {"data": [item for item in items if counts(item["at"], since, until)]}

    tap = platform(tmp_path / "acme", WINDOWED.replace("INCLUDES", includes))
    with vendor(answer) as found:
        told = run(tap, found.url, start_date=start.date().isoformat())
    assert sorted(told.ids("items")) == sorted(item["id"] for item in items)


def test_a_second_run_asks_from_the_bookmark_minus_the_lookback(tmp_path):
    tap = platform(tmp_path / "acme", WINDOWED.replace("INCLUDES", "from"))
    with vendor(lambda asked: {"data": []}) as found:
        first = run(tap, found.url, start_date=(datetime.now(UTC) - timedelta(days=2)).date().isoformat())
        bookmark = first.bookmark("items")["replication_key_value"]
        found.asked.clear()
        run(tap, found.url, state=first.state)
    since = int(found.asked[0].params["since"])
    assert since == int(datetime.fromisoformat(bookmark).timestamp()) - 60
    assert len(found.asked) == 1


@pytest.mark.parametrize("ahead", [timedelta(days=-7), timedelta(minutes=-10), timedelta(minutes=10)])
def test_no_bookmark_lies_in_the_vendors_future_whatever_our_clock_says(tmp_path, ahead):
    tap = platform(tmp_path / "acme", WINDOWED.replace("INCLUDES", "from"))
    start = (datetime.now(UTC) - timedelta(days=9)).date().isoformat()
    with vendor(lambda _: {"data": []}, lambda: time.time() + ahead.total_seconds()) as found:
        told = run(tap, found.url, start_date=start)
    bookmark = datetime.fromisoformat(told.bookmark("items")["replication_key_value"])
    vendors_now = datetime.now(UTC) + ahead
    assert bookmark <= vendors_now
    assert vendors_now - bookmark < timedelta(minutes=11)


def test_the_bookmark_moves_only_over_windows_that_follow_each_other(tmp_path):
    start = datetime.now(UTC).replace(hour=0, minute=0, second=0, microsecond=0) - timedelta(days=4)
    broken = int((start + timedelta(days=1, seconds=-60)).timestamp())

    def answer(asked: Asked) -> Any:
        if int(asked.params["since"]) == broken:
            return 400, {"error": "no"}
        return {"data": []}

    tap = platform(tmp_path / "acme", WINDOWED.replace("INCLUDES", "from"))
    with vendor(answer) as found:
        told = run(tap, found.url, start_date=start.date().isoformat())
    assert told.code == 1
    reached = datetime.fromisoformat(told.bookmark("items")["replication_key_value"])
    assert reached == start + timedelta(days=1, seconds=-60)


def test_a_cursor_without_a_field_keeps_the_end_of_the_last_window(tmp_path):
    words = WINDOWED.replace("INCLUDES", "from").replace("field: at, ", "").replace("unknown", "oldest_first")
    start = datetime.now(UTC) - timedelta(hours=2)
    with vendor(lambda asked: {"data": [{"id": "1", "at": int(start.timestamp())}]}) as found:
        told = run(platform(tmp_path / "acme", words), found.url, start_date=start.isoformat(timespec="seconds"))
    assert told.code == 0
    reached = datetime.fromisoformat(told.bookmark("items")["replication_key_value"])
    assert datetime.now(UTC) - reached < timedelta(minutes=11)


def test_a_window_that_reaches_the_vendors_ceiling_is_halved_until_it_fits(tmp_path):
    start = datetime.now(UTC).replace(hour=0, minute=0, second=0, microsecond=0) - timedelta(days=1)
    items = [{"id": str(n), "at": int(start.timestamp()) + n * 600} for n in range(40)]

    def answer(asked: Asked) -> Any:
        since, until = int(asked.params["since"]), int(asked.params["until"])
        found = [item for item in items if since <= item["at"] < until]
        return {"data": found[:10], "total": len(found)}

    words = WINDOWED.replace("INCLUDES", "from").replace("order: unknown", "order: unknown, ceiling: 10")
    tap = platform(tmp_path / "acme", words + "    pages: {kind: none, total: {records: total}}\n")
    with vendor(answer) as found:
        told = run(tap, found.url, start_date=start.date().isoformat())
    assert told.code == 0
    assert set(told.ids("items")) == {item["id"] for item in items}


def test_a_first_load_by_another_list_knows_no_ceiling(tmp_path):
    words = WINDOWED.replace("INCLUDES", "from").replace("order: unknown", "order: unknown, ceiling: 3")
    first = "    first: {path: /all, params: {}, pages: {kind: token, send: page, take: next}}\n"
    tap = platform(tmp_path / "acme", words + first)
    now = int(datetime.now(UTC).timestamp())

    def answer(asked: Asked) -> Any:
        start = int(asked.params.get("page", 0))
        return {
            "data": [{"id": str(n), "at": now} for n in range(start, start + 3)],
            "next": str(start + 3) if start < 6 else "",
        }

    with vendor(answer) as found:
        told = run(tap, found.url)
        assert found.paths() == ["/all"] * 3
    assert told.code == 0
    assert len(told.ids("items")) == 9


def test_filter_stop_ends_at_the_first_record_that_is_older_than_the_bookmark(tmp_path):
    now = int(datetime.now(UTC).timestamp())
    items = [{"id": str(n), "at": now - n * 100} for n in range(50)]

    def answer(asked: Asked) -> Any:
        at = int(asked.params.get("page", 0))
        return {"data": items[at : at + 5], "next": str(at + 5) if at + 5 < 50 else None}

    tap = platform(
        tmp_path / "acme",
        """
        streams:
          items:
            docs: https://acme.example/docs/items
            path: /items
            records: data
            key: [id]
            deletes: never
            pages: {kind: token, send: page, take: next}
            cursor: {field: at, format: epoch, order: newest_first, filter: stop}
            fields: {id: string!, at: epoch!}
        """,
    )
    since = datetime.fromtimestamp(now - 1050, UTC).isoformat()
    with vendor(answer) as found:
        told = run(tap, found.url, state={"bookmarks": {"items": {"replication_key_value": since}}})
        assert len(found.asked) == 3
    assert told.ids("items") == [str(n) for n in range(11)]


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


def test_what_ends_a_run_is_raised(tmp_path):
    tap = platform(tmp_path / "acme", STREAM)
    with (
        vendor(lambda asked: (401, {"error": "no"})) as found,
        pytest.raises(Exception, match="login|connect") as ended,
    ):
        run(tap, found.url)
    assert "k-secret" not in str(ended.value)
    assert not isinstance(ended.value, BadAnswer)


REPORT = """
streams:
  report:
    docs: https://acme.example/docs/report
    path: /report
    records: rows?
    cells:
      - names: dimensionHeaders.name
        values: dimensionValues.value
      - names: metricHeaders.name
        values: metricValues.value
    pages: {kind: none}
    key: [date]
    deletes: never
    fields: {}
    dimensions:
      date: {type: date!, format: "%Y%m%d"}
      country: string
    metrics: {visits: integer, revenue: decimal}
"""


def test_rows_of_several_sets_of_cells_become_records_under_the_answers_names(tmp_path):
    def answer(_: Asked) -> Any:
        return {
            "dimensionHeaders": [{"name": "country"}, {"name": "date"}],
            "metricHeaders": [{"name": "visits"}, {"name": "revenue"}],
            "rows": [
                {
                    "dimensionValues": [{"value": "DE"}, {"value": "20260301"}],
                    "metricValues": [{"value": "7"}, {"value": "24.90"}],
                }
            ],
        }

    with vendor(answer) as found:
        (row,) = run(platform(tmp_path / "acme", REPORT), found.url).records("report")
    assert {name: row[name] for name in ("date", "country", "visits", "revenue", "_extra")} == {
        "date": "2026-03-01", "country": "DE", "visits": 7, "revenue": "24.90", "_extra": None,
    }  # fmt: skip


def test_a_report_without_rows_is_empty_and_one_with_a_value_too_few_is_refused(tmp_path, monkeypatch):
    monkeypatch.setattr("taps.engine.http_patience.Patience.next_body", lambda self: None)
    tap = platform(tmp_path / "acme", REPORT)
    answer: dict[str, Any] = {"dimensionHeaders": [{"name": "date"}], "metricHeaders": [{"name": "visits"}]}
    with vendor(lambda _: answer) as found:
        assert run(tap, found.url).ids("report") == []
        answer["rows"] = [{"dimensionValues": [{"value": "20260301"}], "metricValues": []}]
        assert run(tap, found.url).code == 1


@pytest.mark.parametrize("text", ["Sun, 01 Mar 2026 08:15:00 +0000", "2026-03-01T08:15:00+00:00"])
def test_a_bookmark_is_read_as_the_vendor_wrote_it_and_as_the_column_holds_it(text):
    assert parse(text, "%a, %d %b %Y %H:%M:%S %z") == datetime(2026, 3, 1, 8, 15, tzinfo=UTC)


def test_a_text_that_is_no_moment_is_refused():
    with pytest.raises(ValueError, match="Invalid isoformat"):
        parse("yesterday", "%d.%m.%Y")


@pytest.mark.parametrize(
    ("answer", "ids"),
    [
        ({"data": {"7": [{"id": "a"}, {"id": "b"}], "8": [{"id": "c"}]}}, ["a", "b", "c"]),
        ({"data": {"7": {"id": "a"}, "8": {"id": "b"}}}, ["a", "b"]),
        ({"data": {}}, []),
    ],
)
def test_a_star_goes_through_an_object_whose_keys_are_ids(tmp_path, answer, ids):
    tap = platform(tmp_path / "acme", STREAM.replace("records: data", 'records: "data.*"'))
    with vendor(lambda _: answer) as found:
        told = run(tap, found.url)
    assert told.code == 0
    assert told.ids("items") == ids


def test_a_star_where_no_object_stands_is_a_failure(tmp_path, monkeypatch):
    monkeypatch.setattr("taps.engine.http_patience.Patience.next_body", lambda self: None)
    tap = platform(tmp_path / "acme", STREAM.replace("records: data", 'records: "data.*"'))
    with vendor(lambda _: {"items": {}}) as found:
        assert run(tap, found.url).code == 1


@pytest.mark.parametrize(
    ("safe", "query"),
    [("", "accounts=List%28urn%253Aa%253A1%2Curn%253Aa%253A2%29"), ("():,%", "accounts=List(urn%3Aa%3A1,urn%3Aa%3A2)")],
)
def test_characters_that_a_vendor_wants_as_they_are_are_not_encoded(tmp_path, safe, query):
    words = STREAM + '    params: {accounts: "List(urn%3Aa%3A1,urn%3Aa%3A2)"}\n'
    tap = platform(tmp_path / "acme", words, auth=AUTH.replace("acme.example}", f'acme.example, safe: "{safe}"}}'))
    with vendor(lambda _: {"data": []}) as found:
        assert run(tap, found.url).code == 0
    assert [asked.query for asked in found.asked] == [query]
