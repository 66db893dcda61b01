"""`columns:` and `each:` what only the account knows: custom fields, and streams per table, form or object."""

from typing import Any

from taps.engine.words import Docs, Name, Path, Text, Word


class Columns(Word):
    """Custom columns, read by a request or (`of`) from the `each` record."""

    docs: Docs
    path: Text | None = None
    params: dict[str, Any] = {}
    of: Path | None = None
    records: Path = "."
    name: str
    """The property that names a column as the records do."""
    type: str | None = None
    types: dict[str, str] = {}
    """The vendor's type -> ours, or `skip`."""
    other: str = "json"
    """The type of what `types` does not list."""
    only: dict[str, list[str | bool]] = {}
    """Only columns whose property holds one of these."""


class Each(Word):
    """One stream for every record of another; `id` keeps its identity when the name changes."""

    stream: Name
    id: Text
    name: Text
