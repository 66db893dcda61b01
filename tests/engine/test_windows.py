"""The spans that a cursor is asked for."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest

from taps.engine.cursor import Cursor
from taps.engine.windows import Window, scope, unit_of, windows


@pytest.mark.parametrize("form", ["%Y_%m_%d", "%Y%m%d", "date", "day_ms"])
def test_bounds_sent_as_days_are_whole_days(form: str) -> None:
    cursor = Cursor(field="day", send_as=form, window="1d", includes="from", order="oldest_first", behind="1d")
    bookmark, now = datetime(2026, 3, 1, 14, 20, tzinfo=UTC), datetime(2026, 3, 4, 9, 0, tzinfo=UTC)

    asked = windows(cursor, bookmark, now)

    days = [datetime(2026, 3, day, tzinfo=UTC) for day in (1, 2, 3, 4)]
    assert asked == [Window(*pair) for pair in pairwise(days)]


def test_the_last_day_is_asked_for_where_the_vendor_counts_it() -> None:
    cursor = Cursor(field="day", send_as="%Y%m%d", window="7d", includes="both", order="oldest_first")

    sent = scope(Window(datetime(2026, 3, 1, tzinfo=UTC), datetime(2026, 3, 8, tzinfo=UTC)), cursor)

    assert (sent["start"], sent["end"]) == ("20260301", "20260307")


def test_a_day_is_sent_as_the_milliseconds_of_its_midnight() -> None:
    cursor = Cursor(field="at", format="epoch_ms", send_as="day_ms", window="7d", includes="from", order="unknown")
    now = datetime(2026, 3, 4, 9, 30, tzinfo=UTC)

    [window] = windows(cursor, datetime(2026, 3, 1, 14, 20, tzinfo=UTC), now)
    sent = scope(window, cursor)

    assert (sent["start"], sent["end"]) == (1772323200000, 1772668800000)


def test_bounds_sent_as_hours_are_whole_hours() -> None:
    cursor = Cursor(field="at", send_as="%Y%m%dT%H", window="1d", includes="both", order="unknown", lookback="2h")
    now = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)

    asked = windows(cursor, datetime(2026, 3, 1, 14, 20, tzinfo=UTC), now)

    hours = [datetime(2026, 3, 1, 12, tzinfo=UTC), datetime(2026, 3, 2, 10, tzinfo=UTC)]
    assert asked == [Window(*hours)]
    assert scope(asked[0], cursor)["start"] == "20260301T12"
    assert scope(asked[0], cursor)["end"] == "20260302T09"


@pytest.mark.parametrize(
    ("form", "unit"),
    [
        ("%Y%m%d", timedelta(days=1)),
        ("%Y%m%dT%H", timedelta(hours=1)),
        ("%Y/%m/%d %H:%M", timedelta(minutes=1)),
        ("%Y-%m-%dT%H:%M:%S", timedelta(seconds=1)),
        ("%Y-%m-%dT%T", timedelta(seconds=1)),
        ("epoch_ms", timedelta(milliseconds=1)),
    ],
)
def test_a_window_is_halved_down_to_what_the_vendor_tells_apart(form: str, unit: timedelta) -> None:
    cursor = Cursor(field="at", send_as=form, order="unknown")
    start = datetime(2026, 3, 1, tzinfo=UTC)

    assert unit_of(cursor) == unit
    assert Window(start, start + unit).halves(unit) is None
    assert Window(start, start + 2 * unit).halves(unit) == (
        Window(start, start + unit),
        Window(start + unit, start + 2 * unit),
    )


def test_a_pattern_with_hours_keeps_the_moment() -> None:
    cursor = Cursor(field="at", send_as="%Y-%m-%d %H:%M:%S", window="1d", includes="from", order="oldest_first")
    bookmark = datetime(2026, 3, 1, 14, 20, tzinfo=UTC)

    assert windows(cursor, bookmark, datetime(2026, 3, 1, 15, 0, tzinfo=UTC)) == [
        Window(bookmark, datetime(2026, 3, 1, 15, 0, tzinfo=UTC))
    ]
