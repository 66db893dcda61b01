"""Work side by side on daemon threads, so that a signal never has to wait for them.

How much really runs at once is the client's matter (`max_concurrency`, rate buckets): threads here mostly wait.
"""

import threading
from collections.abc import Callable, Iterable
from concurrent.futures import Future
from typing import TypeVar

T = TypeVar("T")


def submit(work: Callable[[], T]) -> Future[T]:
    """Runs `work` on a thread of its own."""
    future: Future[T] = Future()

    def run() -> None:
        try:
            future.set_result(work())
        except BaseException as raised:
            future.set_exception(raised)

    threading.Thread(target=run, daemon=True).start()
    return future


def each(works: Iterable[Callable[[], None]], at_once: int) -> None:
    """Runs all works in order, `at_once` at a time. The first error stops further starts and is raised."""
    upcoming = iter(works)
    lock = threading.Lock()
    failed: list[BaseException] = []

    def take() -> Callable[[], None] | None:
        with lock:
            return None if failed else next(upcoming, None)

    def worker() -> None:
        while (work := take()) is not None:
            try:
                work()
            except BaseException as raised:
                with lock:
                    failed.append(raised)
                return

    if at_once <= 1:
        worker()
    else:
        threads = [threading.Thread(target=worker, daemon=True) for _ in range(at_once)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    if failed:
        raise failed[0]
