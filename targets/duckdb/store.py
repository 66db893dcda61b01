"""What a batch does in DuckDB: a file of lines, one typed read_json, one MERGE."""

# ruff: noqa: S608 - statements are built from quoted names and literals; none takes foreign text unquoted
from __future__ import annotations

import contextlib
import tempfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

import duckdb

from targets.loading.column_types import ColumnType, Kind, simple
from targets.loading.errors import ConversionRefusedError, LoadError, one_line
from targets.loading.merge import MISSING, same_key
from targets.loading.names import EXTRACTED_AT, TABLE_VERSION, literal, quoted
from targets.loading.plan import Column, Plan, TableName

_STAGED = quoted("_engarde_staged")
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
_MAX_LINE = 1 << 30
_REFUSED = (duckdb.ConversionException, duckdb.InvalidInputException, duckdb.OutOfRangeException)


class DuckDBStore:
    """A DuckDB file that takes batches."""

    default_schema = "main"
    max_name_bytes = 200
    bounded_decimals = True
    stage_order = "rowid"

    def __init__(self, opened: Callable[[], duckdb.DuckDBPyConnection]) -> None:
        self._opened = opened
        self._connection = opened()

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
        except duckdb.Error as error:
            raise _explained(error) from None
        return rows

    @contextlib.contextmanager
    def transaction(self) -> Iterator[None]:
        """A transaction."""
        self._run("BEGIN TRANSACTION")
        try:
            yield
            self._run("COMMIT")
        except BaseException:
            with contextlib.suppress(duckdb.Error):
                self._connection.execute("ROLLBACK")
            raise

    def among(self, number: int, numbers: str) -> str:
        """The condition that a list column holds a number; `= ANY` takes exponential time inside FILTER."""
        return f"list_contains({numbers}, {number})"

    def reconnect(self) -> None:
        """Opens the file again."""
        self.close()
        self._connection = self._opened()

    def close(self) -> None:
        """Closes the file."""
        self._connection.close()

    def lock_tables(self, tables: Iterable[TableName]) -> None:
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
        """MERGE needs no index, and an index would have to fit in memory."""

    def stage(self, plan: Plan, lines: Sequence[bytes], *, plain: bool, careful: bool) -> str:
        """Loads the lines into a temporary table."""
        with tempfile.NamedTemporaryFile(prefix="target-duckdb-", suffix=".jsonl") as file:
            file.write(b"\n".join(lines))
            file.flush()
            self._run(f"DROP TABLE IF EXISTS {_STAGED}")
            self._run(
                f"CREATE TEMP TABLE {_STAGED} AS {self._read(plan, Path(file.name), plain=plain, careful=careful)}"
            )
        return _STAGED

    def _read(self, plan: Plan, path: Path, *, plain: bool, careful: bool) -> str:
        read = {"texts": "VARCHAR[]", "missing": "INTEGER[]"} if careful else {}
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
        missing = "missing" if careful else "CAST(NULL AS INTEGER[])"
        values.append(f"time_extracted AS {quoted(EXTRACTED_AT)}")
        values.append(f"version AS {quoted(TABLE_VERSION)}")
        values.append(f"{missing} AS {MISSING}")
        options = f"format = 'newline_delimited', columns = {{{columns}}}, maximum_object_size = {_MAX_LINE}"
        return f"SELECT {', '.join(values)} FROM read_json({literal(str(path))}, {options})"

    def _value(self, plan: Plan, number: int, column: Column, *, plain: bool, careful: bool) -> str:
        kind = self.type_sql(column.type)
        sent = f"record.{quoted(column.prop)}" if column.prop in plan.declared else f"CAST(NULL AS {kind})"
        read = f"CAST(texts[{number + 1}] AS {kind})"
        if not careful:
            return sent
        return f"CASE WHEN texts IS NULL THEN {sent} ELSE {read} END" if plain else read

    def merge(self, target: str, source: str, columns: Sequence[str], keys: Sequence[str]) -> None:
        """Merges one row per key."""
        names = ", ".join(map(quoted, columns))
        if not self.query(f"SELECT 1 FROM {target} LIMIT 1"):
            self._run(f"INSERT INTO {target} ({names}) SELECT {names} FROM {source} AS s")
            return
        changes = ", ".join(f"{quoted(name)} = s.{quoted(name)}" for name in columns if name not in keys)
        values = ", ".join(f"s.{quoted(name)}" for name in columns)
        self._run(
            f"MERGE INTO {target} AS t USING {source} AS s ON ({same_key('t', 's', keys)}) "
            f"WHEN MATCHED THEN UPDATE SET {changes} WHEN NOT MATCHED THEN INSERT ({names}) VALUES ({values})"
        )


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
