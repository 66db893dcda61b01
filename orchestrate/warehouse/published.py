"""States of a DuckDB warehouse that can be read while the next sync writes.

DuckDB gives a file to one writer or to many readers. A worker therefore copies the file when a sync has ended, while it
still has the file to itself; readers open the newest copy. A list goes on in the copy it began in, as long as that is
kept: a copy's time of change is when the last part of a list was read from it that is not the list's end.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import threading
import time
from collections import OrderedDict
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import duckdb

from orchestrate.data.errors import BusyError, CursorGoneError, NoRowsError
from orchestrate.warehouse.names import UNLOADED
from orchestrate.warehouse.place import Place

KEPT, MOST_KEPT = 2, 5
"""How many states are kept: the present one and the one before, and so many in all where lists are under way."""
UNDER_WAY = 600.0
"""Seconds; a list of which no part was read for so long is not under way."""
_GONE = "the rows have been loaded anew since this list was begun; begin it again"
OWN = "own"
"""The version of a warehouse that no worker ever published: the file itself."""


def publish(warehouse: Place) -> str:
    """Copies the warehouse, which nobody writes meanwhile; returns the copy's version. Older copies are dropped."""
    folder = _folder(warehouse)
    folder.mkdir(exist_ok=True)
    version = f"{time.time_ns():016x}"
    part = folder / f"{version}.part"
    copy(warehouse, part)
    os.utime(part, (0, 0))
    part.replace(folder / f"{version}.duckdb")
    versions = _versions(warehouse)
    for place, old in enumerate(versions[:-KEPT]):
        file = folder / f"{old}.duckdb"
        if len(versions) - place > MOST_KEPT or not _is_under_way(file):
            file.unlink(missing_ok=True)
    return version


def keep(warehouse: Place, version: str) -> None:
    """Notes that a list is under way in a state, so that it is kept for a while."""
    if version != OWN:
        with contextlib.suppress(OSError):
            os.utime(_folder(warehouse) / f"{version}.duckdb")


def _is_under_way(file: Path) -> bool:
    try:
        return time.time() - file.stat().st_mtime < UNDER_WAY
    except FileNotFoundError:
        return False


def copy(warehouse: Place, place: Path) -> None:
    """Copies the file of a warehouse, which nobody writes meanwhile."""
    with duckdb.connect(str(warehouse.path)) as connection:
        connection.execute("CHECKPOINT")
    shutil.copyfile(warehouse.path, place)


_CONFIG: dict[str, str | bool | int | float | list[str]] = {
    "threads": 2, "memory_limit": "256MB", "enable_external_access": False,
}  # fmt: skip
"""The same for all that open a file at once in one process; no query reads another file."""


@contextmanager
def opened(warehouse: Place, version: str | None = None) -> Iterator[tuple[duckdb.DuckDBPyConnection, str]]:
    """Reads the newest state, or the one of this version; yields the connection and its version.

    Raises `NoRowsError`, `CursorGoneError` and `BusyError`.
    """
    version = version or next(reversed(_versions(warehouse)), OWN)
    path = warehouse.path if version == OWN else _folder(warehouse) / f"{version}.duckdb"
    if not path.exists():
        if version == OWN:
            raise NoRowsError(UNLOADED)
        raise CursorGoneError(_GONE)
    if version != OWN:
        with contextlib.closing(_OPEN.cursor(path)) as connection:
            yield connection, version
        return
    try:
        connection = _connect(path)
    except duckdb.IOException:
        raise BusyError(
            "the warehouse is being written for the first time; try again when the sync has ended"
        ) from None
    with contextlib.closing(connection):
        yield connection, version


class _Open:
    """The copies that were read last, kept open: opening one takes longer than most of what is read from it.

    A warehouse's own file is not among them: while it is open nobody can write it.
    """

    def __init__(self) -> None:
        self._copies: OrderedDict[Path, duckdb.DuckDBPyConnection] = OrderedDict()
        self._lock = threading.Lock()

    def cursor(self, path: Path) -> duckdb.DuckDBPyConnection:
        """A connection of one's own to a copy; raises `CursorGoneError` where it was dropped meanwhile."""
        with self._lock:
            for gone in [each for each in self._copies if each.parent == path.parent and not each.exists()]:
                del self._copies[gone]
            if path not in self._copies:
                try:
                    self._copies[path] = _connect(path)
                except duckdb.IOException:
                    raise CursorGoneError(_GONE) from None
            self._copies.move_to_end(path)
            while len(self._copies) > MOST_OPEN:
                # Not closed, only let go: that would end who still reads it by a cursor.
                self._copies.popitem(last=False)
            return self._copies[path].cursor()


MOST_OPEN = 4
"""Of all tenants' copies; each may hold `memory_limit` of what was read from it."""
_OPEN = _Open()


def _connect(path: Path) -> duckdb.DuckDBPyConnection:
    connection = duckdb.connect(str(path), read_only=True, config=_CONFIG)
    connection.execute("SET GLOBAL TimeZone = 'UTC'")
    return connection


def _versions(warehouse: Place) -> list[str]:
    return sorted(path.stem for path in _folder(warehouse).glob("*.duckdb"))


def _folder(warehouse: Place) -> Path:
    return warehouse.folder / "published"
