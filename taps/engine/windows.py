"""The spans of time a cursor is asked for, and how moments are written for a vendor."""

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from taps.engine.cursor import Cursor

UNITS = {"epoch_ms": timedelta(milliseconds=1)}
VALUES = {"integer", "text"}
"""Formats of cursors that are no time: their bookmark is the largest value seen."""


@dataclass(frozen=True, slots=True)
class Window:
    """From `start` (inclusive; None is the beginning of time) up to `end` (exclusive), both UTC."""

    start: datetime | None
    end: datetime

    def halves(self, unit: timedelta) -> tuple["Window", "Window"] | None:
        """The window in two, or None if it is as short as the vendor can tell apart."""
        start = self.start or datetime(1970, 1, 1, tzinfo=UTC)
        middle = start + (self.end - start) / 2
        middle -= (middle - datetime(1970, 1, 1, tzinfo=UTC)) % unit
        if middle <= start or middle >= self.end:
            return None
        return Window(self.start, middle), Window(middle, self.end)


def counts_days(cursor: Cursor) -> bool:
    """Whether the bounds are sent as days: `date`, `day_ms`, or a pattern without hours such as `%Y_%m_%d`."""
    form = cursor.send_as or cursor.format
    return form in {"date", "day_ms"} or ("%d" in form and not re.search("%[HIcXT]", form))


def unit_of(cursor: Cursor) -> timedelta:
    """The smallest step that the vendor tells apart."""
    if counts_days(cursor):
        return timedelta(days=1)
    form = cursor.send_as or cursor.format
    if "%" in form and not re.search("%[ScXTf]", form):
        return timedelta(minutes=1) if "%M" in form else timedelta(hours=1)
    return UNITS.get(form, timedelta(seconds=1))


def parse(text: Any, cursor_format: str = "datetime", zone: str | None = None) -> datetime:
    """A moment from a bookmark, a setting or a record; raises `ValueError`."""
    if cursor_format in {"epoch", "epoch_ms"} or isinstance(text, int | float):
        return datetime.fromtimestamp(float(text) / (1000 if cursor_format == "epoch_ms" else 1), UTC)
    moment = _strptime(str(text), cursor_format) or datetime.fromisoformat(str(text))
    return moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=ZoneInfo(zone or "UTC")).astimezone(UTC)


def _strptime(text: str, pattern: str) -> datetime | None:
    """None where the text is not written so: a datetime column is ISO 8601 by now, whatever the vendor wrote."""
    try:
        return datetime.strptime(text, pattern) if "%" in pattern else None  # noqa: DTZ007
    except ValueError:
        return None


def render(moment: datetime, form: str, zone: str | None = None) -> Any:
    """A moment as the vendor wants it."""
    if form == "epoch":
        return int(moment.timestamp())
    if form in {"epoch_ms", "day_ms"}:
        return int(moment.timestamp() * 1000)
    local = moment.astimezone(ZoneInfo(zone)) if zone else moment
    if form == "date":
        return local.date().isoformat()
    if form == "datetime":
        return local.isoformat(timespec="seconds").replace("+00:00", "Z")
    return local.strftime(form)


def _aligned(moment: datetime, cursor: Cursor, zone: str | None, *, up: bool) -> datetime:
    """Cursors that are sent as days, hours or minutes count whole ones, in the account's zone."""
    unit = unit_of(cursor)
    if unit < timedelta(minutes=1):
        return moment
    local = moment.astimezone(ZoneInfo(zone or "UTC"))
    if unit < timedelta(days=1):
        past = timedelta(minutes=local.minute, seconds=local.second, microseconds=local.microsecond) % unit
        return moment - past + (unit if up and past else timedelta())
    day = datetime(local.year, local.month, local.day, tzinfo=local.tzinfo)
    if up and day != local:
        nearly = day + timedelta(days=1)
        day = datetime(nearly.year, nearly.month, nearly.day, tzinfo=local.tzinfo)
    return day.astimezone(UTC)


def windows(cursor: Cursor, start: datetime | None, now: datetime, zone: str | None = None) -> list[Window]:
    """The windows from `start` to `now`, oldest first; none where `start` is not before the end.

    `start` is the bookmark (or where the first run begins); the lookback, retention and distance from the present
    that the cursor states are applied here.
    """
    end = _aligned(now - timedelta(seconds=cursor.behind), cursor, zone, up=True)
    if start is not None:
        start = _aligned(start - timedelta(seconds=cursor.lookback), cursor, zone, up=False)
    if cursor.keeps is not None:
        oldest = _aligned(now - timedelta(seconds=cursor.keeps), cursor, zone, up=True)
        start = oldest if start is None else max(start, oldest)
    if start is not None and start >= end:
        return []
    if cursor.window is None or start is None:
        return [Window(start, end)]
    found, at, span = [], start, timedelta(seconds=cursor.window)
    while at < end:
        following = min(_aligned(at + span, cursor, zone, up=False), end)
        following = following if following > at else min(at + span, end)
        found.append(Window(at, following))
        at = following
    return found


def scope(window: Window, cursor: Cursor, zone: str | None = None) -> dict[str, Any]:
    """`{window.start}` and `{window.end}` as sent: shifted so that every moment is asked for, once if possible."""
    unit = unit_of(cursor)
    includes = cursor.includes or "from"
    start = window.start
    if start is not None and includes in {"until", "neither"}:
        start -= unit
    end = window.end - unit if includes in {"until", "both"} else window.end
    form = cursor.send_as or cursor.format
    bounds: dict[str, Any] = {}
    for name, moment in (("start", start), ("end", end)):
        if moment is None:
            continue
        local: date = moment.astimezone(ZoneInfo(zone)) if zone else moment
        bounds[name] = render(moment, form, zone)
        bounds |= {f"{name}.year": local.year, f"{name}.month": local.month, f"{name}.day": local.day}
    return bounds
