"""`files:` where a vendor's objects are files: which stream lists them and how one is fetched.

Which of them hold tables, in which format and with which key is the user's to say, in the setting `tables`.
"""

from typing import Any, Literal

from taps.engine.jobs import Step
from taps.engine.words import Docs, Name, Word

FileFormat = Literal["csv", "tsv", "jsonl", "json", "parquet"]
SETTINGS: dict[str, dict[str, Any]] = {
    "tables": {
        "type": ["array", "string"],
        "items": {"type": "object"},
        "description": (
            "Files read as tables: a JSON list of {name, glob}, and where needed format (csv, tsv, jsonl, json, "
            "parquet), key, columns, header, skip, delimiter, quote, encoding, nulls, records."
        ),
    }
}
"""The settings of every platform with files."""


class Get(Step):
    """The request that fetches a file: `{file.x}` is a field of its listing. A slash in a path's name stays one."""

    where: dict[str, list[Any]] = {}
    """Only files whose fields hold one of these; the first request of the list that fits is sent."""
    format: FileFormat | None = None
    """What this request gives, where it does not follow from the file's name."""


class Files(Word):
    """How files are found and fetched."""

    docs: Docs
    stream: Name
    """The stream that lists them."""
    name: str
    """The field with the file's name, folders included where the vendor has them."""
    id: str | None = None
    """The field that tells files apart, where names do not."""
    changed: str
    """The field that says when a file was last written."""
    version: str | None = None
    """The field that is another for every content."""
    narrow: str | None = None
    """The listing's parameter that takes the beginning of the names wanted."""
    get: list[Get]
