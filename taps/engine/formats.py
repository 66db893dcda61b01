"""`format`, `charset`, `compression`: downloads that are not one JSON document."""

import csv
import gzip
import io
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any

import msgspec

from taps.engine.answers import Raw, Tree
from taps.engine.errors import BadBody
from taps.engine.xml import as_json

_encode = msgspec.json.Encoder().encode
LINES_AT_ONCE = 1000
_ZIP, _GZIP = b"PK\x03\x04", b"\x1f\x8b"


def opened(file: Path, compression: str) -> Iterator[IO[bytes]]:
    """The file's bytes, decompressed as they are read; `detect` looks at its first bytes.

    An archive is read file by file, and a file in it may be gzipped again: Amplitude packs each hour so.
    """
    with file.open("rb") as start:
        magic = start.read(4)
    if compression == "zip" or (compression == "detect" and magic == _ZIP):
        with zipfile.ZipFile(file) as archive:
            for member in archive.infolist():
                if not member.is_dir():
                    with _member(archive, member) as inner:
                        yield inner
    elif compression == "gzip" or (compression == "detect" and magic[:2] == _GZIP):
        with gzip.open(file) as inner:
            yield inner  # type: ignore[misc]
    else:
        with file.open("rb") as plain:
            yield plain


def _member(archive: zipfile.ZipFile, member: zipfile.ZipInfo) -> IO[bytes]:
    with archive.open(member) as start:
        is_packed = start.read(2) == _GZIP
    inner = archive.open(member)
    return gzip.open(inner) if is_packed else inner  # type: ignore[return-value]


def batches(
    file: Path, format_: str, compression: str, charset: str, path: Any, nulls: list[str]
) -> Iterator[list[Raw]]:
    """The file's records as raw JSON, a thousand at a time; raises `BadBody` where it is not what was promised."""
    try:
        for stream in opened(file, compression):
            if format_ == "jsonl":
                yield from in_batches(Raw(record) for line in stream if (record := line.strip()))
            elif format_ in {"csv", "tsv"}:
                yield from in_batches(_cells(stream, charset, "\t" if format_ == "tsv" else ",", set(nulls)))
            elif format_ == "xml":
                yield from in_batches(iter(Tree(as_json(stream.read())).rows(path)))
            else:
                yield from in_batches(iter(Tree.of_body(stream.read()).rows(path)))
    except (EOFError, gzip.BadGzipFile, zipfile.BadZipFile, UnicodeDecodeError, csv.Error) as broken:
        msg = f"a file that is not whole {compression} {format_} ({type(broken).__name__})"
        raise BadBody(msg) from None


def in_batches(records: Iterator[Raw]) -> Iterator[list[Raw]]:
    batch: list[Raw] = []
    for record in records:
        batch.append(record)
        if len(batch) == LINES_AT_ONCE:
            yield batch
            batch = []
    if batch:
        yield batch


def _cells(stream: IO[bytes], charset: str, delimiter: str, nulls: set[str]) -> Iterator[Raw]:
    text = io.TextIOWrapper(stream, encoding="utf-8-sig" if charset == "utf-8" else charset, newline="")
    reader = csv.reader(text, delimiter=delimiter)
    header = next(reader, None)
    for cells in reader:
        if header and cells and cells != header:
            yield Raw(_encode({n: None if c in nulls else c for n, c in zip(header, cells, strict=False)}))
