"""Rows for API and pages: unified tables, a platform's entities from its staging models or live, raw tables."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import duckdb

from orchestrate.connections.service import Connections
from orchestrate.connections.tokens import StoredTokens
from orchestrate.data.conditions import Condition, between, joined, read_condition
from orchestrate.data.errors import NoRowsError, RowsError
from orchestrate.data.plain import plain
from orchestrate.data.published import OWN, opened
from orchestrate.data.tables import SCHEMAS, Table, documented, names, table
from orchestrate.project import ROOT
from orchestrate.warehouses import warehouse_of
from taps.registry import get_adapter_registry
from transform.launch import PROJECT

_SEEN: dict[tuple[Path, str, tuple[str, ...], str], Table] = {}
"""Tables of published states: asking a state for its columns takes longer than reading a part of its rows."""
_MOST_SEEN = 1000


@dataclass(frozen=True)
class Part:
    """Rows of one state of the warehouse, and where the list goes on: `(version, row)`, None at the end.

    Decimals are texts, moments ISO 8601 in UTC.
    """

    rows: list[dict[str, Any]]
    next: tuple[str, int] | None


@dataclass(frozen=True)
class Wanted:
    """Which rows: conditions (`column=value`), days in UTC (both included), how many, and after which place."""

    limit: int
    conditions: Sequence[str] = ()
    date_from: date | None = None
    date_to: date | None = None
    after: tuple[str, int] | None = None


@dataclass(frozen=True)
class Described:
    """A table with its columns: name -> (type, what it is)."""

    name: str
    schema: str
    description: str
    columns: Mapping[str, tuple[str, str]]


class Data:
    """The rows of one tenant."""

    def __init__(self, connections: Connections, root: Path = ROOT) -> None:
        self._connections = connections
        name = connections.store.tenant_name(connections.tenant_id)
        self._warehouse = warehouse_of(connections.tenant_id, name, root)

    def models(self) -> list[Described]:
        """The unified tables and marts that there are."""
        with opened(self._warehouse) as (connection, _):
            found = [
                table(connection, schema, name)
                for schema in SCHEMAS
                for name in names(connection, schema)
                if name in documented()
            ]
        return [_described(each) for each in found]

    def unified(self, name: str, wanted: Wanted) -> Part:
        """Rows of a unified table or a mart; raises `RowsError`."""
        with opened(self._warehouse, wanted.after[0] if wanted.after else None) as (connection, version):
            return _part(connection, self._table(connection, version, SCHEMAS, name), version, wanted)

    def entity(self, platform: str, entity: str, wanted: Wanted, connection_name: str | None = None) -> Part:
        """Rows of a platform's entity as its staging model gives them, of one connection or all; raises `RowsError`."""
        name = _staging_model(platform, entity)
        with opened(self._warehouse, wanted.after[0] if wanted.after else None) as (connection, version):
            found = self._table(connection, version, ("staging",), name)
            own = [] if connection_name is None else [Condition('"connection_id" = ?', (connection_name,))]
            return _part(connection, found, version, wanted, own)

    def raw(self, platform: str, stream: str, wanted: Wanted) -> Part:
        """Rows of a raw table as the vendor's answers were loaded; raises `RowsError`."""
        platform = get_adapter_registry().resolve(platform)
        with opened(self._warehouse, wanted.after[0] if wanted.after else None) as (connection, version):
            return _part(connection, self._table(connection, version, (platform,), stream), version, wanted)

    def _table(self, connection: duckdb.DuckDBPyConnection, version: str, schemas: tuple[str, ...], name: str) -> Table:
        """The table of the first schema that has it; those of a published state never change."""
        key = (self._warehouse.folder, version, schemas, name)
        if (known := _SEEN.get(key)) is not None:
            return known
        schema = next((each for each in schemas if name in names(connection, each)), schemas[0])
        found = table(connection, schema, name)
        if version != OWN:
            if len(_SEEN) >= _MOST_SEEN:
                _SEEN.clear()
            _SEEN[key] = found
        return found

    def live(self, platform: str, entity: str, wanted: Wanted, connection_name: str) -> list[dict[str, Any]]:
        """The same rows asked of the vendor now; raises `TapError` for what it refuses."""
        from taps.adapter import PlatformAdapter

        platform = get_adapter_registry().resolve(platform)
        _staging_model(platform, entity)
        settings = self._connections.settings(connection_name, platform)
        adapter = PlatformAdapter(platform, settings, StoredTokens(self._connections, connection_name))
        rows = adapter.fetch_entity(entity, wanted.limit, wanted.date_from, wanted.date_to)
        return [{name: plain(value) for name, value in row.items()} for row in rows]


def _staging_model(platform: str, entity: str) -> str:
    platform = get_adapter_registry().resolve(platform)
    known = get_adapter_registry().get_platform_capabilities(platform).entities
    if entity not in known:
        raise NoRowsError(f"{platform} has no {entity}; it has {', '.join(known) or 'no unified entity'}")
    name = f"stg_{platform}__{entity}"
    if not (PROJECT / "models" / "staging" / platform / f"{name}.sql").exists():
        raise NoRowsError(f"{platform} has no single model of its {entity}; read unified/{entity} instead")
    return name


def _part(
    connection: duckdb.DuckDBPyConnection, found: Table, version: str, wanted: Wanted, own: Sequence[Condition] = ()
) -> Part:
    """Rows by their place in the table, which no state changes."""
    conditions = [*own, *(read_condition(found, text) for text in wanted.conditions)]
    conditions += between(found, wanted.date_from, wanted.date_to)
    # Said of the first part too: DuckDB then reads from there on, in place of sorting all rows.
    conditions.append(Condition("rowid > ?", (wanted.after[1] if wanted.after else -1,)))
    where = joined(conditions)
    sql = f"SELECT * FROM {found.placed} WHERE {where.sql} ORDER BY rowid LIMIT {wanted.limit + 1}"  # noqa: S608 # quoted names
    try:
        rows = connection.execute(sql, list(where.values)).fetchall()
    except duckdb.Error as wrong:
        raise RowsError(f"{found.name}: {str(wrong).partition(chr(10))[0]}") from None
    part = rows[: wanted.limit]
    shown = [
        {name: plain(value, kind) for (name, kind), value in zip(found.columns.items(), row[1:], strict=True)}
        for row in part
    ]
    return Part(shown, (version, part[-1][0]) if len(rows) > wanted.limit else None)


def _described(found: Table) -> Described:
    description, told = documented()[found.name]
    columns = {name: (kind, told.get(name, "")) for name, kind in found.columns.items()}
    return Described(found.name, found.schema, description, columns)
