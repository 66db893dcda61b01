"""What every driver offers: sessions, rows that stream, and faults told in one form."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

RowTuple = Sequence[Any]
"""Values in the order selected: text, bytes, int, float, bool or None."""


@dataclass(frozen=True)
class Fault:
    """What went wrong by the driver's own account."""

    code: str | None
    """The server's or the driver's code: SQLSTATE or a number, as text."""
    text: str
    """The server's sentence, one line."""
    connecting: bool = False
    """Whether there was no session (any more): the server could not be reached, refused it, or ended it."""


class Rows(Protocol):
    """The rows of one query, fetched as they are wanted: memory holds one page."""

    def fetch(self, count: int) -> Sequence[RowTuple]:
        """The next rows, up to `count`; none when there are no more."""

    def close(self) -> None:
        """Ends the query, also before its last row."""


class Session(Protocol):
    """One connection to the server."""

    def execute(self, statement: str) -> None:
        """Runs a statement that gives no rows."""

    def rows(self, query: str, values: Sequence[Any]) -> Rows:
        """Runs a query. `%s` stands for each value, and `%%` for a percent sign."""

    def close(self) -> None:
        """Ends the session."""


class Driver(Protocol):
    """A module of this package: how one library is spoken to."""

    def connect(self, arguments: Mapping[str, Any]) -> Session:
        """A session; raises what the library raises."""

    def fault(self, error: Exception) -> Fault | None:
        """The library's exception in our form; None for one that is not the library's."""
