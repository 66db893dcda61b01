"""`deletes:` how one learns that a record is gone; every stream has to say."""

from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Discriminator, Field, Tag

from taps.engine.pages import PagesWord
from taps.engine.words import Name, Path, Text, Word


def _texts(value: Any) -> list[str]:
    return [str(item).lower() if isinstance(item, bool) else str(item) for item in _list(value)]


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


class ByEvent(Word):
    """The change feed reports it under this type."""

    event: str | list[str]


class ByField(Word):
    """A field of the record says so."""

    field: str
    is_: Annotated[list[str], BeforeValidator(_texts), Field(alias="is")]
    """The values that mean deleted, as text: `true` where the field is a boolean."""


class ByCompare(Word):
    """Read everything and mark what did not come; only after a complete read."""

    compare: Literal["each_run", "daily", "weekly"]
    webhook: str | None = None
    """The vendor also notifies of it, under this topic."""


class ByStream(Word):
    """Another stream lists the deleted ones under the same key."""

    listed_in: Name
    carry: dict[str, str] = {}
    """Key column of this stream -> field of the listing stream, where they differ."""


class DeletedRequest(Word):
    """A request that lists deleted records."""

    path: Text | None = None
    """If not the stream's own."""
    params: dict[str, Any] = {}
    pages: PagesWord | None = None
    """How it goes on, if not as the stream's GET requests do."""
    at: Path | None = None
    """The moment of deletion in the record."""


class ByRequest(Word):
    """A second request lists the deleted ones."""

    request: DeletedRequest


def _shape(value: Any) -> Any:
    if isinstance(value, str):
        return "word"
    keys = value if isinstance(value, dict) else type(value).model_fields
    return next((word for word in ("event", "field", "compare", "listed_in", "request") if word in keys), "word")


DeletesWord = Annotated[
    Annotated[Literal["never", "with_parent", "not_reported", "window"], Tag("word")]
    | Annotated[ByEvent, Tag("event")]
    | Annotated[ByField, Tag("field")]
    | Annotated[ByCompare, Tag("compare")]
    | Annotated[ByStream, Tag("listed_in")]
    | Annotated[ByRequest, Tag("request")],
    Discriminator(_shape),
]
