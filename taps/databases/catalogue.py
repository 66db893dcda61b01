"""The tables a database has, read from its own catalogue and resolved by the manifest's types."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from pathlib import Path
from typing import Any

from taps.databases.drivers.base import Session
from taps.databases.manifest import DatabaseManifest
from taps.databases.settings import DatabaseSettings
from taps.databases.types import Column, resolved, schema
from taps.engine.errors import BadSetting
from taps.engine.records import CONNECTION, DELETED, EXTRA
from taps.engine.references import fill_text

_PAGE = 5_000


@dataclass(frozen=True)
class Table:
    """One table or view and how it is read."""

    schema: str
    name: str
    columns: tuple[Column, ...]
    key: tuple[str, ...]
    """Column names; none where rows cannot be told apart."""
    cursor: str | None = None
    """The replication key."""

    @property
    def stream(self) -> str:
        """The stream's name."""
        return f"{self.schema}__{self.name}"

    @property
    def full_name(self) -> str:
        """The name as settings write it."""
        return f"{self.schema}.{self.name}"

    def column(self, name: str) -> Column:
        """A column by its name."""
        return next(column for column in self.columns if column.name == name)

    def json_schema(self) -> dict[str, Any]:
        """The Singer schema of the stream."""
        properties: dict[str, Any] = {CONNECTION: {"type": ["string"]}}
        for column in self.columns:
            described = schema(column)
            if column.name in self.key:
                described["type"] = [part for part in described["type"] if part != "null"]
            properties[property_name(column.name)] = described
        properties[EXTRA] = {"type": ["object", "null"]}
        properties[DELETED] = {"type": ["string", "null"], "format": "date-time"}
        return {"type": "object", "properties": properties}

    def key_properties(self) -> list[str]:
        """The key as targets see it; none where the table has none."""
        return [CONNECTION, *map(property_name, self.key)] if self.key else []


def property_name(column: str) -> str:
    """The property a column becomes: its name, unless that is one of ours."""
    return f"{column}_" if column in (CONNECTION, EXTRA, DELETED) else column


def read_catalogue(
    session: Session, manifest: DatabaseManifest, folder: Path, settings: DatabaseSettings, platform: str
) -> list[Table]:
    """Every table that the settings want. Raises `BadSetting` for settings that name a table or column there is not."""
    keys = _keys(session, manifest)
    query = (folder / manifest.catalogue.query).read_text(encoding="utf-8").strip().rstrip(";")
    query = fill_text(query, {"config": settings.config})
    rows = session.rows(query.replace("%", "%%"), ())
    try:
        tables = [
            _table(schema_name, name, list(found), manifest, keys.get((schema_name, name), {}))
            for (schema_name, name), found in groupby(_all(rows), key=lambda row: (row[0], row[1]))
            if schema_name not in manifest.catalogue.system and settings.wants(schema_name, name)
        ]
    finally:
        rows.close()
    _refuse_unknown(tables, settings, platform)
    return [_as_set(table, settings, platform) for table in tables]


def _all(rows: Any) -> Iterator[Sequence[Any]]:
    while page := rows.fetch(_PAGE):
        yield from page


def _keys(session: Session, manifest: DatabaseManifest) -> dict[tuple[str, str], dict[str, int]]:
    """The places of columns in primary keys, by schema and table, where a statement of its own lists them."""
    words = manifest.catalogue.keys
    if words is None:
        return {}
    schema_at, table_at, column_at, place_at = words.places
    found: dict[tuple[str, str], dict[str, int]] = {}
    rows = session.rows(words.query, ())
    try:
        for row in _all(rows):
            found.setdefault((row[schema_at], row[table_at]), {})[row[column_at]] = int(row[place_at])
    finally:
        rows.close()
    return found


def _table(
    schema_name: str, name: str, rows: Sequence[Sequence[Any]], manifest: DatabaseManifest, keyed: dict[str, int]
) -> Table:
    columns = tuple(_column(row, manifest) for row in rows)
    key = sorted((int(row[7] or keyed[row[2]]), str(row[2])) for row in rows if row[7] or row[2] in keyed)
    return Table(schema_name, name, columns, tuple(column for _, column in key))


def _column(row: Sequence[Any], manifest: DatabaseManifest) -> Column:
    _, _, name, vendor, nullable, precision, scale, _ = row
    precision, scale = (None if value is None else int(value) for value in (precision, scale))
    spec = manifest.types.get(str(vendor).lower()) or manifest.types["other"]
    kind, bounds = resolved(spec, precision, scale)
    exact = spec.type == "decimal"
    return Column(
        name=str(name),
        vendor=str(vendor),
        kind=kind,
        read=spec.read,
        send=spec.send,
        nullable=str(nullable).lower() in ("yes", "true", "1"),
        precision=precision if exact else None,
        scale=scale if exact else None,
        bounds=bounds,
    )


def _refuse_unknown(tables: Iterable[Table], settings: DatabaseSettings, platform: str) -> None:
    known = {table.full_name: table for table in tables}
    for setting in ("replication_keys", "primary_keys"):
        for name, columns in getattr(settings, setting).items():
            if name not in known:
                continue  # another run of the same settings may read it: only what is read here is checked
            for column in [columns] if isinstance(columns, str) else columns:
                if column not in {each.name for each in known[name].columns}:
                    msg = f"setting {setting!r}: table {name} has no column {column!r}"
                    raise BadSetting(msg, platform=platform)


def _as_set(table: Table, settings: DatabaseSettings, platform: str) -> Table:
    """The table with the key and the replication key that the settings give it."""
    key = settings.primary_keys.get(table.full_name, table.key)
    names = {column.name for column in table.columns}
    cursor = settings.replication_keys.get(table.full_name)
    if cursor is None and key:
        cursor = next((name for name in settings.replication_key_names if name in names), None)
    return checked(replace(table, key=tuple(key), cursor=cursor), platform)


def checked(table: Table, platform: str) -> Table:
    """The table, if its replication key can be one; raises `BadSetting` if not."""
    if table.cursor is None:
        return table
    if table.cursor not in {column.name for column in table.columns}:
        msg = f"table {table.full_name} has no column {table.cursor!r} to be its replication key"
        raise BadSetting(msg, platform=platform)
    if not table.key:
        msg = (
            f"table {table.full_name} has no primary key, so an increment would write rows twice; "
            "name its key in the setting 'primary_keys', or give it no replication key"
        )
        raise BadSetting(msg, platform=platform)
    column = table.column(table.cursor)
    if not column.sendable or column.kind in ("json", "boolean"):
        msg = f"{table.full_name}.{table.cursor} is {column.vendor}, which cannot be a replication key"
        raise BadSetting(msg, platform=platform)
    return table
