"""What an increment asks for, and how far its bookmark moves."""

import time
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from taps.engine.windows import parse
from tests.engine.vendor import Asked, platform, run, vendor

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


DATED = """
streams:
  items:
    docs: https://acme.example/docs/items
    path: /items
    records: data
    key: [id]
    deletes: {compare: each_run}
    cursor: {field: at, format: epoch, start: "{config.start_date}", ORDER}
    fields: {id: string!, at: epoch!}
"""


@pytest.mark.parametrize(
    "order",
    [
        "order: newest_first, filter: stop",
        "order: unknown, filter: here",
        "order: oldest_first",
        "order: unknown",
    ],
)
def test_end_date_is_kept_where_the_vendor_cannot_be_told_it(tmp_path, order):
    start = datetime(2026, 3, 1, tzinfo=UTC)
    days = range(1, 9) if "oldest" in order else range(8, 0, -1)
    items = [{"id": str(day), "at": int((start + timedelta(days=day)).timestamp())} for day in days]
    tap = platform(tmp_path / "acme", DATED.replace("ORDER", order))
    with vendor(lambda _: {"data": items}) as found:
        told = run(tap, found.url, start_date="2026-03-01", end_date="2026-03-06")
        later = run(tap, found.url, state=told.state)
    assert sorted(told.ids("items")) == ["1", "2", "3", "4"]
    assert told.bookmark("items")["replication_key_value"].startswith("2026-03-06")
    assert {"5", "6", "7", "8"} <= set(later.ids("items"))


def test_nothing_counts_as_gone_that_lies_after_end_date(tmp_path):
    tap = platform(tmp_path / "acme", DATED.replace("ORDER", "order: unknown"))
    with vendor(lambda _: {"data": []}) as found:
        assert run(tap, found.url).of("ACTIVATE_VERSION")
        assert not run(tap, found.url, end_date="2026-03-06").of("ACTIVATE_VERSION")


@pytest.mark.parametrize("text", ["Sun, 01 Mar 2026 08:15:00 +0000", "2026-03-01T08:15:00+00:00"])
def test_a_bookmark_is_read_as_the_vendor_wrote_it_and_as_the_column_holds_it(text):
    assert parse(text, "%a, %d %b %Y %H:%M:%S %z") == datetime(2026, 3, 1, 8, 15, tzinfo=UTC)


def test_a_text_that_is_no_moment_is_refused():
    with pytest.raises(ValueError, match="Invalid isoformat"):
        parse("yesterday", "%d.%m.%Y")
