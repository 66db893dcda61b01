"""The SELECT of one reading of a table. `%s` stands for a value, `%%` for a percent sign, as drivers want it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from taps.databases.catalogue import Table
from taps.databases.manifest import Dialect
from taps.databases.types import Column

Query = tuple[str, tuple[Any, ...]]
"""SQL and the values that stand in it."""


@dataclass(frozen=True)
class Select:
    """The queries of one table in one dialect. The table is `t`, so that its columns are never taken for aliases."""

    dialect: Dialect
    table: Table
    columns: Sequence[Column]
    limit: int | None = None

    def whole(self, key: Sequence[str], after: Sequence[Any] | None) -> Query:
        """All rows, in the order of the key if there is one; only those behind `after` if it is given."""
        where, values = self._behind(key, after) if after is not None else ("", ())
        return self._query(where, key), values

    def since(self, cursor: str, value: Any) -> Query:
        """The rows whose cursor is at least `value` (all that have one if None), in its order."""
        if value is None:
            return self._query(f"{self._at(cursor)} IS NOT NULL", [cursor]), ()
        return self._query(f"{self._at(cursor)} >= {self._value(cursor)}", [cursor]), (value,)

    def without(self, cursor: str) -> Query:
        """The rows whose cursor is null."""
        return self._query(f"{self._at(cursor)} IS NULL", []), ()

    def _query(self, where: str, order: Sequence[str]) -> str:
        selected = ", ".join(map(self._read, self.columns))
        named = self.dialect.table.format(schema=self._quoted(self.table.schema), table=self._quoted(self.table.name))
        query = f"SELECT {selected} FROM {named} AS t"  # noqa: S608 - every name is quoted, every value a parameter
        if where:
            query += f" WHERE {where}"
        if order and self.dialect.sorts:
            query += " ORDER BY " + ", ".join(self._at(name) for name in order)
        if self.limit is not None:
            query += f" LIMIT {self.limit}"
        return query

    def _behind(self, key: Sequence[str], after: Sequence[Any]) -> Query:
        """Rows behind a key in its order. The first comparison alone lets the server use an index on it."""
        first = f"{self._at(key[0])} >= {self._value(key[0])}"
        ways, values = [], [after[0]]
        for depth, name in enumerate(key):
            equal = [f"{self._at(before)} = {self._value(before)}" for before in key[:depth]]
            ways.append(" AND ".join([*equal, f"{self._at(name)} > {self._value(name)}"]))
            values += after[: depth + 1]
        return f"{first} AND ({' OR '.join(f'({way})' for way in ways)})", tuple(values)

    def _read(self, column: Column) -> str:
        return column.read.replace("%", "%%").format(column=self._at(column.name))

    def _at(self, name: str) -> str:
        return f"t.{self._quoted(name)}"

    def _quoted(self, name: str) -> str:
        mark = self.dialect.quote
        return mark + name.replace(mark, mark * 2).replace("%", "%%") + mark

    def _value(self, name: str) -> str:
        return self.table.column(name).send.replace("%", "%%").format(value="%s")
