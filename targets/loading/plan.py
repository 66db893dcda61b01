"""How a stream's records go into its table: columns, keys, and the decoder that tells plain records from the rest."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Annotated, Any, Literal

import msgspec

from targets.loading.column_types import ColumnType, Kind
from targets.loading.names import CONNECTION, DELETED_AT, hashed

_INT64 = Annotated[int, msgspec.Meta(ge=-(2**63), le=2**63 - 1)]
_UNBOUNDED = 100
"""Digits of a decimal on either side of the point where the store sets no bound."""
# The literal of a number belongs into a text column: -0, 1.10 and 1e5 would come out of a store's parser otherwise.
_WRITTEN_ONE_WAY = Annotated[int, msgspec.Meta(ge=1, le=2**63 - 1)]
_EXACT_IN_DOUBLE = Annotated[int, msgspec.Meta(ge=-(2**53), le=2**53)]


@dataclass(frozen=True, slots=True)
class Column:
    """A property, its column and the column's type; `declared` is the type its schema named."""

    prop: str
    name: str
    type: ColumnType
    declared: ColumnType
    is_key: bool = False


@dataclass(frozen=True, slots=True)
class TableName:
    """A table's schema and name."""

    schema: str
    name: str

    def apart(self, stream: str, max_bytes: int) -> TableName:
        """Another name, for a stream whose usual one is taken by another stream."""
        return TableName(self.schema, hashed(stream, max_bytes))


@dataclass(slots=True)
class Plan:
    """Everything a flush needs to know of a stream.

    `columns` are the declared ones and always `_extra` and `_sdc_deleted_at`; `declared` the properties of the schema.
    Where decimals are not bounded (to 38 digits), numbers inside JSON are decimals too.
    """

    stream: str
    table: TableName
    columns: list[Column]
    declared: frozenset[str]
    bounded_decimals: bool
    index: dict[str, int] = field(default_factory=dict)
    keys: list[Column] = field(default_factory=list)
    plain: msgspec.json.Decoder[Any] | None = None
    plain_lines: msgspec.json.Decoder[Any] | None = None
    """Accepts RECORD messages of the stream whose records are plain, but for the decimals."""
    plain_decimals: list[tuple[str, re.Pattern[str]]] = field(default_factory=list)
    """The fields of such a record that hold decimals, and what all the texts of one look like, each with a comma."""
    partial_lines: msgspec.json.Decoder[Any] | None = None
    """The same, where fields that are no key may be absent."""
    checks_numbers: bool = False
    checks_moments: bool = False

    def __post_init__(self) -> None:
        self.index = {column.prop: i for i, column in enumerate(self.columns)}
        self.keys = [column for column in self.columns if column.is_key]
        kinds = {column.type.kind for column in self.columns if column.prop in self.declared}
        self.checks_numbers = bool(kinds & {Kind.JSON, Kind.DOUBLE})
        self.checks_moments = Kind.DATETIME in kinds
        if (record := plain_record(self, _decimal_text)) is not None:
            self.plain = msgspec.json.Decoder(record)
        # Matched one by one, decimals would cost as much as the rest of the decode.
        if (record := plain_record(self, lambda _: str)) is not None:
            self.plain_lines = msgspec.json.Decoder(_message(self.stream, record))
            self.plain_decimals = _decimals(self)
        if (record := plain_record(self, lambda _: str, partial=True)) is not None:
            self.partial_lines = msgspec.json.Decoder(_message(self.stream, record))

    @property
    def sent(self) -> list[Column]:
        """The columns that the schema declares."""
        return [column for column in self.columns if column.prop in self.declared]

    @property
    def connection(self) -> Column | None:
        """The column that says whose rows they are, where the stream has one."""
        at = self.index.get(CONNECTION)
        return None if at is None else self.columns[at]


def plain_record(
    plan: Plan, decimal_text: Callable[[str], Any], *, partial: bool = False
) -> type[msgspec.Struct] | None:
    """The type of the records which hold every declared property (`partial`: some), readable as its type, and no other.

    `decimal_text` gives the type of texts that hold decimals of a pattern. None where the store could not tell the
    properties apart by name.
    """
    fields = plan.sent
    folded = {column.prop.lower() for column in fields}
    if len(folded) < len(fields) or not all(_stands_as_it_is(column.prop) for column in fields):
        return None
    return msgspec.defstruct(
        "PlainRecord",
        [_field(i, column, plan, decimal_text, partial=partial) for i, column in enumerate(fields)],
        rename={f"c{i}": column.prop for i, column in enumerate(fields)},
        forbid_unknown_fields=True,
        kw_only=True,
        gc=False,
    )


def _stands_as_it_is(prop: str) -> bool:
    return prop != "" and prop.isprintable() and not {'"', "\\"} & set(prop)


def _decimals(plan: Plan) -> list[tuple[str, re.Pattern[str]]]:
    return [
        (f"c{i}", re.compile(f"(?:{_decimal(column.type, bounded=plan.bounded_decimals)},)*+"))
        for i, column in enumerate(plan.sent)
        if column.type.kind is Kind.DECIMAL
    ]


def _message(stream: str, record: type[msgspec.Struct]) -> type[msgspec.Struct]:
    fields: list[tuple[str, Any] | tuple[str, Any, Any]] = [
        ("type", Literal["RECORD"]),
        ("stream", Literal[stream]),
        ("record", record),
        ("version", int | None, None),
    ]
    return msgspec.defstruct("PlainMessage", fields, gc=False)


def _is_retyped(column: Column) -> bool:
    return column.type.kind is Kind.TEXT and column.declared.kind is not Kind.TEXT


def _field(number: int, column: Column, plan: Plan, decimal_text: Callable[[str], Any], *, partial: bool) -> Any:
    """A deletion mark may be absent from a record that is whole: absent means not deleted."""
    accepted = _accepted(column, decimal_text, bounded=plan.bounded_decimals)
    either = accepted if column.is_key or accepted is msgspec.Raw else accepted | None
    if column.prop == DELETED_AT:
        return (f"c{number}", either, None)
    if partial and not column.is_key:
        return (f"c{number}", either | msgspec.UnsetType, msgspec.UNSET)
    return (f"c{number}", either)


def _accepted(column: Column, decimal_text: Callable[[str], Any], *, bounded: bool) -> Any:
    match column.type.kind:
        case Kind.BOOLEAN:
            return bool
        case Kind.INTEGER | Kind.BIG_INTEGER:
            return _INT64
        case Kind.DECIMAL:
            text = decimal_text(_decimal(column.type, bounded=bounded))
            return text | _INT64 if _whole_digits(column.type, bounded=bounded) >= 19 else text
        case Kind.DOUBLE:
            return float | _EXACT_IN_DOUBLE
        case Kind.DATE:
            return date
        case Kind.DATETIME:
            return datetime
        case Kind.TEXT:
            return str | bool | _WRITTEN_ONE_WAY if _is_retyped(column) and not column.is_key else str
        case _:
            return msgspec.Raw


def _whole_digits(kind: ColumnType, *, bounded: bool) -> int:
    return max(1, kind.precision - kind.scale) if bounded else _UNBOUNDED


def _decimal(kind: ColumnType, *, bounded: bool) -> str:
    scale = kind.scale if bounded else _UNBOUNDED
    fraction = rf"(?:\.[0-9]{{1,{scale}}}+)?+" if scale else ""
    return rf"-?+(?:0|[1-9][0-9]{{0,{_whole_digits(kind, bounded=bounded) - 1}}}+){fraction}"


def _decimal_text(pattern: str) -> Any:
    return Annotated[str, msgspec.Meta(pattern=rf"^{pattern}\Z")]
