"""Reads the files that BATCH messages name: JSON lines, plain or gzip, and Parquet, from one folder only."""

from __future__ import annotations

import gzip
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlparse

import msgspec

from targets.loading.errors import InputError, one_line

_BLOCK_BYTES, _BLOCK_ROWS = 1 << 20, 1000


def read_batch_files(message: Mapping[str, Any], root: str | None, number: int) -> Iterator[bytes]:
    """The records of a BATCH message's files, as blocks of RECORD lines; `time_extracted` is the message's.

    Raises InputError before the first record if a file is missing, lies outside the root, or has an unknown encoding.
    """
    encoding, manifest = message.get("encoding") or {}, message.get("manifest")
    stream = one_line(message.get("stream"))
    if not isinstance(manifest, list) or not isinstance(encoding, Mapping):
        raise InputError(f"line {number}: stream {stream}: a BATCH message without manifest or encoding")
    style = (encoding.get("format"), encoding.get("compression") or "none")
    style = (str(style[0]), str(style[1]))
    if style not in (("jsonl", "none"), ("jsonl", "gzip")) and style[0] != "parquet":
        raise InputError(
            f"stream {stream}: BATCH files are read as jsonl, plain or gzip, and parquet, not {one_line(style)}"
        )
    folder = Path(root or tempfile.gettempdir()).resolve()
    for path in [_inside(str(name), folder, stream) for name in manifest]:
        try:
            yield from _as_messages(message, _records(path, style[0], style[1]))
        except (OSError, EOFError) as error:
            why = one_line(error.strerror if isinstance(error, OSError) and error.strerror else type(error).__name__)
            raise InputError(f"stream {stream}: BATCH file {one_line(path.name)} cannot be read: {why}") from None


def _inside(name: str, folder: Path, stream: str) -> Path:
    url = urlparse(name)
    if url.scheme not in ("", "file") or url.netloc not in ("", "localhost"):
        raise InputError(f"stream {stream}: BATCH files are read from this machine only, not {one_line(url.scheme)}://")
    path = Path(unquote(url.path) if url.scheme else name).resolve()
    if not path.is_relative_to(folder):
        raise InputError(
            f"stream {stream}: a BATCH file lies outside {folder}; name its folder in the setting batch_root"
        )
    if not path.is_file():
        raise InputError(f"stream {stream}: BATCH file {one_line(path.name)} is missing; state is not advanced")
    return path


def _as_messages(message: Mapping[str, Any], records: Iterator[list[bytes]]) -> Iterator[bytes]:
    head = b'{"type":"RECORD","stream":%b,"record":' % msgspec.json.encode(str(message.get("stream")))
    tail = b"}\n"
    if isinstance(extracted := message.get("time_extracted"), str):
        tail = b',"time_extracted":%b}\n' % msgspec.json.encode(extracted)
    for some in records:
        yield head + (tail + head).join(some) + tail


def _records(path: Path, style: str, compression: str) -> Iterator[list[bytes]]:
    if style == "parquet":
        yield from _parquet(path)
        return
    with gzip.open(path) if compression == "gzip" else path.open("rb") as file:
        while lines := file.readlines(_BLOCK_BYTES):
            if records := [line.strip() for line in lines if not line.isspace()]:
                yield records


def _parquet(path: Path) -> Iterator[list[bytes]]:
    import pyarrow.parquet as pq

    with pq.ParquetFile(path) as file:
        for group in file.iter_batches(_BLOCK_ROWS):
            yield [msgspec.json.encode(record) for record in group.to_pylist()]
