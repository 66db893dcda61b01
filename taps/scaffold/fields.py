"""A stream's fields: a column per property of the record's schema, its type as far as the description tells."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from taps.descriptions.schemas import Schema, Schemas
from taps.scaffold.names import column

_MOMENT = re.compile(r"(_at|At|_on|_date|Date|_time|Time|timestamp|^created|^updated|^modified)$")
_PERSONAL = re.compile(r"(e_?mail|phone|address|(first|last|full|display)_?name|birth|ip_?addr)", re.IGNORECASE)
_JSON = {"object", "array"}


@dataclass(frozen=True)
class Column:
    """A column as the manifest declares it; `find_out` where its type is a guess."""

    name: str
    vendor: str
    type: str
    required: bool
    find_out: str | None = None

    @property
    def written(self) -> str:
        """The declaration: `string!`, or the long form where the vendor's name is no column's."""
        kind = f"{self.type}!" if self.required else self.type
        return kind if self.name == self.vendor else f"{{type: {kind}, from: [{_quoted(self.vendor)}]}}"


def columns(schemas: Schemas, record: Schema) -> Iterator[Column]:
    """The columns of a record, in the description's order."""
    taken: set[str] = set()
    for vendor, schema in schemas.properties(record).items():
        name = column(vendor)
        if name.lower() in taken or name.startswith("_sdc_"):
            continue
        taken.add(name.lower())
        kind, find_out = _type(schemas, schema, vendor)
        required = not schemas.may_be_absent(record, vendor) and not schemas.nullable(schema)
        yield Column(name, vendor, kind, required, find_out)


def personal(found: Mapping[str, Column]) -> list[str]:
    """The columns that by their names hold personal data."""
    return [name for name in found if _PERSONAL.search(name)]


def _type(schemas: Schemas, schema: Schema, name: str) -> tuple[str, str | None]:
    types = schemas.types(schema)
    formats = {str(each.get("format", "")) for each in schemas.variants(schema)}
    if types == {"string"}:
        return _text(formats, name)
    if types == {"integer"}:
        told = "seconds since 1970 (epoch), milliseconds (epoch_ms) or a plain number?"
        return "integer", told if _MOMENT.search(name) else None
    if types in ({"number"}, {"number", "integer"}):
        return "decimal", "an exact decimal, or a measure that may be a float (number)?"
    if types == {"boolean"}:
        return "boolean", None
    if types and types <= _JSON:
        return "json", None
    return "json", "which type has it? The description does not say"


def _text(formats: set[str], name: str) -> tuple[str, str | None]:
    if "date-time" in formats:
        return "datetime", None
    if "date" in formats:
        return "date", None
    return "string", "a moment (datetime), a day (date) or a free text?" if _MOMENT.search(name) else None


def _quoted(name: str) -> str:
    escaped = name.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'
