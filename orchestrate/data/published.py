"""States of a DuckDB warehouse that can be read while the next sync writes.

DuckDB gives a file to one writer or to many readers. A worker therefore copies the file when a sync has ended, while it
still has the file to itself; readers open the newest copy. A list goes on in the copy
it began in, as long as that is kept.
"""

from __future__ import annotations

import contextlib
import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import duckdb

from orchestrate.data.errors import BusyError, CursorGoneError, NoRowsError
from orchestrate.warehouses import Warehouse

KEPT = 2
"""How many states are kept: the present one, and the one before for lists that were begun in it."""
OWN = "own"
"""The version of a warehouse that no worker ever published: the file itself."""


def publish(warehouse: Warehouse) -> str:
    """Copies the warehouse, which nobody writes meanwhile; returns the copy's version. Older copies are dropped."""
    folder = _folder(warehouse)
    folder.mkdir(exist_ok=True)
    version = f"{time.time_ns():016x}"
    part = folder / f"{version}.part"
    copy(warehouse, part)
    part.replace(folder / f"{version}.duckdb")
    for old in _versions(warehouse)[:-KEPT]:
        (folder / f"{old}.duckdb").unlink(missing_ok=True)
    return version


def copy(warehouse: Warehouse, place: Path) -> None:
    """Copies the file of a warehouse, which nobody writes meanwhile."""
    with duckdb.connect(str(warehouse.path)) as connection:
        connection.execute("CHECKPOINT")
    shutil.copyfile(warehouse.path, place)


_CONFIG: dict[str, str | bool | int | float | list[str]] = {
    "threads": 2, "memory_limit": "512MB", "enable_external_access": False,
}  # fmt: skip
"""The same for all that open a file at once in one process; no query reads another file."""


@contextmanager
def opened(warehouse: Warehouse, version: str | None = None) -> Iterator[tuple[duckdb.DuckDBPyConnection, str]]:
    """Reads the newest state, or the one of this version; yields the connection and its version.

    Raises `NoRowsError`, `CursorGoneError` and `BusyError`.
    """
    version = version or next(reversed(_versions(warehouse)), OWN)
    path = warehouse.path if version == OWN else _folder(warehouse) / f"{version}.duckdb"
    if not path.exists():
        if version == OWN:
            raise NoRowsError("nothing has been loaded yet; start a sync first")
        raise CursorGoneError("the rows have been loaded anew since this list was begun; begin it again")
    try:
        connection = duckdb.connect(str(path), read_only=True, config=_CONFIG)
    except duckdb.IOException:
        raise BusyError(
            "the warehouse is being written for the first time; try again when the sync has ended"
        ) from None
    with contextlib.closing(connection):
        connection.execute("SET TimeZone = 'UTC'")
        yield connection, version


def _versions(warehouse: Warehouse) -> list[str]:
    return sorted(path.stem for path in _folder(warehouse).glob("*.duckdb"))


def _folder(warehouse: Warehouse) -> Path:
    return warehouse.folder / "published"
