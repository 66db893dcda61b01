"""Words for times, summer time, and where schedules are spread."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from orchestrate.syncs.errors import FrequencyError
from orchestrate.syncs.frequency import cron_of, next_after, spread, zone_of


@pytest.mark.parametrize(
    ("words", "cron"),
    [
        ("hourly", "0 * * * *"),
        ("Daily", "0 0 * * *"),
        ("every 15 minutes", "*/15 * * * *"),
        ("every minute", "* * * * *"),
        ("every hour", "0 * * * *"),
        ("every 6 hours", "0 */6 * * *"),
        ("daily at 06:30", "30 6 * * *"),
        ("every day at 6:05", "5 6 * * *"),
        ("weekdays at 18:00", "0 18 * * 1-5"),
        ("every monday at 07:15", "15 7 * * 1"),
        ("on sundays  at 23:59", "59 23 * * 0"),
        ("0 6 * * 1-5", "0 6 * * 1-5"),
    ],
)
def test_plain_words_are_cron_expressions(words: str, cron: str) -> None:
    assert cron_of(words) == cron


@pytest.mark.parametrize("words", ["", "sometimes", "daily at 25:00", "* * * *", "every 0 minutes", "0 0 31 2 *"])
def test_what_is_no_frequency_is_refused_with_examples(words: str) -> None:
    with pytest.raises(FrequencyError, match="say "):
        cron_of(words)


@pytest.mark.parametrize(("words", "says"), [("every 7 minutes", "an hour"), ("every 5 hours", "a day")])
def test_what_does_not_divide_is_refused_with_what_does(words: str, says: str) -> None:
    with pytest.raises(FrequencyError, match=f"does not divide {says}; say one of 1, 2, 3, 4"):
        cron_of(words)


@pytest.mark.parametrize("name", ["Berlin", "", "../etc/passwd", "Europe/Nowhere"])
def test_what_is_no_time_zone_is_refused(name: str) -> None:
    with pytest.raises(FrequencyError, match="Europe/Berlin"):
        zone_of(name)


def test_summer_time_neither_skips_a_day_nor_doubles_one() -> None:
    berlin = ZoneInfo("Europe/Berlin")
    at = datetime(2026, 3, 27, 12, tzinfo=UTC)
    nights = []
    for _ in range(3):
        at = next_after("30 2 * * *", "Europe/Berlin", at)
        nights.append(at.astimezone(berlin).strftime("%d %H:%M"))
    assert nights == ["28 02:30", "29 03:00", "30 02:30"]
    at, nights = datetime(2026, 10, 24, 12, tzinfo=UTC), []
    for _ in range(2):
        at = next_after("30 2 * * *", "Europe/Berlin", at)
        nights.append(at.isoformat())
    assert nights == ["2026-10-25T00:30:00+00:00", "2026-10-26T01:30:00+00:00"]


def test_schedules_are_spread_each_at_its_own_place() -> None:
    places = {spread(f"schedule {n}", 60) for n in range(500)}
    assert len(places) == 61
    assert min(places).total_seconds() == 0 and max(places).total_seconds() == 60
    assert spread("a", 3600) == spread("a", 3600)
