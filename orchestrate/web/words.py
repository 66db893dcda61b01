"""How values are said on pages: moments, numbers, durations, states."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime, timedelta

from markupsafe import Markup

from orchestrate.store.tables import now

HUES = 8
_STEPS = (("second", 1), ("minute", 60), ("hour", 3600), ("day", 86400), ("month", 30 * 86400), ("year", 365 * 86400))

STATES = {
    "new": ("not tried yet", "idle"),
    "ok": ("works", "good"),
    "broken": ("broken", "bad"),
    "reconnect": ("needs a new login", "bad"),
    "queued": ("waits for its turn", "idle"),
    "waiting": ("waits to try again", "warn"),
    "running": ("running", "busy"),
    "done": ("done", "good"),
    "partial": ("partial", "warn"),
    "failed": ("failed", "bad"),
    "cancelled": ("cancelled", "idle"),
    "ignored": ("ignored", "idle"),
    "dead": ("given up", "bad"),
    "delivered": ("delivered", "good"),
}
"""State -> what a person reads, and its tone: good, warn, bad, busy or idle. Colour never says it alone."""


def state(name: str) -> tuple[str, str]:
    """A state in words and its tone."""
    return STATES.get(name, (name.replace("_", " "), "idle"))


def ago(moment: datetime | None) -> Markup | str:
    """How long ago or how soon, the moment itself in UTC behind it; a dash where there is none."""
    if moment is None:
        return "\u2013"
    moment = moment.astimezone(UTC)
    seconds = (now() - moment).total_seconds()
    said = f"{duration(abs(seconds))} ago" if seconds >= 0 else f"in {duration(-seconds)}"
    exact = moment.strftime("%Y-%m-%d %H:%M:%S UTC")
    return Markup('<time datetime="{}" title="{}">{}</time>').format(moment.isoformat(), exact, said)


def duration(length: float | timedelta) -> str:
    """A length of time in its largest unit."""
    seconds = length.total_seconds() if isinstance(length, timedelta) else length
    unit, size = next((step for step in reversed(_STEPS) if seconds >= step[1]), _STEPS[0])
    count = int(seconds // size)
    return f"{count} {unit}{'' if count == 1 else 's'}"


def latency(seconds: float | None) -> str:
    """How long an answer took: milliseconds below one second; a dash where there was none."""
    if seconds is None:
        return "\u2013"
    return f"{seconds * 1000:.0f} ms" if seconds < 0.9995 else f"{seconds:.1f} s"


def number(value: float | None) -> str:
    """A number with thin spaces between thousands."""
    return "\u2013" if value is None else f"{value:,}".replace(",", "\u202f")


def amount(value: str | None) -> str:
    """An amount as the warehouse writes it, without the zeros that say nothing; a dash where there is none."""
    if value is None:
        return "\u2013"
    whole, _, part = value.partition(".")
    part = part.rstrip("0")
    shown = number(int(whole)) if whole.lstrip("-") != "0" else whole
    return f"{shown}.{part:0<2}" if part else shown


def size(count: int) -> str:
    """Bytes as people say them."""
    value, unit = float(count), "B"
    for larger in ("kB", "MB", "GB", "TB"):
        if value < 1000:
            break
        value, unit = value / 1000, larger
    return f"{value:.0f} {unit}" if unit == "B" else f"{value:.1f} {unit}"


def hue(name: str) -> int:
    """Which of the stylesheet's hues a name has: always the same one."""
    return hashlib.sha256(name.encode()).digest()[0] % HUES


def spoken(name: str) -> str:
    """A technical name as a person reads it."""
    return name.replace("_", " ").replace(".", " ")
