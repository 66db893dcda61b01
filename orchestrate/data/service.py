"""Rows for API and pages: unified tables, a platform's entities from its staging models or live, raw tables."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import Any

from orchestrate.connections.service import Connections
from orchestrate.connections.tokens import StoredTokens
from orchestrate.data.conditions import between, joined, read_condition
from orchestrate.data.errors import NoRowsError, RowsError
from orchestrate.data.plain import AS_IT_IS, plain
from orchestrate.data.tables import SCHEMAS, documented, table
from orchestrate.project import ROOT
from orchestrate.warehouse.base import Condition, Reading, RefusedError, Table, Warehouse
from orchestrate.warehouses import warehouse_of
from taps.registry import ROW_HASH, get_adapter_registry
from transform.launch import PROJECT

_SEEN: dict[tuple[Path, str, tuple[str, ...], str], Table] = {}
"""Tables of published states: asking a state for its columns takes longer than reading a part of its rows."""
_MOST_SEEN = 1000


@dataclass(frozen=True)
class Part:
    """Rows of one state of the warehouse, and where the list goes on: `(version, place)`, None at the end.

    Decimals are texts, moments ISO 8601 in UTC.
    """

    rows: list[dict[str, Any]]
    next: tuple[str, int | str] | None


@dataclass(frozen=True)
class Wanted:
    """Which rows: conditions (`column=value`), days in UTC (both included), how many, and after which place."""

    limit: int
    conditions: Sequence[str] = ()
    date_from: date | None = None
    date_to: date | None = None
    after: tuple[str, int | str] | None = None


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
        self._connections, self._root = connections, root

    @cached_property
    def _warehouse(self) -> Warehouse:
        own = self._connections
        return warehouse_of(own.tenant_id, own.store.tenant_name(own.tenant_id), self._root)

    def models(self) -> list[Described]:
        """The unified tables and marts that there are."""
        with self._warehouse.opened() as reading:
            found = [
                table(reading, schema, name)
                for schema in SCHEMAS
                for name in reading.names(schema)
                if name in documented()
            ]
        return [_described(each) for each in found]

    def unified(self, name: str, wanted: Wanted) -> Part:
        """Rows of a unified table or a mart; raises `RowsError`."""
        with self._warehouse.opened(wanted.after[0] if wanted.after else None) as reading:
            return _part(reading, self._table(reading, SCHEMAS, name), wanted)

    def entity(self, platform: str, entity: str, wanted: Wanted, connection_name: str | None = None) -> Part:
        """Rows of a platform's entity as its staging model gives them, of one connection or all; raises `RowsError`."""
        name = _staging_model(platform, entity)
        with self._warehouse.opened(wanted.after[0] if wanted.after else None) as reading:
            found = self._table(reading, ("staging",), name)
            own = [] if connection_name is None else [Condition('"connection_id" = ?', (connection_name,))]
            return _part(reading, found, wanted, own)

    def raw(self, platform: str, stream: str, wanted: Wanted) -> Part:
        """Rows of a raw table as the vendor's answers were loaded; raises `RowsError`."""
        platform = get_adapter_registry().resolve(platform)
        with self._warehouse.opened(wanted.after[0] if wanted.after else None) as reading:
            return _part(reading, self._table(reading, (platform,), stream), wanted)

    def _table(self, reading: Reading, schemas: tuple[str, ...], name: str) -> Table:
        """The table of the first schema that has it; those of a state that lasts never change."""
        key = (self._warehouse.folder, reading.version, schemas, name) if reading.lasts else None
        if key is not None and (known := _SEEN.get(key)) is not None:
            return known
        schema = next((each for each in schemas if name in reading.names(each)), schemas[0])
        found = table(reading, schema, name)
        if key is not None:
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


def _part(reading: Reading, found: Table, wanted: Wanted, own: Sequence[Condition] = ()) -> Part:
    """Rows in the order of their places, and where the next part begins."""
    conditions = [*own, *(read_condition(reading, found, text) for text in wanted.conditions)]
    conditions += between(found, wanted.date_from, wanted.date_to)
    try:
        part = reading.part(found, joined(conditions), wanted.after[1] if wanted.after else None, wanted.limit + 1)
    except RefusedError as wrong:
        raise RowsError(f"{found.name}: {wrong}") from None
    columns = [(name, kind, kind.upper() in AS_IT_IS) for name, kind in found.columns.items()]
    shown = [
        {
            name: value if as_it_is else plain(value, kind)
            for (name, kind, as_it_is), value in zip(columns, row, strict=True)
            if name != ROW_HASH
        }
        for row in part.rows[: wanted.limit]
    ]
    more = len(part.rows) > wanted.limit
    return Part(shown, (part.version, part.places[wanted.limit - 1]) if more else None)


def _described(found: Table) -> Described:
    description, told = documented()[found.name]
    columns = {name: (kind, told.get(name, "")) for name, kind in found.columns.items()}
    return Described(found.name, found.schema, description, columns)
