"""The setting `tables`: which files make up a table, and how they are read."""

import json
import re
from typing import Annotated, Any

from pydantic import Field, ValidationError

from taps.engine.errors import BadSetting
from taps.engine.fields import FieldWord
from taps.engine.files import FileFormat
from taps.engine.words import Name, Word


class FileTable(Word):
    """One table made of files."""

    name: Name
    glob: str
    """Which files: `*` is anything but a slash, `**` anything, `?` one letter."""
    format: FileFormat | None = None
    """By the file's name if not said."""
    key: list[str] = []
    """Columns that tell rows apart across files; without them a row is known by its file and its place in it."""
    columns: dict[str, FieldWord] = {}
    """Types of columns; in CSV all others are text."""
    header: bool = True
    skip: Annotated[int, Field(ge=0)] = 0
    """Lines before the header."""
    delimiter: Annotated[str, Field(min_length=1, max_length=1)] | None = None
    quote: Annotated[str, Field(min_length=1, max_length=1)] = '"'
    encoding: str = "utf-8"
    nulls: list[str] = [""]
    """Cells that mean null."""
    records: str | None = None
    """Where the list of records stands in a JSON file, if it is not the whole of it."""

    @property
    def pattern(self) -> re.Pattern[str]:
        """The glob as a regular expression."""
        return re.compile(_as_regex(self.glob), re.DOTALL)

    @property
    def beginning(self) -> str:
        """What every name begins with that the glob can fit."""
        return re.split(r"[*?\[]", self.glob, maxsplit=1)[0]


def _as_regex(glob: str) -> str:
    parts = {"**/": "(?:.*/)?", "**": ".*", "*": "[^/]*", "?": "[^/]"}
    tokens = re.split(r"(\*\*/|\*\*|\*|\?)", glob)
    return "".join(parts.get(token) or re.escape(token) for token in tokens)


def read_tables(given: Any, platform: str) -> list[FileTable]:
    """The checked tables of the settings; raises `BadSetting` naming the table and the word that is wrong."""
    if given in (None, "", []):
        return []
    if isinstance(given, str):
        try:
            given = json.loads(given)
        except ValueError:
            given = None
    if not isinstance(given, list):
        raise BadSetting("setting 'tables' must be a JSON list of {name, glob}", platform=platform)
    tables = [_table(each, at, platform) for at, each in enumerate(given, 1)]
    names = [table.name for table in tables]
    for name in names:
        if names.count(name) > 1:
            raise BadSetting(f"setting 'tables': two tables are called {name!r}", platform=platform)
    return tables


def _table(given: Any, at: int, platform: str) -> FileTable:
    try:
        table = FileTable.model_validate(given)
        "".encode(table.encoding)
    except ValidationError as refused:
        wrong = refused.errors()[0]
        place = ".".join(str(part) for part in wrong["loc"])
        said = f"setting 'tables', number {at}{f', {place}' if place else ''}: {wrong['msg']}"
        raise BadSetting(said, platform=platform) from None
    except LookupError:
        raise BadSetting(f"setting 'tables', number {at}: there is no such encoding", platform=platform) from None
    return table
