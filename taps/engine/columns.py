"""`columns:` and `each:` what only the account knows: custom fields, and streams per table, form or object."""

from typing import Any, Literal

from pydantic import model_validator

from taps.engine.pages import PagesWord
from taps.engine.words import Docs, Name, Path, Text, Word


class Columns(Word):
    """Custom columns: read by a request, from the `each` record (`of`), from the stream's own first page, or named by
    the user himself (`named`).

    `{stream.object}` and `{each.x}` may stand in the request, so that one entry serves many streams.
    """

    docs: Docs
    path: Text | None = None
    method: Literal["GET", "POST"] | None = None
    params: dict[str, Any] = {}
    body: Any = None
    host: Name | None = None
    pages: PagesWord | None = None
    of: Path | None = None
    named: dict[Name, str] = {}
    """A part of the `each` value that holds names -> the type of these columns."""
    nested: bool = False
    """A dot in such a name leads into an object, and is `_` in the column's name."""
    first_page: bool = False
    """Nobody names them: they are what the stream's first page holds beyond its fields (a report, a file)."""
    records: Path = "."
    name: Path = "name"
    """The property that names a column as the records do."""
    type: Path | None = None
    types: dict[str, str] = {}
    """The vendor's type -> ours, or `skip`."""
    other: str = "json"
    """The type of what `types` does not list."""
    only: dict[str, list[str | bool]] = {}
    """Only columns whose property holds one of these."""
    complete: bool = False
    """They are all there are: a declared field that is not among them is hidden from this login and not asked for."""

    @model_validator(mode="after")
    def _one_source(self) -> "Columns":
        if (self.path is not None) + (self.of is not None) + bool(self.named) + self.first_page != 1:
            msg = "columns come from one place: `path`, `of`, `named` or `first_page: true`"
            raise ValueError(msg)
        return self


class Each(Word):
    """One stream for every record of another, or for every value of an option: `{each.x}`."""

    stream: Name | None = None
    option: Name | None = None
    id: Text
    """Tells streams apart whose names are alike."""
    name: Text
    """Becomes the stream's name: small letters, digits and underscores."""

    @model_validator(mode="after")
    def _one_source(self) -> "Each":
        if (self.stream is None) == (self.option is None):
            msg = "each is for either a stream's records or an option's values"
            raise ValueError(msg)
        return self
