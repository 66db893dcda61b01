"""When something happens again, said in plain words or as a cron expression, in a time zone."""

from __future__ import annotations

import hashlib
import re
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from cronsim import CronSim, CronSimError

from orchestrate.syncs.errors import FrequencyError

_DAYS = ("sunday", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday")
_PLAIN = {"hourly": "0 * * * *", "daily": "0 0 * * *", "weekly": "0 0 * * 1", "monthly": "0 0 1 * *"}
_EVERY = re.compile(r"every (?:(\d+) )?(minute|hour)s?")
_AT = re.compile(r"(.+?) at (\d{1,2}):(\d{2})")
EXAMPLES = "`every 15 minutes`, `hourly`, `daily at 06:30`, `mondays at 7:00`, `weekdays at 18:00` or `0 6 * * 1-5`"


def cron_of(words: str) -> str:
    """The cron expression of five fields that the words mean; raises `FrequencyError` with examples."""
    said = " ".join(words.lower().split())
    cron = _PLAIN.get(said) or _every(said) or _at(said) or said
    try:
        CronSim(cron, datetime(2026, 1, 1, tzinfo=UTC))
    except CronSimError:
        raise FrequencyError(f"{words!r} is no frequency; say {EXAMPLES}") from None
    return cron


def zone_of(name: str) -> ZoneInfo:
    """The time zone of this IANA name; raises `FrequencyError`."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise FrequencyError(f"{name!r} is no time zone; say one such as Europe/Berlin or UTC") from None


def next_after(cron: str, time_zone: str, after: datetime) -> datetime:
    """The next moment in UTC. An hour that summer time skips counts as the one after it; one that comes twice, once."""
    return next(CronSim(cron, after.astimezone(zone_of(time_zone)))).astimezone(UTC)


def spread(schedule_id: str, seconds: int) -> timedelta:
    """Where in `seconds` a schedule runs: always the same place, so that thousands do not begin at the full hour."""
    number = int.from_bytes(hashlib.sha256(schedule_id.encode()).digest()[:8])
    return timedelta(seconds=number % (seconds + 1))


def _every(said: str) -> str | None:
    found = _EVERY.fullmatch(said)
    if found is None:
        return None
    number, whole = int(found[1] or 1), 60 if found[2] == "minute" else 24
    if number == 0 or whole % number:
        fitting = ", ".join(str(each) for each in range(1, whole) if whole % each == 0)
        of = "an hour" if whole == 60 else "a day"
        raise FrequencyError(
            f"every {number} {found[2]}s does not divide {of}; say one of {fitting}, or a cron expression"
        )
    step = "*" if number == 1 else f"*/{number}"
    return f"{step} * * * *" if whole == 60 else f"0 {step} * * *"


def _at(said: str) -> str | None:
    found = _AT.fullmatch(said)
    if found is None or int(found[2]) > 23 or int(found[3]) > 59:
        return None
    days = _days(found[1].removeprefix("every ").removeprefix("on "))
    return None if days is None else f"{int(found[3])} {int(found[2])} * * {days}"


def _days(said: str) -> str | None:
    fixed = {"day": "*", "daily": "*", "weekday": "1-5", "weekdays": "1-5"}
    return fixed.get(said) or next((str(n) for n, day in enumerate(_DAYS) if said in {day, f"{day}s"}), None)
