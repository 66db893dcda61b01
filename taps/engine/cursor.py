"""`cursor:` which records are new, in what windows they are asked for, and how far a bookmark may move."""

from typing import Annotated, Any, Literal

from pydantic import Discriminator, Tag, model_validator

from taps.engine.words import Duration, Path, Text, Word

TimeFormat = Annotated[str, "epoch, epoch_ms, date, datetime, integer, text or a strptime pattern"]


class Cursor(Word):
    """A field of the records that grows; its bounds are sent where `{window.start}` and `{window.end}` are written."""

    field: str | None = None
    """The column; without one the bookmark is the end of the last window read."""
    format: TimeFormat = "datetime"
    """How the record writes it."""
    send_as: TimeFormat | None = None
    """How the bounds are sent, if not in `format`; `day_ms` is the milliseconds of a day's midnight."""
    start: Text | None = None
    """Where the first run begins: `{config.start_date}`."""
    window: Duration | None = None
    """The longest span asked for at once."""
    includes: Literal["from", "until", "both", "neither"] | None = None
    """Which ends of a window the vendor counts."""
    lookback: Duration = 0
    """How far before the bookmark each run begins, for records that become visible late or are restated."""
    behind: Duration = 0
    """How far the last window stays behind the present."""
    ceiling: int | None = None
    """The vendor silently stops at so many results: a window that reaches it is halved."""
    keeps: Duration | None = None
    """How far back the vendor answers at all."""
    zone: Text | None = None
    """The IANA zone in which days are counted."""
    order: Literal["oldest_first", "newest_first", "unknown"]
    """In which order records come. Where pages are counted without a total, only newest first loses nothing to what
    changes meanwhile: that pushes records to later pages, and none of these is read before an earlier one."""
    filter: Literal["vendor", "stop", "here"] = "vendor"
    """Who drops old records: the vendor; we, stopping at the bookmark (newest first); or we, reading all."""

    @model_validator(mode="after")
    def _complete(self) -> "Cursor":
        if self.window and not self.includes:
            msg = "a window must say which ends the vendor counts: includes: from, until, both or neither"
            raise ValueError(msg)
        if self.filter == "stop" and self.order != "newest_first":
            msg = "filter: stop needs order: newest_first"
            raise ValueError(msg)
        if self.filter != "vendor" and not self.field:
            msg = "filtering here needs the field to filter by"
            raise ValueError(msg)
        return self


class TokenCursor(Word):
    """The bookmark is what the last answer gave: an opaque token or the vendor's own end time."""

    token: Path
    send: str
    into: Literal["param", "body", "variables", "header"] = "param"
    first: dict[str, Any] = {}
    """What is sent instead on the first run."""
    keeps: Duration | None = None


def _kind(value: Any) -> str:
    if value == "none":
        return "none"
    token = "token" in value if isinstance(value, dict) else isinstance(value, TokenCursor)
    return "token" if token else "field"


CursorWord = Annotated[
    Annotated[Literal["none"], Tag("none")] | Annotated[TokenCursor, Tag("token")] | Annotated[Cursor, Tag("field")],
    Discriminator(_kind),
]
