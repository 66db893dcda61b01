"""How long a vendor asks us to wait: every form of Retry-After, and the moments at which limits start anew."""

import math
from datetime import UTC, datetime, timedelta
from typing import Any, Literal
from zoneinfo import ZoneInfo

from taps.engine.http_answer import Answer, http_date

LONGEST_WAIT = 15 * 60.0
"""A run waits so long for a limit (seconds); longer waits end it, to be taken up later."""

_EPOCH_FROM = 1_000_000_000  # a Retry-After this large can only be a moment, not a duration

TimeFormat = Literal["epoch", "epoch_ms", "seconds", "ms", "datetime"]


def number(value: Any) -> float | None:
    """A finite number from a header or body value, or None."""
    try:
        found = float(str(value).strip())
    except ValueError:
        return None
    return found if math.isfinite(found) else None


def server_moment(answer: Answer) -> datetime:
    """The moment of the answer by the vendor's clock, else by ours (UTC)."""
    return answer.date or answer.received_at


def retry_after(answer: Answer) -> float | None:
    """Seconds from the answer on until the vendor wants to be asked again (RFC 9110, 10.2.3), or None if unsaid.

    Takes seconds (also fractional), an HTTP date measured against the answer's own Date, a moment as epoch, and
    `Retry-After-Ms`.
    """
    if (millis := number(answer.headers.get("Retry-After-Ms", ""))) is not None:
        return max(0.0, millis / 1000)
    text = answer.headers.get("Retry-After", "").strip()
    if not text:
        return None
    if (seconds := number(text)) is not None:
        if seconds >= _EPOCH_FROM:
            seconds -= server_moment(answer).timestamp()
        return max(0.0, seconds)
    moment = http_date(text)
    return max(0.0, (moment - server_moment(answer)).total_seconds()) if moment else None


def seconds_until(value: Any, form: TimeFormat, now: datetime) -> float | None:
    """Seconds from `now` until a stated moment or duration; None where it cannot be read, never below zero."""
    if form == "datetime":
        try:
            moment = datetime.fromisoformat(str(value).strip())
        except ValueError:
            return None
        moment = moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment
        return max(0.0, (moment - now).total_seconds())
    found = number(value)
    if found is None:
        return None
    scale = 1000 if form in {"epoch_ms", "ms"} else 1
    return max(0.0, found / scale - (now.timestamp() if form.startswith("epoch") else 0))


def seconds_until_clock(clock: str, zone: str, now: datetime) -> float:
    """Seconds from `now` until the next `HH:MM` in a time zone."""
    hour, minute = (int(part) for part in clock.split(":"))
    here = now.astimezone(ZoneInfo(zone))
    due = here.replace(hour=hour, minute=minute, second=0, microsecond=0)
    if due <= here:
        due = (due + timedelta(days=1)).replace(hour=hour, minute=minute)
    return (due.astimezone(UTC) - now.astimezone(UTC)).total_seconds()
