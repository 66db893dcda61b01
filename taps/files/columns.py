"""The columns of a table, found in one of its files: Parquet says them, a CSV header names them, JSON shows them."""

from collections.abc import Iterable
from itertools import chain, islice
from pathlib import Path

from taps.engine.answers import Raw, open_object
from taps.engine.fields import FieldSpec
from taps.engine.files import FileFormat
from taps.engine.records import CONNECTION, DELETED, EXTRA
from taps.files.formats import MORE_CELLS, records
from taps.files.parquet import parquet_columns
from taps.files.tables import FileTable

FILE, ROW = "_file", "_row"
SAMPLE = 1000
"""Rows that are looked at for the types of JSON."""


def columns_of(file: Path, format_: FileFormat, table: FileTable) -> dict[str, FieldSpec]:
    """The columns a file shows, those of the settings before them; raises `BadBody` for a broken file."""
    if format_ == "parquet":
        found = parquet_columns(file)
    else:
        rows = chain.from_iterable(records(file, format_, table))
        found = _shown(islice(rows, SAMPLE), typed=format_ in ("json", "jsonl"))
    return without_ours(found | dict(table.columns))


def with_place(columns: dict[str, FieldSpec]) -> dict[str, FieldSpec]:
    """The columns of a stream: where a row stands, then what it holds."""
    return {FILE: FieldSpec(type="string!"), ROW: FieldSpec(type="integer!")} | columns


def without_ours(columns: dict[str, FieldSpec]) -> dict[str, FieldSpec]:
    """The columns without names that are the collection's own: what comes under those is kept in `_extra`."""
    return {name: spec for name, spec in columns.items() if name not in (FILE, ROW, CONNECTION, EXTRA, DELETED)}


def _shown(sample: Iterable[Raw], *, typed: bool) -> dict[str, FieldSpec]:
    kinds: dict[str, set[str]] = {}
    for raw in sample:
        for name, value in open_object(raw).items():
            if name != MORE_CELLS:
                kinds.setdefault(name, set()).add(_kind(bytes(value)) if typed else "string")
    return {name: FieldSpec(type=_joined(found - {"null"})) for name, found in kinds.items()}


def _kind(value: bytes) -> str:
    match value[:1]:
        case b'"':
            return "string"
        case b"{" | b"[":
            return "json"
        case b"t" | b"f":
            return "boolean"
        case b"n":
            return "null"
    return "decimal" if any(mark in value for mark in (b".", b"e", b"E")) else "integer"


def _joined(kinds: set[str]) -> str:
    """The type of a column that shows these; a fraction is exact only as a decimal."""
    if not kinds:
        return "string"
    if kinds <= {"integer", "decimal"}:
        return "integer" if kinds == {"integer"} else "decimal"
    return kinds.pop() if len(kinds) == 1 else "json"
