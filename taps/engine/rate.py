"""`rate:` how fast a vendor may be asked: a map of named buckets, of which a stream names one or several.

The numbers are the manifest author's, used as they stand. `Retry-After` is always obeyed and need not be said.
"""

from typing import Annotated, Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import Field, model_validator

from taps.engine.words import Docs, Duration, Path, Text, Word


class Resets(Word):
    """When the bucket is full again: a value in the answer (`at`), or a time of day (`clock` in `zone`)."""

    at: Path | None = None
    format: Literal["epoch", "epoch_ms", "seconds", "ms", "datetime"] = "epoch"
    clock: Annotated[str, Field(pattern=r"^([01]\d|2[0-3]):[0-5]\d$")] | None = None
    zone: str = "UTC"

    @model_validator(mode="after")
    def _one_of_two(self) -> "Resets":
        if (self.at is None) == (self.clock is None):
            msg = "says either `at` (where in the answer) or `clock` (at what time of day)"
            raise ValueError(msg)
        try:
            ZoneInfo(self.zone)
        except (ZoneInfoNotFoundError, ValueError) as unknown:
            msg = f"{self.zone!r} is not a time zone such as America/Los_Angeles"
            raise ValueError(msg) from unknown
        return self


class Wait(Word):
    """Where the answer says how long to wait."""

    at: Path
    format: Literal["seconds", "ms"] = "seconds"


class Rate(Word):
    """One bucket: `requests` per `per`, or points (`budget`, `refill`), and what the answers say about it."""

    docs: Docs
    requests: Annotated[int, Field(gt=0)] | None = None
    """How many requests any stretch of `per` may hold."""
    per: Duration = 1.0
    burst: Annotated[int, Field(gt=0)] | None = None
    """The size of a leaky bucket, where the vendor has one: so many at once, then `requests` per `per`."""
    concurrent: Annotated[int, Field(gt=0)] | None = None
    """How many requests may be under way at once."""
    bucket: Text = "connection"
    """What it is kept for: `connection`, `stream`, `app`, or a reference such as `{parent.id}`."""
    remaining: Path | None = None
    """Where the answer says how many requests are left."""
    resets: Resets | None = None
    wait: Wait | None = None
    budget: Path | None = None
    """Where the answer says how many points are left."""
    refill: Path | None = None
    """Where it says how many points come back per second."""
    cost: Path | None = None
    """Where it says what the request cost."""
    limit: Path | None = None
    """Where it says how much the full bucket holds: points, or requests in any stretch of `per`."""
    adapt: Path | None = None
    """Where the answer says the permitted rate, in requests per second."""

    @model_validator(mode="after")
    def _says_something(self) -> "Rate":
        if self.burst and not self.requests:
            msg = "`burst` needs `requests`"
            raise ValueError(msg)
        if self.budget is not None and self.refill is None:
            msg = "`budget` needs `refill`: how fast do the points come back?"
            raise ValueError(msg)
        return self
