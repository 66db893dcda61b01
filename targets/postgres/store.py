"""What a batch does in PostgreSQL: COPY of the lines into a temporary table, one INSERT ... ON CONFLICT."""

# ruff: noqa: S608 - statements are built from quoted names and literals; none takes foreign text unquoted
from __future__ import annotations

import contextlib
import hashlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any

import psycopg

from targets.loading.column_types import ColumnType, Kind, simple
from targets.loading.errors import (
    ConversionRefusedError,
    LoadError,
    RowTooWideError,
    StoreUnavailableError,
    one_line,
)
from targets.loading.merge import MISSING, ORDER
from targets.loading.names import EXTRACTED_AT, TABLE_VERSION, hashed, literal, quoted
from targets.loading.plan import Column, Plan, TableName

_LINES = f"pg_temp.{quoted('_engarde_lines')}"
_STAGED = f"pg_temp.{quoted('_engarde_staged')}"
KEY_INDEX = "_engarde_key_"
"""What the name of the index begins with that a table is loaded by."""
# Neither character can stand in a line of JSON, so that CSV passes every line as it is.
_COPY = f"COPY {_LINES} (line) FROM STDIN WITH (FORMAT csv, QUOTE E'\\x01', DELIMITER E'\\x02')"
_COPY_CHUNK = 4096
_TYPES = {
    Kind.BOOLEAN: "boolean",
    Kind.INTEGER: "bigint",
    Kind.BIG_INTEGER: "numeric(38,0)",
    Kind.DECIMAL: "numeric",
    Kind.DOUBLE: "double precision",
    Kind.DATE: "date",
    Kind.DATETIME: "timestamp with time zone",
    Kind.TEXT: "text",
    Kind.JSON: "jsonb",
}
_KINDS = {sql: kind for kind, sql in _TYPES.items()} | {
    "integer": Kind.INTEGER,
    "smallint": Kind.INTEGER,
    "real": Kind.DOUBLE,
    "timestamp without time zone": Kind.DATETIME,
    "json": Kind.JSON,
}
# What PostgreSQL's source calls the places that refuse a row of 8 kB and a key of 2.7 kB; texts are translated.
_ROW_LIMITS = ("RelationGetBufferForTuple", "raw_heap_insert")
_KEY_LIMITS = ("_bt_check_third_page", "index_form_tuple", "index_form_tuple_context")
_CONFLICTS = {"40001": "a conflict with another transaction", "40P01": "a deadlock"}
_RETRIED = ("57P01", "57P02", "57P03", "08000", "08003", "08006")
_TOLD = (
    "42501", "53100", "25006", "0A000", "2BP01", "3F000", "54011", "54000", "42P16", "42804",
    "23502", "23503", "23505", "23514",
)  # fmt: skip


class PostgresStore:
    """A PostgreSQL database that takes batches."""

    default_schema = "public"
    max_name_bytes = 63
    max_columns: int | None = 1600
    bounded_decimals = False

    def __init__(self, opened: Callable[[], psycopg.Connection[Any]]) -> None:
        self._opened = opened
        self._connection = opened()
        self._held: str | None = None
        self._wanted: list[int] = []
        self._merging = "a table"

    def execute(self, sql: str) -> int:
        """Runs a statement; returns the rows it changed."""
        with self._explaining():
            return max(self._connection.execute(sql.encode()).rowcount, 0)

    def query(self, sql: str) -> list[tuple[Any, ...]]:
        """Runs a query."""
        with self._explaining():
            return self._connection.execute(sql.encode()).fetchall()

    @contextlib.contextmanager
    def transaction(self, *, last: bool = False) -> Iterator[None]:  # noqa: ARG002 - all are alike here
        """A transaction."""
        self.execute("BEGIN")
        try:
            yield
            self.execute("COMMIT")
        except BaseException:
            with contextlib.suppress(psycopg.Error):
                self._connection.rollback()
            raise

    def among(self, number: int, numbers: str) -> str:
        """The condition that a list column holds a number."""
        return f"({number} = ANY({numbers}))"

    def newest(self, value: str, condition: str, order: str) -> str:
        """The value of the last row that meets the condition."""
        return f"(array_agg({value} ORDER BY {order} DESC) FILTER (WHERE {condition}))[1]"

    def reconnect(self) -> None:
        """Connects again."""
        self.close()
        self._connection = self._opened()
        if (held := self._held) is not None:
            self._held = None
            self.hold(held)

    def close(self) -> None:
        """Closes the connection."""
        self._connection.close()

    def lock_tables(self, tables: Iterable[TableName]) -> None:
        """Takes turns by advisory locks, in one order for all."""
        self._wanted = sorted({_lock_number(table.schema, table.name) for table in tables})
        for number in self._wanted:
            self.query(f"SELECT pg_advisory_xact_lock({number})")

    def hold(self, pipeline: str) -> None:
        """Takes the pipeline's advisory lock for as long as the connection lasts."""
        if self._held is None:
            self._wanted = [_lock_number("pipeline", pipeline)]
            self.query(f"SELECT pg_advisory_lock({self._wanted[0]})")
            self._held = pipeline

    def type_sql(self, column_type: ColumnType) -> str:
        """The type in PostgreSQL's words."""
        return _TYPES[column_type.kind]

    def table_columns(self, schema: str, table: str) -> dict[str, ColumnType]:
        """The columns of a table."""
        rows = self.query(
            "SELECT a.attname, format_type(a.atttypid, a.atttypmod) FROM pg_attribute a "
            "JOIN pg_class c ON c.oid = a.attrelid JOIN pg_namespace n ON n.oid = c.relnamespace "
            f"WHERE n.nspname = {literal(schema)} AND c.relname = {literal(table)} "
            "AND a.attnum > 0 AND NOT a.attisdropped ORDER BY a.attnum"
        )
        return {name: _column_type(kind) for name, kind in rows}

    def ensure_key(self, schema: str, table: str, keys: Sequence[str]) -> None:
        """Gives the table the unique index that ON CONFLICT needs, in place of one over other columns.

        A primary key or unique index of the table's own over the same columns serves as well.
        """
        wanted = KEY_INDEX + hashed(f"{schema}.{table}({', '.join(keys)})", self.max_name_bytes)[-8:]
        found = self.query(
            f"SELECT indexname FROM pg_indexes WHERE schemaname = {literal(schema)} AND tablename = {literal(table)} "
            f"AND starts_with(indexname, {literal(KEY_INDEX)})"
        )
        if keys and (wanted in [name for (name,) in found] or set(keys) in self._unique_over(schema, table)):
            return
        for (name,) in found:
            self.execute(f"DROP INDEX {quoted(schema)}.{quoted(name)}")
        if keys:
            columns = ", ".join(map(quoted, keys))
            self.execute(f"CREATE UNIQUE INDEX {quoted(wanted)} ON {quoted(schema)}.{quoted(table)} ({columns})")

    def _unique_over(self, schema: str, table: str) -> list[set[str]]:
        """The columns of each unique index that can decide a conflict."""
        rows = self.query(
            "SELECT (SELECT array_agg(CAST(a.attname AS text)) FROM pg_attribute a WHERE a.attrelid = x.indrelid "
            "AND a.attnum = ANY ((CAST(x.indkey AS smallint[]))[0:x.indnkeyatts - 1])) "
            "FROM pg_index x JOIN pg_class c ON c.oid = x.indrelid JOIN pg_namespace n ON n.oid = c.relnamespace "
            f"WHERE n.nspname = {literal(schema)} AND c.relname = {literal(table)} AND x.indisunique AND x.indisvalid "
            "AND x.indimmediate AND x.indpred IS NULL AND x.indexprs IS NULL"
        )
        return [set(columns) for (columns,) in rows]

    def stage(self, plan: Plan, chunks: Sequence[bytes], *, plain: bool, careful: bool, partial: bool) -> str:  # noqa: ARG002
        """Copies the lines into a temporary table and reads them into a second one."""
        self.execute(f"DROP TABLE IF EXISTS {_LINES}, {_STAGED}")
        self.execute(
            f"CREATE TEMP TABLE {_LINES.partition('.')[2]} "
            f"({ORDER} bigint GENERATED ALWAYS AS IDENTITY, line json) ON COMMIT DROP"
        )
        with self._explaining(), self._connection.cursor() as cursor, cursor.copy(_COPY.encode()) as copy:
            for first in range(0, len(chunks), _COPY_CHUNK):
                copy.write(b"".join(chunks[first : first + _COPY_CHUNK]))
        self.execute(
            f"CREATE TEMP TABLE {_STAGED.partition('.')[2]} ON COMMIT DROP AS "
            + self._read(plan, plain=plain, careful=careful)
        )
        self.execute(f"DROP TABLE {_LINES}")
        return _STAGED

    def load_plain(
        self, plan: Plan, chunks: Sequence[bytes], target: str, values: Mapping[str, str], keys: Sequence[str]
    ) -> tuple[int, int] | None:
        """None: lines are read in a temporary table only."""

    def _read(self, plan: Plan, *, plain: bool, careful: bool) -> str:
        named = [
            (i, column) for i, column in enumerate(plan.columns)
            if column.prop in plan.declared and self._takes_name(column.prop)
        ]  # fmt: skip
        values = [
            f"{self._value(plan, i, column, plain=plain, careful=careful)} AS {quoted(column.name)}"
            for i, column in enumerate(plan.columns)
        ]
        message = "record json, texts text[], missing integer[], time_extracted timestamptz, version bigint"
        source = f"{_LINES} AS l, LATERAL json_to_record(l.line) AS m({message})"
        if plain and named:
            names = ", ".join(f"{quoted(c.prop)} {self.type_sql(c.type)}" for _, c in named)
            aliases = ", ".join(f"r.{quoted(c.prop)} AS c{i}" for i, c in named)
            source += f", LATERAL (SELECT {aliases} FROM json_to_record(coalesce(m.record, '{{}}')) AS r({names})) AS r"
        return (
            f"SELECT l.{ORDER}, {', '.join(values)}, m.time_extracted AS {quoted(EXTRACTED_AT)}, "
            f"m.version AS {quoted(TABLE_VERSION)}, m.missing AS {MISSING} FROM {source}"
        )

    def _value(self, plan: Plan, number: int, column: Column, *, plain: bool, careful: bool) -> str:
        kind = self.type_sql(column.type)
        sent = self._sent(number, column) if column.prop in plan.declared else f"CAST(NULL AS {kind})"
        read = f"CAST(m.texts[{number + 1}] AS {kind})"
        if not careful:
            return sent
        return f"CASE WHEN m.texts IS NULL THEN {sent} ELSE {read} END" if plain else read

    def _takes_name(self, prop: str) -> bool:
        """Whether json_to_record finds the property: PostgreSQL cuts longer names off, which then name nothing."""
        return len(prop.encode("utf-8", "surrogatepass")) <= self.max_name_bytes

    def _sent(self, number: int, column: Column) -> str:
        if self._takes_name(column.prop):
            return f"r.c{number}"
        if column.type.kind is Kind.JSON:
            return f"NULLIF(CAST(m.record -> {literal(column.prop)} AS jsonb), 'null')"
        return f"CAST(m.record ->> {literal(column.prop)} AS {self.type_sql(column.type)})"

    def merge(self, target: str, source: str, columns: Sequence[str], keys: Sequence[str]) -> None:
        """Merges one row per key."""
        self._merging = target
        names = ", ".join(map(quoted, columns))
        changes = ", ".join(f"{quoted(name)} = EXCLUDED.{quoted(name)}" for name in columns if name not in keys)
        self.execute(
            f"INSERT INTO {target} ({names}) SELECT {names} FROM {source} AS s "
            f"ON CONFLICT ({', '.join(map(quoted, keys))}) DO UPDATE SET {changes}"
        )

    @contextlib.contextmanager
    def _explaining(self) -> Iterator[None]:
        try:
            yield
        except psycopg.Error as error:
            raise self._explained(error) from None

    def _explained(self, error: psycopg.Error) -> LoadError:
        """PostgreSQL's messages may hold values; only those about objects and space are passed on."""
        state = error.sqlstate or ""
        if state in _CONFLICTS:
            return StoreUnavailableError(f"PostgreSQL ended the transaction after {_CONFLICTS[state]} ({state})")
        if state in _RETRIED or (not state and self._connection.closed):
            return StoreUnavailableError(f"the connection to PostgreSQL was lost ({state or type(error).__name__})")
        if state == "55P03":
            return LoadError(
                f"another load into the same table or of the same pipeline still runs: {self._holders()}; "
                "nothing of this batch was written. Run it again when that one is through"
            )
        if state.startswith("22"):
            return ConversionRefusedError(f"PostgreSQL could not read a value as its column's type (SQLSTATE {state})")
        if error.diag.source_function in _ROW_LIMITS:
            return RowTooWideError(
                "PostgreSQL has no place for so many values in one row (about 8 kB, long ones apart); rows and state "
                "up to the last STATE are kept. Deselect columns that you do not need"
            )
        if error.diag.source_function in _KEY_LIMITS:
            return LoadError(
                f"PostgreSQL: a key of {one_line(self._merging)} is longer than its index takes, about 2,700 bytes; "
                "rows and state up to the last STATE are kept. Give the stream shorter key_properties, or load it with "
                "load_method append-only"
            )
        if state in _TOLD:
            told = one_line(error.diag.message_primary or "")
            if state == "0A000" and (detail := error.diag.message_detail):
                told += f": {one_line(detail)}"
                told += "; drop what depends on it, dbt builds it again" if "depends on" in detail else ""
            return LoadError(f"PostgreSQL: {told} (SQLSTATE {state}); rows and state up to the last STATE are kept")
        return LoadError(
            f"PostgreSQL refused a statement (SQLSTATE {state}); rows and state up to the last STATE are kept"
        )

    def _holders(self) -> str:
        wanted = ", ".join(map(str, self._wanted)) or "NULL"
        try:
            self._connection.rollback()
            rows = self._connection.execute(
                "SELECT DISTINCT a.pid, a.application_name, coalesce(host(a.client_addr), 'the server''s own machine') "
                "FROM pg_locks l JOIN pg_stat_activity a USING (pid) "
                "WHERE l.locktype = 'advisory' AND l.granted AND a.pid <> pg_backend_pid() "
                f"AND (l.classid::bigint << 32 | l.objid::bigint) IN ({wanted})".encode()
            ).fetchall()
        except psycopg.Error:
            rows = []
        return (
            ", ".join(f"{one_line(name)} (server process {pid}, from {address})" for pid, name, address in rows)
            or "its holder is gone by now"
        )


def _lock_number(*parts: str) -> int:
    name = "\0".join(parts).encode("utf-8", "surrogatepass")
    return int.from_bytes(hashlib.sha256(name).digest()[:8], signed=True)


def _column_type(kind: str) -> ColumnType:
    if kind.startswith("numeric") and kind != _TYPES[Kind.BIG_INTEGER]:
        return simple(Kind.DECIMAL)
    return simple(_KINDS.get(kind, Kind.TEXT))
