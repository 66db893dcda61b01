"""Files as records: CSV, JSON and Parquet read piece by piece, each record as raw JSON."""

import csv
import io
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any

import msgspec

from taps.engine.answers import Raw, Tree
from taps.engine.errors import BadBody
from taps.engine.files import FileFormat
from taps.engine.formats import in_batches
from taps.engine.paths import PathError
from taps.files.opening import BROKEN, ENDINGS, members
from taps.files.tables import FileTable

_encode = msgspec.json.Encoder().encode
_BY_ENDING: dict[str, FileFormat] = {
    ".csv": "csv", ".tsv": "tsv", ".tab": "tsv", ".jsonl": "jsonl", ".ndjson": "jsonl", ".json": "json",
    ".parquet": "parquet", ".pq": "parquet",
}  # fmt: skip
MOST_JSON = 512 * 1024 * 1024
"""The largest file that is one JSON document: it has to be held as a whole."""
MORE_CELLS = "_more_cells"
"""Where the cells of a line stand for which the header has no name."""
csv.field_size_limit(2**31 - 1)


def format_of(table: FileTable, name: str, given: FileFormat | None) -> FileFormat:
    """The format of a file by the settings, the request that fetched it, or its name; raises `BadBody` if none says."""
    said = table.format or given
    if said is not None:
        return said
    path = Path(name.lower())
    while path.suffix in ENDINGS:
        path = path.with_suffix("")
    if path.suffix not in _BY_ENDING:
        msg = "its name does not say what format it has: set the table's 'format'"
        raise BadBody(msg)
    return _BY_ENDING[path.suffix]


def records(file: Path, format_: FileFormat, table: FileTable) -> Iterator[list[Raw]]:
    """The file's records, a thousand at a time; raises `BadBody` where it is not what it should be."""
    try:
        if format_ == "parquet":
            from taps.files.parquet import parquet_records

            yield from parquet_records(file)
            return
        with members(file) as plain:
            for member in plain:
                yield from in_batches(_of(member, format_, table))
    except (*BROKEN, UnicodeError, csv.Error, PathError, msgspec.DecodeError) as broken:
        msg = f"not whole {format_} ({type(broken).__name__})"
        raise BadBody(msg) from None


def _of(stream: IO[bytes], format_: FileFormat, table: FileTable) -> Iterator[Raw]:
    match format_:
        case "csv" | "tsv":
            return _cells(stream, table, table.delimiter or ("\t" if format_ == "tsv" else ","))
        case "jsonl":
            return _lines(stream, table.encoding)
        case _:
            return _document(stream, table)


def _cells(stream: IO[bytes], table: FileTable, delimiter: str) -> Iterator[Raw]:
    text = io.TextIOWrapper(stream, encoding=_with_mark(table.encoding), newline="")
    for _ in range(table.skip):
        text.readline()
    lines = csv.reader(text, delimiter=delimiter, quotechar=table.quote, strict=True)
    header = _named(next(lines, [])) if table.header else None
    nulls = frozenset(table.nulls)
    for cells in lines:
        if not cells:
            continue
        if header is None:
            header = list(table.columns) or []
        names = header if len(header) >= len(cells) else [*header, *_numbered(len(header), len(cells), table.header)]
        row: dict[str, Any] = {name: None if cell in nulls else cell for name, cell in zip(names, cells, strict=False)}
        if table.header and len(cells) > len(header):
            row = {name: row[name] for name in header} | {MORE_CELLS: cells[len(header) :]}
        yield Raw(_encode(row))


def _with_mark(encoding: str) -> str:
    return "utf-8-sig" if encoding.lower().replace("_", "-") in ("utf-8", "utf8") else encoding


def _named(header: list[str]) -> list[str]:
    """Names for all columns: a blank one is numbered, one that was there before too."""
    names: list[str] = []
    for at, cell in enumerate(header, 1):
        name = cell.strip() or f"column_{at}"
        names.append(f"{name}_{at}" if name in names else name)
    return names


def _numbered(start: int, end: int, header: bool) -> list[str]:
    return [f"{MORE_CELLS}_{at}" if header else f"column_{at + 1}" for at in range(start, end)]


def _lines(stream: IO[bytes], encoding: str) -> Iterator[Raw]:
    for line in io.TextIOWrapper(stream, encoding=_with_mark(encoding), newline="\n"):
        if line.strip():
            raw = Raw(line.strip().encode())
            msgspec.json.decode(raw)
            yield raw


def _document(stream: IO[bytes], table: FileTable) -> Iterator[Raw]:
    body = stream.read(MOST_JSON + 1)
    if len(body) > MOST_JSON:
        msg = f"more than {MOST_JSON // 2**20} MB of one JSON document: write it as JSON lines"
        raise BadBody(msg)
    text = body.decode(_with_mark(table.encoding)).encode()
    return iter(Tree.of_body(text).rows(table.records or "."))
