"""What a run of Singer messages says the tables hold afterwards, worked out apart from the targets."""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from tests.targets.warehouse import Warehouse

Row = dict[str, Any]


class Told:
    """Records in order: the last of a key wins property by property, without key each is a row of its own."""

    def __init__(self, lines: Iterable[bytes | str]) -> None:
        self.columns: dict[str, list[str]] = {}
        self.keys: dict[str, list[str]] = {}
        self._rows: dict[str, dict[Any, Row]] = {}
        self._versions: dict[str, dict[Any, int | None]] = {}
        self.states: list[Any] = []
        for line in lines:
            self._take(json.loads(line, parse_float=Decimal))

    def rows(self, stream: str) -> list[Row]:
        """The rows of a stream with every column that its schemas name."""
        return [{name: row.get(name) for name in self.columns[stream]} for row in self._rows[stream].values()]

    def _take(self, message: dict[str, Any]) -> None:
        stream = message.get("stream")
        match message["type"]:
            case "SCHEMA":
                named = self.columns.setdefault(stream, [])
                named += [name for name in message["schema"]["properties"] if name not in named]
                self.keys[stream] = message.get("key_properties") or []
                self._rows.setdefault(stream, {})
                self._versions.setdefault(stream, {})
            case "RECORD":
                rows, record = self._rows[stream], message["record"]
                key = tuple(record[name] for name in self.keys[stream]) or (len(rows),)
                rows[key] = rows.get(key, {}) | record
                self._versions[stream][key] = message.get("version")
            case "ACTIVATE_VERSION":
                versions = self._versions[stream]
                # Some taps announce the first version before its records.
                if message["version"] in versions.values():
                    self._rows[stream] = {
                        key: row for key, row in self._rows[stream].items() if versions[key] == message["version"]
                    }
            case "STATE":
                self.states.append(message["value"])


def assert_holds(warehouse: Warehouse, table: str, told: Told, stream: str) -> None:
    """Compares a table with what the messages said of a stream, value by value as the column's type reads it."""
    kinds = {name: str(kind.kind) for name, kind in warehouse.types(table).items()}
    columns = told.columns[stream]
    expected = [{name: _read(row[name], kinds[name]) for name in columns} for row in told.rows(stream)]
    assert _sorted(warehouse.rows(table, columns)) == _sorted(expected)


def _sorted(rows: list[Row]) -> list[str]:
    return sorted(json.dumps(row, sort_keys=True) for row in rows)


def _read(value: Any, kind: str) -> Any:
    if value is None:
        return None
    match kind:
        case "datetime":
            moment = datetime.fromisoformat(value)
            return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(UTC).isoformat()
        case "date":
            return date.fromisoformat(value[:10]).isoformat()
        case "decimal":
            plain = format(Decimal(str(value)), "f")
            return plain.rstrip("0").rstrip(".") if "." in plain else plain
        case "double":
            return float(value)
        case _:
            return _without_nul(value)


def _without_nul(value: Any) -> Any:
    match value:
        case str():
            return value.replace("\0", "\ufffd")
        case Decimal():
            return float(value)
        case list():
            return [_without_nul(each) for each in value]
        case dict():
            return {name: _without_nul(each) for name, each in value.items()}
        case _:
            return value
