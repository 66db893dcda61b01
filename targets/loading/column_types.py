"""Column types, how a JSON Schema names them, and the type that holds the values of two."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from functools import reduce
from typing import Any

MAX_DIGITS = 38
DEFAULT_SCALE = 9
_SCALES = (9, 18, 27)
INT64 = range(-(2**63), 2**63)


class Kind(StrEnum):
    """The kinds of column a target makes."""

    BOOLEAN = "boolean"
    INTEGER = "integer"
    BIG_INTEGER = "big integer"
    DECIMAL = "decimal"
    DOUBLE = "double"
    DATE = "date"
    DATETIME = "datetime"
    TEXT = "text"
    JSON = "json"


@dataclass(frozen=True, slots=True)
class ColumnType:
    """A kind; decimals with digits in all (`precision`) and after the point (`scale`)."""

    kind: Kind
    precision: int = 0
    scale: int = 0

    @property
    def told(self) -> str:
        """How a person is told of it: `text`, `decimal with 18 decimal places`."""
        return f"{self.kind} with {self.scale} decimal places" if self.scale else str(self.kind)


def simple(kind: Kind) -> ColumnType:
    """The type of a kind, decimals with 38 digits, nine of them after the point."""
    return ColumnType(kind, MAX_DIGITS, DEFAULT_SCALE) if kind is Kind.DECIMAL else ColumnType(kind)


TEXT = simple(Kind.TEXT)
JSON = simple(Kind.JSON)
DATETIME = simple(Kind.DATETIME)
DECIMAL = simple(Kind.DECIMAL)

_EXACT_NUMBERS = (Kind.INTEGER, Kind.BIG_INTEGER, Kind.DECIMAL)
_DECIMAL_FORMATS = ("x-singer.decimal", "singer.decimal")


def decimal_of(whole_digits: int, scale: int) -> ColumnType:
    """The decimal with room for so many digits before and after the point; text where 38 do not suffice.

    Places come in steps of nine where there is room: growing with every finer value would rewrite the column often.
    """
    roomy = next((step for step in _SCALES if step >= scale), scale)
    scale = roomy if whole_digits + roomy <= MAX_DIGITS else max(scale, DEFAULT_SCALE)
    if whole_digits + scale > MAX_DIGITS:
        return TEXT
    return ColumnType(Kind.DECIMAL, MAX_DIGITS, scale)


def join(one: ColumnType, other: ColumnType) -> ColumnType:
    """The type that holds every value of both without loss, as far as types alone can tell."""
    if one == other:
        return one
    kinds = {one.kind, other.kind}
    if kinds <= {Kind.INTEGER, Kind.BIG_INTEGER}:
        return simple(Kind.BIG_INTEGER)
    if kinds == {Kind.DATE, Kind.DATETIME}:
        return DATETIME
    if kinds == {Kind.INTEGER, Kind.DOUBLE}:
        return simple(Kind.DOUBLE)
    if Kind.DECIMAL in kinds and kinds <= {*_EXACT_NUMBERS, Kind.DOUBLE}:
        return ColumnType(Kind.DECIMAL, MAX_DIGITS, max(one.scale, other.scale, DEFAULT_SCALE))
    if kinds == {Kind.BIG_INTEGER, Kind.DOUBLE}:
        return DECIMAL
    return TEXT


def from_schema(schema: Any, definitions: Mapping[str, Any] | None = None) -> ColumnType:
    """The column type of a property's JSON Schema; whatever names no type, or an object or array, is JSON."""
    types = list(_variants(schema, definitions or {}, depth=0))
    if not types or JSON in types:
        return JSON
    return reduce(join, types)


def _variants(schema: Any, definitions: Mapping[str, Any], depth: int) -> Iterable[ColumnType]:
    if not isinstance(schema, Mapping) or depth > 8:
        yield JSON
        return
    if isinstance(ref := schema.get("$ref"), str):
        yield from _variants(definitions.get(ref.rsplit("/", 1)[-1]), definitions, depth + 1)
        return
    unions = [part for word in ("anyOf", "oneOf", "allOf") for part in schema.get(word) or ()]
    if unions and "type" not in schema:
        for part in unions:
            yield from _variants(part, definitions, depth + 1)
        return
    if (named := schema.get("type")) is None:
        yield from _of_examples(schema)
        return
    for name in [named] if isinstance(named, str) else named:
        if name != "null":
            yield _of_type(name, schema)


def _of_examples(schema: Mapping[str, Any]) -> Iterable[ColumnType]:
    values = [schema["const"]] if "const" in schema else list(schema.get("enum") or ())
    names = {bool: "boolean", int: "integer", float: "number", str: "string"}
    if not values:
        yield JSON
    for value in values:
        if value is not None:
            yield _of_type(names.get(type(value), "object"), {})


def _of_type(name: str, schema: Mapping[str, Any]) -> ColumnType:
    match name:
        case "boolean":
            return simple(Kind.BOOLEAN)
        case "integer":
            bounds = [schema.get(word) for word in ("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum")]
            big = any(isinstance(bound, int | float) and int(bound) not in INT64 for bound in bounds)
            return simple(Kind.BIG_INTEGER if big else Kind.INTEGER)
        case "number":
            return _of_number(schema)
        case "string":
            return _of_string(schema)
        case _:
            return JSON


def _of_number(schema: Mapping[str, Any]) -> ColumnType:
    if schema.get("format") in _DECIMAL_FORMATS:
        return _declared_decimal(schema)
    try:
        step = Decimal(str(schema["multipleOf"])).normalize()
    except (KeyError, InvalidOperation):
        return simple(Kind.DOUBLE)
    exponent = step.as_tuple().exponent
    if isinstance(exponent, str):
        return simple(Kind.DOUBLE)
    places = max(-exponent, 0)
    if places > _SCALES[-1]:
        # Taps write the finest step that they know for a number of any scale.
        return DECIMAL
    return decimal_of(MAX_DIGITS - max(places, DEFAULT_SCALE), places)


def _of_string(schema: Mapping[str, Any]) -> ColumnType:
    match schema.get("format"):
        case "date-time":
            return DATETIME
        case "date":
            return simple(Kind.DATE)
        case "x-singer.decimal" | "singer.decimal":
            return _declared_decimal(schema)
        case _:
            return TEXT


def _declared_decimal(schema: Mapping[str, Any]) -> ColumnType:
    scale = schema.get("scale")
    wanted = scale if isinstance(scale, int) and 0 <= scale <= MAX_DIGITS else DEFAULT_SCALE
    return ColumnType(Kind.DECIMAL, MAX_DIGITS, max(wanted, DEFAULT_SCALE))
