"""What a batch does in DuckDB: a file of lines, one typed read_json, rows replaced by key."""

# ruff: noqa: S608 - statements are built from quoted names and literals; none takes foreign text unquoted
from __future__ import annotations

import contextlib
import tempfile
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import duckdb

from targets.duckdb.connect import CHECKPOINT_AT
from targets.loading.column_types import ColumnType, Kind, simple
from targets.loading.errors import ConversionRefusedError, LoadError, StoreUnavailableError, one_line
from targets.loading.merge import MISSING, ORDER, same_key
from targets.loading.names import DELETED_AT, EXTRACTED_AT, TABLE_VERSION, literal, quoted
from targets.loading.plan import Column, Plan, TableName

_STAGED = quoted("_engarde_staged")
_KEPT = quoted("_engarde_kept")
_TYPES = {
    Kind.BOOLEAN: "BOOLEAN",
    Kind.INTEGER: "BIGINT",
    Kind.BIG_INTEGER: "HUGEINT",
    Kind.DOUBLE: "DOUBLE",
    Kind.DATE: "DATE",
    Kind.DATETIME: "TIMESTAMP WITH TIME ZONE",
    Kind.TEXT: "VARCHAR",
    Kind.JSON: "JSON",
}
_KINDS = (
    {sql: kind for kind, sql in _TYPES.items()}
    | dict.fromkeys(("INTEGER", "SMALLINT", "TINYINT", "UINTEGER", "USMALLINT", "UTINYINT"), Kind.INTEGER)
    | {"FLOAT": Kind.DOUBLE, "TIMESTAMP": Kind.DATETIME}
)
_LEAST_BUFFER = 1 << 22
_SHARED_BY_TWO = 1 << 22
"""Bytes of a batch from which on two threads read it sooner; each reads through buffers of its own."""
_NEW_ROWS = 1 << 54
"""Rows that the open transaction has inserted are numbered from 2^55 on, all others from 0."""
_REFUSED = (duckdb.ConversionException, duckdb.InvalidInputException, duckdb.OutOfRangeException)


class DuckDBStore:
    """A DuckDB file that takes batches."""

    default_schema = "main"
    max_name_bytes = 200
    max_columns: int | None = None
    bounded_decimals = True

    def __init__(
        self, opened: Callable[[], duckdb.DuckDBPyConnection], *, is_remote: bool = False, may_lift_limit: bool = False
    ) -> None:
        self._opened, self._is_remote = opened, is_remote
        self._may_lift_limit, self._lifted_limit = may_lift_limit, False
        self._connection, self._two_threads = opened(), False

    def execute(self, sql: str) -> int:
        """Runs a statement; returns the rows it changed."""
        rows = self._run(sql)
        return rows[0][0] if rows and isinstance(rows[0][0], int) else 0

    def query(self, sql: str) -> list[tuple[Any, ...]]:
        """Runs a query."""
        return self._run(sql)

    def _run(self, sql: str) -> list[tuple[Any, ...]]:
        try:
            rows: list[tuple[Any, ...]] = self._connection.execute(sql).fetchall()
        except duckdb.OutOfMemoryException as error:
            if not self._may_lift_limit:
                raise _explained(error) from None
            self._may_lift_limit, self._lifted_limit = False, True
            raise StoreUnavailableError("DuckDB needs more memory than batches usually do, and gets it") from None
        except duckdb.Error as error:
            raise _explained(error) from None
        return rows

    @contextlib.contextmanager
    def transaction(self, *, last: bool = False) -> Iterator[None]:
        """A transaction. The last one goes into the file at once, instead of into the log first and then the file."""
        self._run("BEGIN TRANSACTION")
        try:
            yield
            if last:
                self._run("SET checkpoint_threshold = '1KB'")
            self._run("COMMIT")
            if last:
                self._run(f"SET checkpoint_threshold = '{CHECKPOINT_AT}'")
        except BaseException:
            with contextlib.suppress(duckdb.Error):
                self._connection.execute("ROLLBACK")
            raise

    def among(self, number: int, numbers: str) -> str:
        """The condition that a list column holds a number."""
        return f"list_contains({numbers}, {number})"

    def newest(self, value: str, condition: str, order: str) -> str:
        """The value of the last row that meets the condition: FILTER takes ten times as long for 400 columns."""
        return f"arg_max(CASE WHEN {condition} THEN {{'v': {value}}} END, {order}).v"

    def reconnect(self) -> None:
        """Opens the file again, without the limit of memory if it was in the way."""
        self.close()
        self._connection, self._two_threads = self._opened(), False
        if self._lifted_limit:
            self._run("RESET memory_limit")

    def close(self) -> None:
        """Closes the file."""
        self._connection.close()

    def lock_tables(self, tables: Iterable[TableName]) -> None:
        """The file has one writer: nothing to do."""

    def hold(self, pipeline: str) -> None:
        """The file has one writer: nothing to do."""

    def type_sql(self, column_type: ColumnType) -> str:
        """The type in DuckDB's words."""
        if column_type.kind is Kind.DECIMAL:
            return f"DECIMAL({column_type.precision},{column_type.scale})"
        return _TYPES[column_type.kind]

    def table_columns(self, schema: str, table: str) -> dict[str, ColumnType]:
        """The columns of a table."""
        rows = self.query(
            "SELECT column_name, data_type, numeric_precision, numeric_scale FROM duckdb_columns() "
            f"WHERE database_name = current_database() AND schema_name = {literal(schema)} "
            f"AND table_name = {literal(table)} ORDER BY column_index"
        )
        return {name: _column_type(kind, precision, scale) for name, kind, precision, scale in rows}

    def ensure_key(self, schema: str, table: str, keys: Sequence[str]) -> None:
        """Rows are found by a join that skips row groups by their keys; an index would have to fit in memory."""

    def stage(self, plan: Plan, chunks: Sequence[bytes], *, plain: bool, careful: bool, partial: bool) -> str:
        """Loads the lines into a temporary table."""
        self._run(f"DROP TABLE IF EXISTS {_STAGED}")
        with self._reading(plan, chunks, plain=plain, careful=careful, partial=partial) as read:
            self._run(f"CREATE TEMP TABLE {_STAGED} AS {_numbered(read)}")
        return _STAGED

    def load_plain(
        self, plan: Plan, chunks: Sequence[bytes], target: str, values: Mapping[str, str], keys: Sequence[str]
    ) -> tuple[int, int] | None:
        """Inserts the lines, then removes what they replace: new rows are told by their number."""
        if self._is_remote or self._others(target, values):
            return None
        names, texts = ", ".join(map(quoted, values)), ", ".join(values.values())
        with self._reading(plan, chunks, plain=True, careful=False, partial=False) as read:
            inserted = self.execute(f"INSERT INTO {target} ({names}) SELECT {texts} FROM ({_numbered(read)})")
        by = ", ".join(map(quoted, keys)) or "rowid"
        new, apart = self.query(f"SELECT count(*), count(DISTINCT ({by})) FROM {target} WHERE rowid >= {_NEW_ROWS}")[0]
        if new != inserted:
            raise LoadError(f"DuckDB inserted {inserted} rows into {target} and shows {new}: this version is unknown")
        if apart < new:
            last = f"SELECT max(rowid) FROM {target} WHERE rowid >= {_NEW_ROWS} GROUP BY {by}"
            self._run(f"DELETE FROM {target} WHERE rowid >= {_NEW_ROWS} AND rowid NOT IN ({last})")
        if keys:
            again = f"SELECT 1 FROM {target} AS s WHERE s.rowid >= {_NEW_ROWS} AND {same_key('s', 't', keys)}"
            self._run(f"DELETE FROM {target} AS t WHERE t.rowid < {_NEW_ROWS} AND EXISTS ({again})")
        marked = f"{quoted(DELETED_AT)} IS NOT NULL"
        deleted: int = self.query(f"SELECT count(*) FROM {target} WHERE rowid >= {_NEW_ROWS} AND {marked}")[0][0]
        return apart - deleted, deleted

    def _others(self, target: str, columns: Collection[str]) -> list[str]:
        """The table's columns that a batch does not write."""
        return [quoted(name) for name, *_ in self.query(f"DESCRIBE {target}") if name not in columns]

    @contextlib.contextmanager
    def _reading(
        self, plan: Plan, chunks: Sequence[bytes], *, plain: bool, careful: bool, partial: bool
    ) -> Iterator[str]:
        """A query that reads the lines, for as long as the file holds them."""
        # DuckDB reads through buffers of twice this size, which cost more the larger they are.
        longest = max(_LEAST_BUFFER, *map(len, chunks))
        if not self._two_threads and sum(map(len, chunks)) > _SHARED_BY_TWO:
            self._run("SET threads = 2")
            self._two_threads = True
        with tempfile.NamedTemporaryFile(prefix="target-duckdb-", suffix=".jsonl") as file:
            file.writelines(chunks)
            file.flush()
            yield self._read(plan, Path(file.name), longest, plain=plain, careful=careful, partial=partial)

    def _read(self, plan: Plan, path: Path, longest: int, *, plain: bool, careful: bool, partial: bool) -> str:
        read = {"texts": "VARCHAR[]"} if careful else {}
        if partial:
            read["missing"] = "INTEGER[]"
        if plain:
            declared = [column for column in plan.columns if column.prop in plan.declared]
            fields = ", ".join(f"{quoted(column.prop)} {self.type_sql(column.type)}" for column in declared)
            read["record"] = f"STRUCT({fields})"
        read |= {"time_extracted": "TIMESTAMPTZ", "version": "BIGINT"}
        columns = ", ".join(f"{name}: {literal(kind)}" for name, kind in read.items())
        values = [
            f"{self._value(plan, i, column, plain=plain, careful=careful)} AS {quoted(column.name)}"
            for i, column in enumerate(plan.columns)
        ]
        missing = "missing" if partial else "CAST(NULL AS INTEGER[])"
        values.append(f"time_extracted AS {quoted(EXTRACTED_AT)}")
        values.append(f"version AS {quoted(TABLE_VERSION)}")
        values.append(f"{missing} AS {MISSING}")
        options = f"format = 'newline_delimited', columns = {{{columns}}}, maximum_object_size = {2 * longest}"
        return f"SELECT {', '.join(values)} FROM read_json({literal(str(path))}, {options})"

    def _value(self, plan: Plan, number: int, column: Column, *, plain: bool, careful: bool) -> str:
        kind = self.type_sql(column.type)
        sent = f"record.{quoted(column.prop)}" if column.prop in plan.declared else f"CAST(NULL AS {kind})"
        read = f"CAST(texts[{number + 1}] AS {kind})"
        if not careful:
            return sent
        return f"CASE WHEN texts IS NULL THEN {sent} ELSE {read} END" if plain else read

    def merge(self, target: str, source: str, columns: Sequence[str], keys: Sequence[str]) -> None:
        """Replaces whole rows: an update rewrites every row group that it touches, a deletion only marks rows."""
        same = same_key("t", "s", keys)
        names, values = list(map(quoted, columns)), [f"s.{quoted(name)}" for name in columns]
        others = self._others(target, columns)
        rows = f"{source} AS s"
        if others:
            kept = ", ".join(f"t.{name}" for name in [*map(quoted, keys), *others])
            self._run(f"CREATE OR REPLACE TEMP TABLE {_KEPT} AS SELECT {kept} FROM {target} AS t, {rows} WHERE {same}")
            rows += f" LEFT JOIN {_KEPT} AS t ON {same}"
        self._run(f"DELETE FROM {target} AS t USING {source} AS s WHERE {same}")
        self._run(
            f"INSERT INTO {target} ({', '.join(names + others)}) "
            f"SELECT {', '.join(values + [f't.{name}' for name in others])} FROM {rows}"
        )
        self._run(f"DROP TABLE IF EXISTS {_KEPT}")


def _numbered(read: str) -> str:
    """Rows in the order of their lines; DuckDB's own numbers begin elsewhere in an open transaction."""
    return f"SELECT *, row_number() OVER () - 1 AS {ORDER} FROM ({read})"


def _column_type(kind: str, precision: int | None, scale: int | None) -> ColumnType:
    if kind.startswith("DECIMAL"):
        return ColumnType(Kind.DECIMAL, precision or 38, scale or 0)
    return simple(_KINDS.get(kind, Kind.TEXT))


def _explained(error: duckdb.Error) -> LoadError:
    """DuckDB's messages may hold values; only those about files and space are passed on."""
    if isinstance(error, _REFUSED):
        return ConversionRefusedError(f"DuckDB could not read a value as its column's type ({type(error).__name__})")
    if isinstance(error, duckdb.IOException | duckdb.OutOfMemoryException | duckdb.FatalException):
        return LoadError(
            f"DuckDB: {one_line(str(error).partition(chr(10))[0])[:300]}; rows and state up to the last STATE are kept"
        )
    if isinstance(error, duckdb.TransactionException) and "space" in str(error):
        return LoadError("DuckDB: no space left on the disk; rows and state up to the last STATE are kept")
    if isinstance(error, duckdb.CatalogException | duckdb.BinderException | duckdb.DependencyException):
        return LoadError(f"DuckDB: {one_line(str(error).partition(chr(10))[0])[:300]}")
    return LoadError(
        f"DuckDB refused a statement ({type(error).__name__}); rows and state up to the last STATE are kept"
    )
