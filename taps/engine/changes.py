"""`feeds:` and `changes:` what has changed since, told by the vendor's event log."""

from typing import Any, Literal

from pydantic import field_validator

from taps.engine.words import Docs, Duration, Name, Path, Text, Word


class Feed(Word):
    """An event log: where it is read, how its events are ordered and how long it keeps them."""

    docs: Docs
    path: Text
    params: dict[str, Any] = {}
    send: str
    """The parameter that takes the event types."""
    records: Path | None = None
    """Where the events stand, if not where the defaults say."""
    type: Path = "type"
    record: Path
    """The changed object inside an event."""
    cursor: str
    """The event's time."""
    format: str = "epoch"
    since: str
    """The parameter that takes the bookmark, inclusive."""
    lookback: Duration = 60
    order: Literal["oldest_first", "newest_first"]
    keeps: Duration
    """Events older than this are gone: a bookmark before it means that everything is read again."""


class Detail(Word):
    """Each record (`{record.x}`) is read again on its own, because the list or the event does not hold all of it."""

    path: Text
    method: Literal["GET", "POST"] | None = None
    params: dict[str, Any] = {}
    body: Any = None
    records: Path = "."
    batch: int | None = None
    """So many in one request: `{record.x}` is a list, and the list entry that holds it repeats for each."""


class Changes(Word):
    """After the first complete read, changed records come from a feed."""

    by: Name
    types: list[str]
    detail: Detail | None = None
    """How a changed record is read again, if not as the stream's own `detail` says."""

    @field_validator("types")
    @classmethod
    def _no_wildcards(cls, types: list[str]) -> list[str]:
        if wild := [name for name in types if "*" in name]:
            msg = f"{wild[0]!r}: name every event type, a wildcard also delivers other objects"
            raise ValueError(msg)
        return types
