"""A file that appears only when it is whole."""

from pathlib import Path
from typing import BinaryIO

from taps.engine.errors import TapError


class PartFile:
    """Collects a download beside its place; a full disk is told as such and not taken for a fault of the vendor."""

    def __init__(self, path: Path, platform: str, stream: str) -> None:
        self._path, self._part = path, path.with_name(f"{path.name}.part")
        self._platform, self._stream = platform, stream
        self._file: BinaryIO | None = None

    def start(self) -> None:
        """Begins from nothing, also after a fault."""
        self.close()
        fault: OSError | None = None
        try:
            self._file = self._part.open("wb")
        except OSError as refused:
            fault = refused
        self._check(fault)

    def write(self, chunk: bytes) -> None:
        """Adds a piece; raises `TapError` where the disk does not take it."""
        fault: OSError | None = None
        try:
            if self._file:
                self._file.write(chunk)
        except OSError as refused:
            fault = refused
        self._check(fault)

    def finish(self) -> None:
        """Puts the whole file into its place."""
        fault: OSError | None = None
        try:
            if self._file:
                self._file.close()
                self._file = None
                self._part.replace(self._path)
        except OSError as refused:
            fault = refused
        self._check(fault)

    def close(self) -> None:
        """Removes what is not whole."""
        if self._file:
            self._file.close()
            self._file = None
        self._part.unlink(missing_ok=True)

    def _check(self, fault: OSError | None) -> None:
        if fault is not None:
            msg = (
                f"a download cannot be stored in {self._path.parent} ({fault.strerror}): make room or set another place"
            )
            raise TapError(msg, platform=self._platform, stream=self._stream)
