"""One load or build at a time per DuckDB file, across processes."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from filelock import FileLock, Timeout

from orchestrate.data.errors import AbandonedError

_LOOK = 1.0
"""Seconds after which one that waits looks whether it is to go on waiting."""


@contextmanager
def only_writer(
    warehouse: Path, tell: Callable[[str], None], over: Callable[[], bool] = lambda: False
) -> Iterator[None]:  # fmt: skip
    """Waits until nobody else loads into or builds in the file, and says so while it waits.

    Raises `AbandonedError` once `over` says that nobody wants it any more.
    """
    warehouse.parent.mkdir(parents=True, exist_ok=True)
    lock = FileLock(f"{warehouse}.lock")
    try:
        lock.acquire(timeout=0)
    except Timeout:
        tell(f"waiting: another run writes to {warehouse}")
        while not _taken(lock):
            if over():
                raise AbandonedError(f"asked to end while another run wrote to {warehouse}") from None
    try:
        yield
    finally:
        lock.release()


def _taken(lock: FileLock) -> bool:
    try:
        lock.acquire(timeout=_LOOK)
    except Timeout:
        return False
    return True
