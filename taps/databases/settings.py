"""What the user of a database may set: the manifest's own options, and those that all databases share."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from difflib import get_close_matches
from fnmatch import fnmatchcase
from typing import Any
from zoneinfo import ZoneInfo

from taps.databases.manifest import DatabaseManifest
from taps.engine.errors import BadSetting
from taps.engine.options import json_schema, value_of
from taps.engine.settings import COMMON as API_COMMON
from taps.engine.settings import FRAME
from taps.engine.windows import parse

_LIST: dict[str, Any] = {"type": ["array", "string"], "items": {"type": "string"}}
COMMON: dict[str, dict[str, Any]] = {
    "schemas": _LIST | {"description": "Schemas to read; all but the server's own if not set."},
    "tables": _LIST | {"description": "Tables to read, as schema.table with * for any letters; all if not set."},
    "exclude": _LIST | {"description": "Tables to leave out, written like those of tables."},
    "replication_keys": {
        "type": ["object", "string"],
        "description": "The column by which a table's changes are found: {schema.table: column}.",
    },
    "replication_key_names": _LIST
    | {"description": "Columns that are the replication key of every table that has them, the first that fits."},
    "primary_keys": {
        "type": ["object", "string"],
        "description": "The key of views and of tables without a primary key: {schema.table: [columns]}.",
    },
    "compare": {
        "type": "string", "enum": ["never", "daily", "weekly"], "default": "never",
        "description": "How often tables with a replication key are read whole, to find the rows that were deleted.",
    },
    "lookback": {
        "type": "integer", "default": 600,
        "description": "Seconds before a bookmark that are read again, for rows that were committed late.",
    },
    "time_zone": {
        "type": "string", "default": "UTC", "description": "The IANA zone of times that are stored without one.",
    },
    "snapshot": {
        "type": "boolean", "default": True,
        "description": "Read all tables as they are at one moment, where the server can; needs one long transaction.",
    },
    "statement_timeout": {
        "type": "integer", "default": 3600, "description": "Seconds the server may take for its next rows.",
    },
    "start_date": API_COMMON["start_date"],
    "connection": API_COMMON["connection"],
    "connection_id": API_COMMON["connection_id"],
}  # fmt: skip
"""The settings every database's tap has without its manifest saying so."""
COMPARE_EVERY = {"daily": timedelta(hours=23), "weekly": timedelta(days=6, hours=23)}


@dataclass(frozen=True)
class DatabaseSettings:
    """The checked settings of a database's tap."""

    config: Mapping[str, Any]
    """`{config.x}`: the manifest's options and the common ones."""
    schemas: tuple[str, ...]
    tables: tuple[str, ...]
    exclude: tuple[str, ...]
    replication_keys: Mapping[str, str]
    replication_key_names: tuple[str, ...]
    primary_keys: Mapping[str, tuple[str, ...]]
    compare: timedelta | None
    lookback: timedelta
    zone: ZoneInfo
    snapshot: bool
    start: str | None
    connection_id: str

    def wants(self, schema: str, table: str) -> bool:
        """Whether a table is among those to be read."""
        name = f"{schema}.{table}"
        return (
            (not self.schemas or schema in self.schemas)
            and (not self.tables or any(fnmatchcase(name, pattern) for pattern in self.tables))
            and not any(fnmatchcase(name, pattern) for pattern in self.exclude)
        )


def settings_schema(manifest: DatabaseManifest) -> dict[str, Any]:
    """The JSON Schema of a database tap's settings, for `--about` and Meltano."""
    own = {name: json_schema(option) for name, option in manifest.config.items()}
    required = [
        name
        for name, option in manifest.config.items()
        if not option.optional and getattr(option, "default", None) is None
    ]
    return {"type": "object", "properties": {**own, **COMMON}, "required": required}


def unknown(manifest: DatabaseManifest, given: Mapping[str, Any]) -> list[str]:
    """A sentence for each setting that nobody knows."""
    known = {*manifest.config, *COMMON, *FRAME}
    sentences = []
    for name in given:
        if name not in known:
            nearest = get_close_matches(name, known, n=1)
            hint = f"; did you mean {nearest[0]!r}?" if nearest else ""
            sentences.append(f"setting {name!r} is not known and has no effect{hint}")
    return sentences


def read_settings(manifest: DatabaseManifest, given: Mapping[str, Any], platform: str) -> DatabaseSettings:
    """Checks the settings; raises `BadSetting` naming the first that is missing or wrong, never a value that may be
    secret.
    """
    try:
        return _settings(manifest, given)
    except ValueError as wrong:
        raise BadSetting(str(wrong), platform=platform) from None


def _settings(manifest: DatabaseManifest, given: Mapping[str, Any]) -> DatabaseSettings:
    config = _config(manifest, given)
    zone = str(given.get("time_zone") or "UTC")
    try:
        known_zone = ZoneInfo(zone)
    except (KeyError, ValueError, OSError):
        msg = f"setting 'time_zone': {zone!r} is no IANA zone, such as Europe/Berlin"
        raise ValueError(msg) from None
    compare = str(given.get("compare") or "never")
    if compare not in ("never", *COMPARE_EVERY):
        msg = f"setting 'compare': {compare!r} is none of never, daily, weekly"
        raise ValueError(msg)
    return DatabaseSettings(
        config=config,
        schemas=_texts("schemas", given.get("schemas")),
        tables=_texts("tables", given.get("tables")),
        exclude=_texts("exclude", given.get("exclude")),
        replication_keys={name: str(key) for name, key in _map("replication_keys", given).items()},
        replication_key_names=_texts("replication_key_names", given.get("replication_key_names")),
        primary_keys={name: _texts("primary_keys", keys) for name, keys in _map("primary_keys", given).items()},
        compare=COMPARE_EVERY.get(compare),
        lookback=timedelta(seconds=_whole("lookback", given)),
        zone=known_zone,
        snapshot=_switch("snapshot", given),
        start=_start(given.get("start_date")),
        connection_id=str(given.get("connection_id") or "default"),
    )


def _config(manifest: DatabaseManifest, given: Mapping[str, Any]) -> dict[str, Any]:
    config: dict[str, Any] = {"statement_timeout": _whole("statement_timeout", given)}
    for name, option in manifest.config.items():
        value = value_of(name, option, given.get(name))
        if value is not None:
            config[name] = value
        elif not option.optional:
            msg = f"setting {name!r} is missing: {option.title}"
            raise ValueError(msg)
    return config


def _texts(name: str, given: Any) -> tuple[str, ...]:
    if given in (None, ""):
        return ()
    if isinstance(given, str):
        given = json.loads(given) if given.startswith("[") else given.split(",")
    if not isinstance(given, list | tuple):
        msg = f"setting {name!r} must be a list of names"
        raise ValueError(msg)
    return tuple(str(each).strip() for each in given)


def _map(name: str, given: Mapping[str, Any]) -> dict[str, Any]:
    value = given.get(name) or {}
    if isinstance(value, str):
        try:
            value = json.loads(value)
        except ValueError:
            value = None
    if not isinstance(value, Mapping):
        msg = f"setting {name!r} must be a JSON object of tables, each written as schema.table"
        raise ValueError(msg)
    return dict(value)


def _whole(name: str, given: Mapping[str, Any]) -> int:
    value = given.get(name)
    try:
        number = int(COMMON[name]["default"] if value in (None, "") else value)  # type: ignore[arg-type]
    except (TypeError, ValueError):
        number = -1
    if number < 0:
        msg = f"setting {name!r} must be a whole number of seconds"
        raise ValueError(msg)
    return number


def _switch(name: str, given: Mapping[str, Any]) -> bool:
    value = given.get(name)
    return bool(COMMON[name]["default"]) if value in (None, "") else str(value).lower() in ("true", "1")


def _start(given: Any) -> str | None:
    if given in (None, ""):
        return None
    try:
        parse(given)
    except ValueError:
        msg = f"setting start_date is {str(given)[:40]!r}, which is no date: write it as 2025-01-31"
        raise ValueError(msg) from None
    return str(given)
