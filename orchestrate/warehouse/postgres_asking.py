"""Questions to a tenant's schemas in Postgres, and statements that write them."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

from psycopg import errors
from sqlalchemy import Connection
from sqlalchemy.exc import DataError, DBAPIError

from orchestrate.data.errors import CursorGoneError, NoRowsError
from orchestrate.warehouse.base import BY_KEY, Answer, Condition, RefusedError, Rows, Table
from orchestrate.warehouse.names import UNBUILT, UNLOADED, quoted
from orchestrate.warehouse.postgres_names import BUILT, translated
from targets.postgres.store import KEY_INDEX

if TYPE_CHECKING:
    from orchestrate.warehouse.postgres import PostgresWarehouse

_GONE = "the rows have been loaded anew since this list was begun; begin it again"
_MISSING = (errors.UndefinedTable, errors.InvalidSchemaName)
_BLOCKS = 64
"""Of 8 kB; so many are read at first, and twice as many each time where too few rows of them are wanted."""
_MOST_BLOCKS = 8192
_CHANGES = "pg_stat_get_tuples_inserted(c.oid), pg_stat_get_tuples_updated(c.oid), pg_stat_get_tuples_deleted(c.oid)"
_STATE = f"""
SELECT c.oid, c.relfilenode, {_CHANGES}
FROM pg_class AS c JOIN pg_namespace AS n ON n.oid = c.relnamespace
WHERE c.relkind IN ('r', 'v') AND n.nspname = ANY(%s) AND (%s::text IS NULL OR c.relname = %s) ORDER BY c.oid
"""  # noqa: S608 # words of this file
_KEY = """
SELECT a.attname, format_type(a.atttypid, a.atttypmod)
FROM (
    SELECT x.indrelid, x.indkey FROM pg_index AS x JOIN pg_class AS i ON i.oid = x.indexrelid
    WHERE x.indrelid = %s::regclass AND x.indisvalid AND (x.indisprimary OR starts_with(i.relname, %s))
    ORDER BY x.indisprimary DESC LIMIT 1
) AS x
CROSS JOIN LATERAL unnest(x.indkey::smallint[]) WITH ORDINALITY AS k (number, place)
JOIN pg_attribute AS a ON a.attrelid = x.indrelid AND a.attnum = k.number
ORDER BY k.place
"""
"""The columns that tell rows apart and are never null: a table's primary key, or the one that the target loads by
or that dbt's `keyed()` gives a unified table."""


class _UnfitError(RefusedError):
    """A value is none of the type that it is taken for."""


class _Asking:
    """A transaction on the tenant's schemas."""

    def __init__(self, connection: Connection, warehouse: PostgresWarehouse) -> None:
        self._connection, self._warehouse = connection, warehouse

    def execute(self, sql: str, values: Sequence[Any] = ()) -> Answer:
        """Asks or does something; raises `NoRowsError` where a table is not there."""
        return self._send(translated(sql, self._warehouse.prefix), values)

    def names(self, schema: str) -> list[str]:
        """The tables and views of a schema, by name."""
        told = "SELECT table_name FROM information_schema.tables WHERE table_schema = %s ORDER BY table_name"
        return [name for (name,) in self._send(told, [self._warehouse.schema(schema)]).rows]

    def named(self, schema: str, name: str) -> str:
        """A table's name for SQL, whatever it holds."""
        return f"{quoted(self._warehouse.schema(schema))}.{quoted(name)}"

    def _send(self, sql: str, values: Sequence[Any]) -> Answer:
        try:
            answer = self._connection.exec_driver_sql(sql, tuple(values))
        except DBAPIError as error:
            if isinstance(error.orig, _MISSING):
                raise NoRowsError(UNBUILT) from None
            raise
        if not answer.returns_rows:
            return Answer((), [])
        return Answer(list(answer.keys()), [tuple(row) for row in answer])


class PostgresWriting(_Asking):
    """The tenant's schemas, as the user of the address."""

    def add(self, table: str, rows: Sequence[Sequence[Any]]) -> None:
        """Adds rows."""
        if rows:
            marks = ", ".join("?" * len(rows[0]))
            sql = translated(f"INSERT INTO {table} VALUES ({marks})", self._warehouse.prefix)  # noqa: S608 # a name of the caller's
            self._connection.exec_driver_sql(sql, [tuple(row) for row in rows])


class PostgresReading(_Asking):
    """What is committed, by one snapshot, as the tenant's reader.

    A version is made of which tables there are and how often they were changed, as the server counts it; a change in
    place counts some moments after its commit (https://www.postgresql.org/docs/current/monitoring-stats.html).
    """

    lasts = False

    def __init__(self, connection: Connection, warehouse: PostgresWarehouse, version: str | None) -> None:
        super().__init__(connection, warehouse)
        self._wanted = version
        self._known: str | None = None
        there = connection.exec_driver_sql("SELECT 1 FROM pg_roles WHERE rolname = %s", (warehouse.reader,)).first()
        if there is None:
            raise NoRowsError(UNLOADED)
        connection.exec_driver_sql(f"SET LOCAL ROLE {quoted(warehouse.reader)}")

    @property
    def version(self) -> str:
        """That of all that is built; raises `CursorGoneError` where another one was wanted."""
        if self._known is None:
            self._known = self._state([self._warehouse.schema(each) for each in (*BUILT, "answers")])
        return self._known

    def _state(self, schemas: Sequence[str], table: str | None = None) -> str:
        found = self._send(_STATE, [list(schemas), table, table]).rows
        version = hashlib.sha256(repr(found).encode()).hexdigest()[:16]
        if self._wanted not in {None, version}:
            raise CursorGoneError(_GONE)
        return version

    def described(self, schema: str, name: str) -> Table | None:
        """A table, or None."""
        own = [self._warehouse.schema(schema), name]
        told = (
            "SELECT column_name, data_type FROM information_schema.columns WHERE table_schema = %s "
            "AND table_name = %s ORDER BY ordinal_position"
        )
        columns = {str(column): str(kind) for column, kind in self._send(told, own).rows}
        kind = "SELECT table_type FROM information_schema.tables WHERE table_schema = %s AND table_name = %s"
        return Table(schema, name, columns, is_view=self._send(kind, own).rows == [("VIEW",)]) if columns else None

    def having(self, schema: str, column: str) -> list[str]:
        """The tables of a schema that have a column."""
        told = (
            "SELECT table_name FROM information_schema.columns WHERE table_schema = %s AND column_name = %s ORDER BY 1"
        )
        return [name for (name,) in self._send(told, [self._warehouse.schema(schema), column]).rows]

    def matching(self, value: str, kind: str) -> Condition:
        """What does not fit the column's type is no row's value."""
        try:
            with self._connection.begin_nested():
                self._connection.exec_driver_sql(f"SELECT CAST(%s AS {kind})", (value,))
        except DBAPIError:
            return Condition(f"CAST(NULL AS {kind})", ())
        return Condition(f"CAST(? AS {kind})", (value,))

    def part(self, table: Table, condition: Condition, after: int | str | None, limit: int) -> Rows:
        """Rows by their key where they have one, else by where they lie.

        Raises `RefusedError`, and `CursorGoneError` once anything moved rows without a key.
        """
        key = self._key(table) if self._wanted in {None, BY_KEY} else []
        if key:
            version = BY_KEY
            placed = self._by_key(table, condition, key, after, limit)
        elif table.is_view:
            version = self.version
            placed = self._of_view(table, condition, int(after or 0), limit)
        else:
            version = self._state([self._warehouse.schema(table.schema)], table.name)
            placed = list(self._of_table(table, condition, -1 if after is None else int(after), limit))
        return Rows(version, [row[0] for row in placed], [row[1:] for row in placed])

    def _key(self, table: Table) -> list[tuple[str, str]]:
        """The columns of the key and their types; that of a view is known, that of a table has an index."""
        if table.is_view:
            return [(table.key, table.columns[table.key])] if table.key else []
        rows = self._send(_KEY, [self.named(table.schema, table.name), KEY_INDEX]).rows
        return [(str(column), str(kind)) for column, kind in rows]

    def _by_key(
        self, table: Table, condition: Condition, key: Sequence[tuple[str, str]], after: int | str | None, limit: int
    ) -> list[tuple[Any, ...]]:
        """Rows after a key, in its order, which whoever loads the table meanwhile does not change.

        Raises `CursorGoneError` for a key that is none of the table's, or no more: columns and types may change.
        """
        columns = ", ".join(quoted(column) for column, _ in key)
        place = ", ".join(f"CAST({quoted(column)} AS text)" for column, _ in key)
        values, later = [], "true"
        if after is not None:
            values = json.loads(str(after))
            if len(values) != len(key):
                raise CursorGoneError(_GONE)
            later = f"({columns}) > ({', '.join(f'CAST(? AS {kind})' for _, kind in key)})"
        try:
            return self._asked(
                f"SELECT CAST(json_build_array({place}) AS text), * FROM {self.named(table.schema, table.name)} "  # noqa: S608 # quoted names
                f"WHERE {condition.sql} AND {later} ORDER BY {columns} LIMIT {limit}",
                [*condition.values, *values],
            )
        except _UnfitError:
            raise CursorGoneError(_GONE) from None

    def _of_view(self, table: Table, condition: Condition, after: int, limit: int) -> list[tuple[Any, ...]]:
        by = ", ".join(map(quoted, table.columns))
        return self._asked(
            f"SELECT * FROM (SELECT row_number() OVER (ORDER BY {by}) AS rowid, * "  # noqa: S608 # quoted names
            f"FROM {self.named(table.schema, table.name)}) AS placed "
            f"WHERE {condition.sql} AND rowid > ? ORDER BY rowid LIMIT {limit}",
            [*condition.values, after],
        )

    def _of_table(self, table: Table, condition: Condition, after: int, limit: int) -> Iterator[tuple[Any, ...]]:
        """Some blocks at a time, in the order of places: Postgres would sort all rows that are left for it."""
        name = self.named(table.schema, table.name)
        size = "SELECT pg_relation_size(%s::regclass) / current_setting('block_size')::bigint"
        ((blocks,),) = self._send(size, [name]).rows
        first, many, found = (after + 1) >> 16, _BLOCKS, 0
        while first < blocks and found < limit:
            rows = self._asked(
                f"SELECT * FROM (SELECT ctid AS rowid, * FROM {name}) AS placed WHERE {condition.sql} "  # noqa: S608 # quoted names
                f"AND rowid > ?::tid AND rowid < ?::tid ORDER BY rowid LIMIT {limit - found}",
                [*condition.values, _tid(max(after, (first << 16) - 1)), f"({first + many},0)"],
            )
            for place, *values in rows:
                yield (_place(place), *values)
            found += len(rows)
            first, many = first + many, min(2 * many, _MOST_BLOCKS)

    def _asked(self, sql: str, values: Sequence[Any]) -> list[tuple[Any, ...]]:
        try:
            return self._send(translated(sql, self._warehouse.prefix), values).rows
        except DBAPIError as wrong:
            refused = _UnfitError if isinstance(wrong, DataError) else RefusedError
            raise refused(str(wrong.orig).partition("\n")[0]) from None


def _place(tid: str) -> int:
    """`(block,row)` as a number; rows of a block are fewer than 2^16."""
    block, row = tid.strip("()").split(",")
    return (int(block) << 16) + int(row)


def _tid(place: int) -> str:
    return f"({place >> 16},{place & 0xFFFF})" if place >= 0 else "(0,0)"
