"""`graphql:` query files beside the manifest, filled with what the stream declares.

In a file, references have doubled braces (single ones are GraphQL's own): `{{window.start}}`, `{{config.x}}`;
`{{fields}}` is the selection of the stream's own columns, `{{fields.order_lines}}` that of a child stream.
"""

import re
from collections.abc import Mapping
from functools import cache
from pathlib import Path

from taps.engine.fields import FieldSpec
from taps.engine.manifest import Stream
from taps.engine.references import Scope, as_text, look_up

_PLACE = re.compile(r"\{\{\s*([a-z_][\w.]*)\s*\}\}")


def placeholders(text: str) -> list[str]:
    """The names between doubled braces."""
    return _PLACE.findall(text)


@cache
def read(file: Path) -> str:
    """The query file's text without comments and needless blanks."""
    lines = (line.split("#")[0].strip() for line in file.read_text().splitlines())
    return " ".join(line for line in lines if line)


def selection(stream: Stream, columns: Mapping[str, FieldSpec]) -> str:
    """The GraphQL selection of the columns that are asked of the vendor: scalars by name, objects by `select`."""
    carried = stream.parent.carry if stream.parent else {}
    asked: dict[str, str] = {}
    for name, spec in columns.items():
        if name not in carried:
            first = name if spec.from_ is None else (spec.from_ if isinstance(spec.from_, str) else spec.from_[0])
            field = first.split(".")[0].removesuffix("?")
            asked.setdefault(field, stream.select.get(name, stream.select.get(field, "")))
    return " ".join(f"{field} {below}".strip() for field, below in asked.items())


def fill(text: str, scope: Scope, selections: Mapping[str, str]) -> str:
    """The query with its placeholders replaced; an unset reference becomes an empty text."""

    def replace(match: re.Match[str]) -> str:
        name = match[1]
        if name == "fields" or name.startswith("fields."):
            return selections.get(name.removeprefix("fields").removeprefix("."), "") or "id"
        value = look_up(name, scope)
        return as_text(value) if value is not None and repr(value) != "UNSET" else ""

    return _PLACE.sub(replace, text)
