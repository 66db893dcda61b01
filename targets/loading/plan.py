"""How a stream's records go into its table: columns, keys, and the decoder that tells plain records from the rest."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Annotated, Any

import msgspec

from targets.loading.column_types import ColumnType, Kind
from targets.loading.names import CONNECTION, DELETED_AT, hashed

_INT64 = Annotated[int, msgspec.Meta(ge=-(2**63), le=2**63 - 1)]
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
    """

    stream: str
    table: TableName
    columns: list[Column]
    declared: frozenset[str]
    bounded_decimals: bool
    index: dict[str, int] = field(default_factory=dict)
    keys: list[Column] = field(default_factory=list)
    plain: msgspec.json.Decoder[Any] | None = None
    checks_digits: bool = False

    def __post_init__(self) -> None:
        self.index = {column.prop: i for i, column in enumerate(self.columns)}
        self.keys = [column for column in self.columns if column.is_key]
        kinds = {column.type.kind for column in self.columns if column.prop in self.declared}
        self.checks_digits = bool(kinds & {Kind.JSON, Kind.DOUBLE}) or any(map(_is_retyped, self.columns))
        self.plain = plain_decoder(self)

    @property
    def connection(self) -> Column | None:
        """The column that says whose rows they are, where the stream has one."""
        at = self.index.get(CONNECTION)
        return None if at is None else self.columns[at]


def plain_decoder(plan: Plan) -> msgspec.json.Decoder[Any] | None:
    """A decoder that accepts the records which hold every declared property, readable as its type, and no other.

    None where the store could not tell the properties apart by name.
    """
    fields = [column for column in plan.columns if column.prop in plan.declared]
    folded = {column.prop.lower() for column in fields}
    if len(folded) < len(fields) or not all(column.prop.isprintable() and column.prop for column in fields):
        return None
    record = msgspec.defstruct(
        "PlainRecord",
        [_field(i, column, bounded=plan.bounded_decimals) for i, column in enumerate(fields)],
        rename={f"c{i}": column.prop for i, column in enumerate(fields)},
        forbid_unknown_fields=True,
        kw_only=True,
        gc=False,
    )
    return msgspec.json.Decoder(record)


def _is_retyped(column: Column) -> bool:
    return column.type.kind is Kind.TEXT and column.declared.kind is not Kind.TEXT


def _field(number: int, column: Column, *, bounded: bool) -> Any:
    """A deletion mark may be absent from a record that is whole: absent means not deleted."""
    field = (f"c{number}", _field_type(column, bounded=bounded))
    return (*field, None) if column.prop == DELETED_AT else field


def _field_type(column: Column, *, bounded: bool) -> Any:
    accepted = _accepted(column, bounded=bounded)
    return accepted if column.is_key or accepted is msgspec.Raw else accepted | None


def _accepted(column: Column, *, bounded: bool) -> Any:
    match column.type.kind:
        case Kind.BOOLEAN:
            return bool
        case Kind.INTEGER | Kind.BIG_INTEGER:
            return _INT64
        case Kind.DECIMAL:
            return _accepted_decimal(column.type, bounded=bounded)
        case Kind.DOUBLE:
            return float | _EXACT_IN_DOUBLE
        case Kind.DATE:
            return date
        case Kind.DATETIME:
            return datetime
        case Kind.TEXT if not _is_retyped(column) or column.is_key:
            return str
        case _:
            return msgspec.Raw


def _accepted_decimal(kind: ColumnType, *, bounded: bool) -> Any:
    whole, scale = (kind.precision - kind.scale, kind.scale) if bounded else (100, 100)
    text = Annotated[str, msgspec.Meta(pattern=rf"^-?\d{{1,{whole}}}(\.\d{{1,{scale}}})?$")]
    return text | _INT64 if whole >= 19 else text
