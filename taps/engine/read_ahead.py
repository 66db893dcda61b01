"""Asks for the next page while the one before is still being written and what hangs below it is read.

Where pages are numbered and only an empty one tells the end, the next page is known and those after it can be guessed:
two, four and so on while all pages are full. So at most as many requests are in vain as were made before, and at most
`AHEAD` less one.
"""

from collections.abc import Callable
from concurrent.futures import Future
from typing import Generic, TypeVar

from taps.engine import pages as paging
from taps.engine.side_by_side import submit

T = TypeVar("T")

AHEAD = 8
"""How many numbered pages of a list are fetched before they are needed."""


class ReadAhead(Generic[T]):
    """The pages of one list that were asked for ahead; `fetch` asks for one."""

    def __init__(self, fetch: Callable[[paging.Position], T], at_most: int) -> None:
        self._fetch, self._at_most = fetch, at_most
        self._waiting: dict[str, Future[T]] = {}
        self._full = 0
        self._depth = 1

    def take(self, at: paging.Position) -> T:
        """The page at this position; guesses that did not meet it are dropped. Raises what `fetch` raises."""
        future = self._waiting.pop(at.mark, None)
        if future is None:
            self._waiting.clear()
            return self._fetch(at)
        return future.result()

    def start(self, pages: paging.PagesWord, at: paging.Position, count: int) -> None:
        """Asks for `at`, which comes next, and for what will follow it if the page before, of `count`, was full."""
        if at.number == 1:
            self._full = paging.full(pages, count)
        elif count >= self._full:
            self._depth = min(self._at_most, 2 * self._depth)
        guessed = paging.guessed(pages, at, count, self._depth) if count >= self._full else []
        for position in guessed or [at]:
            if position.mark not in self._waiting:
                self._waiting[position.mark] = submit(lambda position=position: self._fetch(position))  # type: ignore[misc]
