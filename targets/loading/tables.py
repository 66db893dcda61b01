"""Makes a stream's table fit its schema: creates it, adds columns, widens them, never narrows or drops."""

# ruff: noqa: S608 - statements are built from quoted names and literals; none takes foreign text unquoted
from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from targets.loading.column_types import DATETIME, JSON, TEXT, ColumnType, Kind, from_schema, join, simple
from targets.loading.errors import LoadError, one_line
from targets.loading.names import (
    BATCHED_AT,
    DELETED_AT,
    EXTRA,
    EXTRACTED_AT,
    INTERNAL_SCHEMA,
    RECEIVED_AT,
    SEQUENCE,
    TABLE_VERSION,
    column_names,
    literal,
    quoted,
)
from targets.loading.plan import Column, Plan, TableName
from targets.loading.store import Store

NAMES_TABLE = f"{quoted(INTERNAL_SCHEMA)}.{quoted('columns')}"
OWN_TABLES = TableName(INTERNAL_SCHEMA, "")
_INTEGER = simple(Kind.INTEGER)
CONTROL_COLUMNS = {EXTRACTED_AT: DATETIME, DELETED_AT: DATETIME, TABLE_VERSION: _INTEGER}
RECORD_METADATA = {RECEIVED_AT: DATETIME, BATCHED_AT: DATETIME, SEQUENCE: _INTEGER}


def prepare(store: Store) -> None:
    """Creates the schema of the target's own tables and the mapping of column names."""
    with store.transaction():
        store.lock_tables([OWN_TABLES])
        _ensure_schema(store, INTERNAL_SCHEMA)
        store.execute(
            f"CREATE TABLE IF NOT EXISTS {NAMES_TABLE} (table_schema text NOT NULL, table_name text NOT NULL, "
            "property text NOT NULL, column_name text NOT NULL)"
        )


def _ensure_schema(store: Store, name: str) -> None:
    """PostgreSQL wants the right to create schemas even where CREATE SCHEMA IF NOT EXISTS has nothing to do."""
    if not store.query(f"SELECT 1 FROM information_schema.schemata WHERE schema_name = {literal(name)}"):
        store.execute(f"CREATE SCHEMA IF NOT EXISTS {quoted(name)}")


def qualified(table: TableName) -> str:
    """The table's name in SQL."""
    return f"{quoted(table.schema)}.{quoted(table.name)}"


def plan_stream(
    store: Store,
    stream: str,
    table: TableName,
    schema: Mapping[str, Any],
    keys: Sequence[str],
    *,
    record_metadata: bool,
    unique: bool,
) -> Plan:
    """Brings the table up to the schema and returns the plan to load by.

    Each change is committed at once; it loses nothing and can be repeated.
    """
    types = _declared_types(stream, schema, keys)
    with store.transaction():
        store.lock_tables([OWN_TABLES, table])
        present = store.table_columns(table.schema, table.name)
        names = _named(store, table, types, keys, present)
        columns = [
            _column(store, table, prop, names[prop], types[prop], present, is_key=prop in keys)
            for prop in types
            if prop in names
        ]
        columns.append(Column(DELETED_AT, DELETED_AT, DATETIME, DATETIME))
        wanted = {column.name: column.type for column in columns}
        wanted |= CONTROL_COLUMNS | (RECORD_METADATA if record_metadata else {})
        _shape(store, table, present, wanted)
        store.ensure_key(table.schema, table.name, [column.name for column in columns if column.is_key and unique])
    properties = schema.get("properties")
    declared = frozenset(properties if isinstance(properties, Mapping) else ()) | frozenset(keys)
    declared -= types.keys() - names.keys()
    return Plan(stream, table, columns, declared, store.bounded_decimals)


def _declared_types(stream: str, schema: Mapping[str, Any], keys: Sequence[str]) -> dict[str, ColumnType]:
    properties = schema.get("properties")
    if not isinstance(properties, Mapping):
        raise LoadError(f"stream {one_line(stream)}: its SCHEMA message has no properties")
    definitions = schema.get("definitions") or schema.get("$defs")
    types = {prop: from_schema(part, definitions) for prop, part in properties.items() if prop != DELETED_AT}
    for key in keys:
        if types.get(key, JSON) == JSON:
            types[key] = TEXT
    types.pop(EXTRA, None)
    return {**types, EXTRA: JSON}


def _named(
    store: Store, table: TableName, types: Iterable[str], keys: Sequence[str], present: Mapping[str, ColumnType]
) -> dict[str, str]:
    """The columns of the properties, but of those for which the table has no room."""
    where = f"table_schema = {literal(table.schema)} AND table_name = {literal(table.name)}"
    recorded = store.query(f"SELECT property, column_name FROM {NAMES_TABLE} WHERE {where}")
    known = {_unescaped(prop): column for prop, column in recorded}
    names = column_names(types, known, present, store.max_name_bytes)
    if store.max_columns is not None:
        names = _with_room({prop: names[prop] for prop in types}, keys, present, store.max_columns)
    for prop, column in names.items():
        if prop != column and prop not in known:
            values = ", ".join(map(literal, (table.schema, table.name, _escaped(prop), column)))
            store.execute(f"INSERT INTO {NAMES_TABLE} VALUES ({values})")
    return names


def _with_room(
    names: Mapping[str, str], keys: Sequence[str], present: Mapping[str, ColumnType], limit: int
) -> dict[str, str]:
    """What the table has, or must have, comes first, and then the properties in their order."""
    first = (*keys, EXTRA)
    room = limit - len({*present, *(names[prop] for prop in first), *CONTROL_COLUMNS, *RECORD_METADATA})
    new = [prop for prop in names if names[prop] not in present and prop not in first]
    beyond = set(new[max(room, 0) :])
    return {prop: column for prop, column in names.items() if prop not in beyond}


def _escaped(prop: str) -> str:
    return prop.encode("unicode_escape").decode("ascii")


def _unescaped(text: str) -> str:
    return text.encode("ascii").decode("unicode_escape")


def _column(
    store: Store,
    table: TableName,
    prop: str,
    name: str,
    declared: ColumnType,
    present: Mapping[str, ColumnType],
    *,
    is_key: bool,
) -> Column:
    held = present.get(name)
    wide = declared if held is None else widened(store, table, name, held, declared)
    return Column(prop, name, wide, declared, is_key)


def _shape(store: Store, table: TableName, present: Mapping[str, ColumnType], wanted: Mapping[str, ColumnType]) -> None:
    target = qualified(table)
    if not present:
        columns = ", ".join(f"{quoted(name)} {store.type_sql(kind)}" for name, kind in wanted.items())
        _ensure_schema(store, table.schema)
        store.execute(f"CREATE TABLE {target} ({columns})")
        return
    for name, kind in wanted.items():
        if (held := present.get(name)) is None:
            store.execute(f"ALTER TABLE {target} ADD COLUMN {quoted(name)} {store.type_sql(kind)}")
        elif store.type_sql(held) != store.type_sql(kind):
            change_type(store, table, name, held, kind)


def widened(store: Store, table: TableName, name: str, held: ColumnType, needed: ColumnType) -> ColumnType:
    """The type that a column of this type has to get so that the needed one fits, with the rows that are there."""
    wide = join(held, needed)
    if held in (needed, wide):
        return held
    if held.kind is Kind.DECIMAL and needed.kind in (Kind.INTEGER, Kind.DOUBLE):
        return held
    if not store.bounded_decimals and wide.kind is Kind.DECIMAL:
        return simple(Kind.DECIMAL)
    if wide.kind in (Kind.DOUBLE, Kind.DECIMAL) and not _holds(store, table, name, held, wide):
        return simple(Kind.DECIMAL) if wide.kind is Kind.DOUBLE else TEXT
    return wide


def _holds(store: Store, table: TableName, name: str, held: ColumnType, wide: ColumnType) -> bool:
    column = quoted(name)
    if wide.kind is Kind.DOUBLE:
        lost = f"abs({column}) > 9007199254740992"
    else:
        there = f"TRY_CAST({column} AS {store.type_sql(wide)})"
        lost = f"TRY_CAST({there} AS {store.type_sql(held)}) IS DISTINCT FROM {column}"
    return not store.query(f"SELECT 1 FROM {qualified(table)} WHERE {column} IS NOT NULL AND {lost} LIMIT 1")


def change_type(store: Store, table: TableName, name: str, held: ColumnType, wide: ColumnType) -> None:
    """Gives a column a wider type and keeps its values."""
    column = quoted(name)
    through_text = held.kind is Kind.DOUBLE and wide.kind is Kind.DECIMAL and not store.bounded_decimals
    value = f"CAST({column} AS text)" if through_text else column
    kind = store.type_sql(wide)
    store.execute(f"ALTER TABLE {qualified(table)} ALTER COLUMN {column} TYPE {kind} USING CAST({value} AS {kind})")


def shape_like(store: Store, table: TableName, other: TableName) -> None:
    """Makes or widens another table so that it takes the table's rows."""
    present = store.table_columns(other.schema, other.name)
    _shape(store, other, present, store.table_columns(table.schema, table.name))
