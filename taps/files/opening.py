"""A file's bytes, decompressed as they are read, whatever it is compressed with: that shows in its first bytes."""

import bz2
import gzip
import lzma
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any, cast

ENDINGS = (".gz", ".bz2", ".xz", ".zst", ".lz4", ".zip")
"""Endings of names that say nothing of the format."""
BROKEN = (EOFError, OSError, lzma.LZMAError, zipfile.BadZipFile)
"""What is raised for a file that is not whole."""


@contextmanager
def members(file: Path) -> Iterator[Iterator[IO[bytes]]]:
    """The plain files in a file: one, or those of a zip archive in its order."""
    with file.open("rb") as start:
        magic = start.read(6)
    if magic[:4] == b"PK\x03\x04":
        with zipfile.ZipFile(file) as archive:
            yield (archive.open(info) for info in archive.infolist() if not info.is_dir())
    elif magic[:4] == b"PK\x05\x06":
        yield iter(())
    else:
        with _opened(file, magic) as plain:
            yield iter([plain])


def _opened(file: Path, magic: bytes) -> Any:
    if magic[:2] == b"\x1f\x8b":
        return gzip.open(file)
    if magic[:3] == b"BZh":
        return bz2.open(file)
    if magic == b"\xfd7zXZ\x00":
        return lzma.open(file)
    if magic[:4] in (b"\x28\xb5\x2f\xfd", b"\x04\x22\x4d\x18"):
        import pyarrow

        return cast("Any", pyarrow.CompressedInputStream(str(file), "zstd" if magic[0] == 0x28 else "lz4"))
    return file.open("rb")
