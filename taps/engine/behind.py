"""What hangs below the pages of a reading: that of one page is still being read when the next one's begins.

Parents come in pages of any size; were the children of each page waited for, small pages would leave most of the
requests unused that may be under way at once.
"""

import contextlib
from collections.abc import Callable
from concurrent.futures import Future
from types import TracebackType
from typing import Self

from taps.engine.nodes import Node
from taps.engine.run import Run
from taps.engine.side_by_side import submit


class Behind:
    """The page that is not finished yet; what follows from a page follows in the order of the pages."""

    def __init__(self, run: Run, node: Node) -> None:
        self._apart = not run.first_page_only and _asks(node)
        self._under_way: tuple[Future[None], Callable[[], None]] | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, _: BaseException | None, __: TracebackType | None) -> None:
        if kind is None:
            self._finish()
        elif self._under_way is not None:
            with contextlib.suppress(Exception):
                self._under_way[0].result()

    def page(self, below: Callable[[], None], then: Callable[[], None]) -> None:
        """Reads what is `below` a page, finishes the page before it, and leaves `then` for when this one is finished.

        Raises what the page before raised.
        """
        if not self._apart:
            below()
            then()
            return
        future = submit(below)
        try:
            self._finish()
        finally:
            self._under_way = (future, then)

    def _finish(self) -> None:
        if self._under_way is None:
            return
        future, then = self._under_way
        self._under_way = None
        future.result()
        then()


def _asks(node: Node) -> bool:
    """Whether anything below has requests of its own."""
    for child in node.active_children:
        parent = child.stream.parent
        assert parent is not None
        if (parent.inside is None and parent.beside is None) or parent.more is not None or _asks(child):
            return True
    return False
