"""Tables of a warehouse and their columns, with what the models' documentation says of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches
from functools import cache

import duckdb
import yaml

from orchestrate.data.errors import NoRowsError
from transform.launch import PROJECT

MODELS = PROJECT / "models" / "reconciled"
SCHEMAS = ("unified", "marts")
_DATED = (
    "placed_at", "processed_at", "arrival_date", "occurred_at", "date_day", "booked_on", "start_date", "last_seen_at",
    "observed_at", "valid_from", "at", "created_at", "updated_at", "_loaded_at", "_sdc_extracted_at",
)  # fmt: skip
"""Columns by which `date_from` and `date_to` choose: the first of them that a table has."""


@dataclass(frozen=True)
class Table:
    """A table in the warehouse: column -> DuckDB type."""

    schema: str
    name: str
    columns: Mapping[str, str] = field(repr=False)
    is_view: bool = False

    @property
    def placed(self) -> str:
        """The rows for SQL with their place as `rowid`, which no reading of one state changes."""
        if not self.is_view:
            return f"(SELECT rowid, * FROM {self.quoted})"  # noqa: S608 # quoted names
        by = ", ".join(map(quoted, self.columns))
        return f"(SELECT row_number() OVER (ORDER BY {by}) AS rowid, * FROM {self.quoted})"  # noqa: S608 # quoted names

    @property
    def quoted(self) -> str:
        """The name for SQL."""
        return f"{quoted(self.schema)}.{quoted(self.name)}"

    @property
    def dated(self) -> str | None:
        """The column by which rows are chosen by date."""
        return next((name for name in _DATED if name in self.columns), None)


def quoted(name: str) -> str:
    """A name for SQL, whatever it holds."""
    return '"' + name.replace('"', '""') + '"'


def table(connection: duckdb.DuckDBPyConnection, schema: str, name: str) -> Table:
    """A table of this state; raises `NoRowsError` with the nearest name."""
    told = "SELECT column_name, data_type FROM information_schema.columns WHERE table_schema = ? AND table_name = ?"
    columns = dict(connection.execute(f"{told} ORDER BY ordinal_position", [schema, name]).fetchall())
    if not columns:
        known = names(connection, schema)
        nearest = get_close_matches(name, known, n=1)
        hint = f"did you mean {nearest[0]!r}?" if nearest else f"there are {', '.join(known) or 'none yet'}"
        raise NoRowsError(f"there is no table {name!r} in {schema}; {hint}")
    kind = "SELECT table_type FROM information_schema.tables WHERE table_schema = ? AND table_name = ?"
    found = connection.execute(kind, [schema, name]).fetchone()
    return Table(schema, name, columns, is_view=found == ("VIEW",))


def names(connection: duckdb.DuckDBPyConnection, schema: str) -> list[str]:
    """The tables of a schema in order of their names."""
    told = "SELECT table_name FROM information_schema.tables WHERE table_schema = ? ORDER BY table_name"
    return [name for (name,) in connection.execute(told, [schema]).fetchall()]


@cache
def documented() -> Mapping[str, tuple[str, Mapping[str, str]]]:
    """Model -> what it is, and what each of its columns is."""
    found = {}
    for schema in SCHEMAS:
        for file in sorted((MODELS / schema).glob("*.yml")):
            for model in yaml.safe_load(file.read_text(encoding="utf-8")).get("models") or []:
                columns = {each["name"]: each.get("description", "") for each in model.get("columns") or []}
                found[model["name"]] = (model.get("description", ""), columns)
    return found
