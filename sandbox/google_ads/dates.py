"""Google Ads' named ranges of dates, in the time zone of the account."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

Range = tuple[date, date]


def _last(days: int) -> Callable[[date], Range]:
    return lambda today: (today - timedelta(days=days), today - timedelta(days=1))


def _last_month(today: date) -> Range:
    end = today.replace(day=1) - timedelta(days=1)
    return end.replace(day=1), end


def _week_to_date(first: int) -> Callable[[date], Range]:
    return lambda today: (today - timedelta(days=(today.weekday() - first) % 7), today)


def _last_week(first: int) -> Callable[[date], Range]:
    def whole(today: date) -> Range:
        begin = today - timedelta(days=(today.weekday() - first) % 7 + 7)
        return begin, begin + timedelta(days=6)

    return whole


def _last_business_week(today: date) -> Range:
    begin = today - timedelta(days=today.weekday() + 7)
    return begin, begin + timedelta(days=4)


DURING: dict[str, Callable[[date], Range]] = {
    "TODAY": lambda today: (today, today),
    "YESTERDAY": lambda today: (today - timedelta(days=1), today - timedelta(days=1)),
    "LAST_7_DAYS": _last(7),
    "LAST_14_DAYS": _last(14),
    "LAST_30_DAYS": _last(30),
    "THIS_MONTH": lambda today: (today.replace(day=1), today),
    "LAST_MONTH": _last_month,
    "THIS_WEEK_MON_TODAY": _week_to_date(0),
    "THIS_WEEK_SUN_TODAY": _week_to_date(6),
    "LAST_WEEK_MON_SUN": _last_week(0),
    "LAST_WEEK_SUN_SAT": _last_week(6),
    "LAST_BUSINESS_WEEK": _last_business_week,
}


def today_in(time_zone: str, now: int) -> date:
    """Return the date at `now` (epoch seconds) in a time zone."""
    return datetime.fromtimestamp(now, UTC).astimezone(ZoneInfo(time_zone)).date()


def during(name: str, today: date) -> tuple[str, str]:
    """Return the first and the last date of a named range as text."""
    first, last = DURING[name](today)
    return first.isoformat(), last.isoformat()


def date_segments(day: str) -> dict[str, str | int]:
    """Return the segments that follow from a date."""
    parsed = date.fromisoformat(day)
    monday = parsed - timedelta(days=parsed.weekday())
    return {
        "segments.date": day,
        "segments.week": monday.isoformat(),
        "segments.month": parsed.replace(day=1).isoformat(),
        "segments.quarter": parsed.replace(month=(parsed.month - 1) // 3 * 3 + 1, day=1).isoformat(),
        "segments.year": parsed.year,
        "segments.day_of_week": f"{parsed:%A}".upper(),
    }
