"""A warehouse that is a DuckDB file of the tenant's own. Nobody else's rows are in it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from functools import partial
from typing import Any

import duckdb

from orchestrate.data.errors import NoRowsError
from orchestrate.warehouse.base import Answer, Condition, RefusedError, Rows, Table
from orchestrate.warehouse.file_preview import FilePreview
from orchestrate.warehouse.file_unbuilt import FileUnbuilt
from orchestrate.warehouse.names import UNBUILT, quoted
from orchestrate.warehouse.place import Place
from orchestrate.warehouse.published import OWN, keep, opened, publish
from orchestrate.warehouse_lock import only_writer


class FileWarehouse(Place):
    """A tenant's DuckDB file and the folder of what belongs to it: Meltano's memory and dbt's."""

    engine = "duckdb"

    @property
    def unbuilt(self) -> FileUnbuilt:
        """What is still to be built."""
        return FileUnbuilt(self.folder)

    def alone(
        self, tell: Callable[[str], None], over: Callable[[], bool] = lambda: False
    ) -> AbstractContextManager[None]:  # fmt: skip
        """By a lock beside the file, for those who load by hand wait there too."""
        return only_writer(self.path, tell, over)

    @property
    def environment(self) -> dict[str, str]:
        """The variables by which target, dbt and Meltano find it."""
        return {
            "ENGARDE_DUCKDB_PATH": str(self.path),
            "TARGET_DUCKDB_PATH": str(self.path),
            "MELTANO_DATABASE_URI": f"sqlite:///{self.folder / 'meltano.db'}",
            "ENGARDE_DBT_TARGET_NAME": self.engine,
        }

    def target_settings(self, platform: str) -> dict[str, str]:  # noqa: ARG002 # the schema is the platform's name
        """The settings of target-duckdb."""
        return {"path": str(self.path)}

    def schema(self, name: str) -> str:
        """Schemas have their own names."""
        return name

    def exists(self) -> bool:
        """Whether there is a file."""
        return self.path.exists()

    def prepare(self, *platforms: str) -> None:
        """The loader makes the file."""

    @contextmanager
    def opened(self, version: str | None = None) -> Iterator[FileReading]:
        """Reads the newest state, or the one of this version; raises `RowsError`."""
        with opened(self, version) as (connection, found):
            yield FileReading(connection, found, partial(keep, self, found))

    @contextmanager
    def writing(self) -> Iterator[FileWriting]:
        """Writes in one transaction."""
        with duckdb.connect(str(self.path)) as connection:
            connection.execute("SET TimeZone = 'UTC'; BEGIN")
            yield FileWriting(connection)
            connection.execute("COMMIT")

    def publish(self) -> None:
        """Copies the file for readers."""
        publish(self)

    def preview(self, connection_id: str) -> FilePreview:
        """The preview of one connection, in a folder beside the warehouse."""
        folder = self.folder / "previews" / connection_id
        return FilePreview(
            self, FileWarehouse(folder, folder / "none.duckdb"), FileWarehouse(self.folder, folder / "preview.duckdb")
        )


class _Asking:
    """A connection to the file."""

    def __init__(self, connection: duckdb.DuckDBPyConnection) -> None:
        self._connection = connection

    def execute(self, sql: str, values: Sequence[Any] = ()) -> Answer:
        """Asks or does something; raises `NoRowsError` where a table is not there."""
        try:
            answer = self._connection.execute(sql, list(values))
        except duckdb.CatalogException:
            raise NoRowsError(UNBUILT) from None
        return Answer([column[0] for column in answer.description or ()], answer.fetchall())

    def names(self, schema: str) -> list[str]:
        """The tables and views of a schema, by name."""
        told = "SELECT table_name FROM information_schema.tables WHERE table_schema = ? ORDER BY table_name"
        return [name for (name,) in self.execute(told, [schema]).rows]


class FileWriting(_Asking):
    """The file itself."""

    def add(self, table: str, rows: Sequence[Sequence[Any]]) -> None:
        """Adds rows."""
        if rows:
            marks = ", ".join("?" * len(rows[0]))
            self._connection.executemany(f"INSERT INTO {table} VALUES ({marks})", rows)  # noqa: S608 # a name of the caller's

    def named(self, schema: str, name: str) -> str:
        """A table's name for SQL, whatever it holds."""
        return f"{quoted(schema)}.{quoted(name)}"


class FileReading(_Asking):
    """A published copy, or the file itself where nobody published one."""

    def __init__(self, connection: duckdb.DuckDBPyConnection, version: str, keep: Callable[[], None]) -> None:
        super().__init__(connection)
        self._keep = keep
        self.version, self.lasts = version, version != OWN

    def described(self, schema: str, name: str) -> Table | None:
        """A table, or None."""
        told = "SELECT column_name, data_type FROM information_schema.columns WHERE table_schema = ? AND table_name = ?"
        columns = dict(self.execute(f"{told} ORDER BY ordinal_position", [schema, name]).rows)
        kind = "SELECT table_type FROM information_schema.tables WHERE table_schema = ? AND table_name = ?"
        found = self.execute(kind, [schema, name]).rows
        return Table(schema, name, columns, is_view=found == [("VIEW",)]) if columns else None

    def having(self, schema: str, column: str) -> list[str]:
        """The tables of a schema that have a column."""
        told = "SELECT table_name FROM information_schema.columns WHERE table_schema = ? AND column_name = ? ORDER BY 1"
        return [name for (name,) in self.execute(told, [schema, column]).rows]

    def matching(self, value: str, kind: str) -> Condition:
        """What does not fit the column's type is no row's value."""
        return Condition(f"TRY_CAST(? AS {kind})", (value,))

    def part(self, table: Table, condition: Condition, after: int | str | None, limit: int) -> Rows:
        """Rows by their place in the table, which no state changes; raises `RefusedError`."""
        # A place is said of the first part too: DuckDB then reads from there on, in place of sorting all rows.
        sql = (
            f"SELECT * FROM {_placed(table)} WHERE {condition.sql} AND rowid > ? "  # noqa: S608 # quoted names
            f"ORDER BY rowid LIMIT {limit}"
        )
        try:
            rows = self.execute(sql, [*condition.values, -1 if after is None else after]).rows
        except duckdb.Error as wrong:
            raise RefusedError(str(wrong).partition("\n")[0]) from None
        if len(rows) == limit:
            self._keep()
        return Rows(self.version, [row[0] for row in rows], [row[1:] for row in rows])


def _placed(table: Table) -> str:
    """The rows with their place as `rowid`, which no reading of one state changes."""
    named = f"{quoted(table.schema)}.{quoted(table.name)}"
    if not table.is_view:
        return f"(SELECT rowid, * FROM {named})"  # noqa: S608 # quoted names
    by = ", ".join(map(quoted, table.columns))
    return f"(SELECT row_number() OVER (ORDER BY {by}) AS rowid, * FROM {named})"  # noqa: S608 # quoted names
