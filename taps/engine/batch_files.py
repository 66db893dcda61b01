"""`batch_config`: rows go into files of JSON lines, and BATCH messages name them; everything else stays a message.

The files stay where they are: who names the folder empties it, once the target's STATE has come.
"""

import gzip
import json
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import IO, Any, cast

import msgspec

from taps.engine.errors import BadSetting
from taps.engine.records import Row
from taps.engine.writer import Writer, encoded, stamp

FILE_BYTES = 32_000_000
_encode = msgspec.json.Encoder().encode


@dataclass(frozen=True)
class BatchFiles:
    """Where files go and how they are written."""

    folder: Path
    prefix: str
    compression: str

    def open(self, name: str) -> IO[bytes]:
        """A new file that only this user can read."""
        suffix = ".jsonl.gz" if self.compression == "gzip" else ".jsonl"
        place = {"dir": self.folder, "prefix": f"{self.prefix}{name}-", "suffix": suffix}
        return cast("IO[bytes]", tempfile.NamedTemporaryFile(delete=False, **place))  # type: ignore[call-overload]


def read_batch_config(given: Any, platform: str) -> BatchFiles | None:
    """The setting `batch_config`, None where it is not given; raises `BadSetting`."""
    if not given:
        return None
    try:
        config = json.loads(given) if isinstance(given, str) else given
        encoding, storage = config.get("encoding") or {}, config.get("storage") or {}
        style, compression = encoding.get("format") or "jsonl", encoding.get("compression") or "none"
        root, prefix = str(storage.get("root") or ""), str(storage.get("prefix") or "")
    except (ValueError, AttributeError):
        raise BadSetting(
            "setting 'batch_config' must be an object of encoding and storage", platform=platform
        ) from None
    if style != "jsonl" or compression not in {"none", "gzip"}:
        raise BadSetting(
            "setting 'batch_config.encoding' may be jsonl, with compression gzip or none", platform=platform
        )
    folder = Path(root.removeprefix("file://"))
    if not root or "://" in str(folder) or "/" in prefix or not folder.is_dir():
        what = "setting 'batch_config.storage.root' must be a folder of this machine that is there, prefix a plain name"
        raise BadSetting(what, platform=platform)
    return BatchFiles(folder.resolve(), prefix, compression)


@dataclass(slots=True)
class _Open:
    """A file under way."""

    stream: str
    path: Path
    plain: IO[bytes]
    output: IO[bytes]
    size: int = 0
    extracted: datetime | None = None

    def close(self) -> None:
        if self.output is not self.plain:
            self.output.close()
        self.plain.close()


class BatchWriter(Writer):
    """Writes rows into files; any other message comes after the files of the rows that came before it."""

    def __init__(self, *args: Any, files: BatchFiles, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._files = files
        self._open: dict[str, _Open] = {}

    def rows(
        self, stream: str, rows: Sequence[Row | bytes], extracted: datetime, version: int | None = None
    ) -> int:  # fmt: skip
        """Adds a page to the stream's file. Rows of a version are messages: a file has no place for it."""
        if version is not None or not rows:
            return super().rows(stream, rows, extracted, version)
        lines = b"\n".join(map(encoded, rows)) + b"\n"
        with self._lock:
            self.counts[stream] += len(rows)
            self._announce(stream)
            file = self._open.get(stream) or self._begin(stream)
            file.output.write(lines)
            file.size += len(lines)
            file.extracted = extracted
            if file.size >= FILE_BYTES:
                self._tell(self._open.pop(stream))
        return len(lines)

    def _begin(self, stream: str) -> _Open:
        plain = self._files.open(f"{self.platform}-{stream.replace('/', '_')}")
        output = plain
        if self._files.compression == "gzip":
            output = cast("IO[bytes]", gzip.GzipFile(fileobj=plain, mode="wb", compresslevel=1))
        self._open[stream] = _Open(stream, Path(plain.name), plain, output)
        return self._open[stream]

    def _put(self, data: bytes) -> None:
        while self._open:
            self._tell(self._open.pop(next(iter(self._open))))
        super()._put(data)

    def _tell(self, file: _Open) -> None:
        file.close()
        message: Mapping[str, Any] = {
            "type": "BATCH",
            "stream": file.stream,
            "encoding": {"format": "jsonl", "compression": self._files.compression},
            "manifest": [file.path.as_uri()],
            "time_extracted": stamp(file.extracted) if file.extracted else None,
        }
        super()._put(_encode(message) + b"\n")

    def finish(self) -> None:
        """Names the files that no message has named."""
        with self._lock:
            self._put(b"")
