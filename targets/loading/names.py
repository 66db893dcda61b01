"""Names of tables and columns: injective, stable, and safe to quote."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping

INTERNAL_SCHEMA = "_engarde"
EXTRA = "_extra"
CONNECTION = "_connection_id"
EXTRACTED_AT = "_sdc_extracted_at"
RECEIVED_AT = "_sdc_received_at"
BATCHED_AT = "_sdc_batched_at"
DELETED_AT = "_sdc_deleted_at"
SEQUENCE = "_sdc_sequence"
TABLE_VERSION = "_sdc_table_version"
METADATA = (EXTRACTED_AT, RECEIVED_AT, BATCHED_AT, DELETED_AT, SEQUENCE, TABLE_VERSION)
STAGED = "_engarde_"
# Databases have columns of these names in every table, and ours finds rows by them.
_SYSTEM_COLUMNS = ("rowid", "ctid", "xmin", "xmax", "cmin", "cmax", "tableoid")
_MAX_CHARS = 200


def quoted(name: str) -> str:
    """The name as an SQL identifier."""
    return '"' + name.replace('"', '""') + '"'


def literal(text: str | None) -> str:
    """The text as an SQL string constant, or NULL."""
    return "NULL" if text is None else "'" + text.replace("'", "''") + "'"


def hashed(original: str, max_bytes: int) -> str:
    """A printable name for an unusable one, told apart by eight hex digits of its SHA-256."""
    digest = hashlib.sha256(original.encode("utf-8", "surrogatepass")).hexdigest()[:8]
    printable = "".join(c if c.isprintable() else "_" for c in original).encode("utf-8", "replace")
    return printable[: max_bytes - 10].decode("utf-8", "ignore") + "__" + digest


def usable(name: str, max_bytes: int) -> bool:
    """Whether a name may be taken as it is."""
    fits = 0 < len(name.encode("utf-8", "surrogatepass")) <= max_bytes and len(name) <= _MAX_CHARS
    reserved = name.lower() in METADATA or name.lower().startswith(STAGED)
    return fits and name.isprintable() and name == name.strip() and not reserved


def column_names(
    properties: Iterable[str], known: Mapping[str, str], present: Iterable[str], max_bytes: int
) -> dict[str, str]:
    """Gives each property its column: the recorded one, else its own name, else a hashed name where that is taken.

    `known` are names recorded earlier, `present` the columns of the table. Names that differ only by case are
    told apart; among new ones the all-lower-case name keeps its spelling.
    """
    present = list(present)
    chosen: dict[str, str] = {}
    taken = {name.lower(): name for name in [*present, *known.values()]}
    owned_by_others = {column: prop for prop, column in known.items()}
    for prop in sorted(properties, key=lambda name: (name not in present, name != name.lower(), name)):
        if prop in known:
            chosen[prop] = known[prop]
            continue
        held = taken.get(prop.lower())
        free = held is None or (held == prop and owned_by_others.get(prop, prop) == prop)
        own = usable(prop, max_bytes) and prop.lower() not in _SYSTEM_COLUMNS
        column = prop if free and (own or prop == DELETED_AT) else hashed(prop, max_bytes)
        chosen[prop] = column
        taken[column.lower()] = column
        owned_by_others[column] = prop
    return chosen
