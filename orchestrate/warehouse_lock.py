"""One load or build at a time per DuckDB file, across processes."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from filelock import FileLock, Timeout


@contextmanager
def only_writer(warehouse: Path, tell: Callable[[str], None]) -> Iterator[None]:
    """Waits until nobody else loads into or builds in the file, and says so while it waits."""
    warehouse.parent.mkdir(parents=True, exist_ok=True)
    lock = FileLock(f"{warehouse}.lock")
    try:
        lock.acquire(timeout=0)
    except Timeout:
        tell(f"waiting: another run writes to {warehouse}")
        lock.acquire()
    try:
        yield
    finally:
        lock.release()
