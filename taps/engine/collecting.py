"""Reads one stream for the engine's own use: its rows are given back instead of being written."""

import io
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from taps.engine.answers import value_of
from taps.engine.connection import Connection
from taps.engine.nodes import Node
from taps.engine.records import Row
from taps.engine.run import Run
from taps.engine.state import State
from taps.engine.sync import sync
from taps.engine.writer import Writer, encoded


class _Collector(Writer):
    """Keeps the rows of one stream and writes nothing."""

    def __init__(self, platform: str, stream: str) -> None:
        super().__init__(platform, State(), io.BytesIO())
        self.kept: list[Row | bytes] = []
        self._kept_of = stream

    def rows(
        self, stream: str, rows: Sequence[Row | bytes], extracted: datetime, version: int | None = None  # noqa: ARG002
    ) -> int:  # fmt: skip
        """Keeps them; nothing is written."""
        if stream == self._kept_of:
            with self._lock:
                self.kept += rows
        return 0

    def deleted(self, stream: str, rows: list[Row], extracted: datetime) -> None:
        """Nothing is known of them here."""

    def replaces(self, stream: str, replaced: dict[str, Any]) -> None:
        """Nothing is replaced here."""

    def activate(self, stream: str, version: int, connection_id: str) -> None:
        """Nothing is compared here."""


def collect(connection: Connection, top: Iterable[Node], name: str, *, first_page_only: bool = False) -> list[Any]:
    """The stream's rows, decoded; raises what kept it from being read."""
    top = list(top)
    for node in (each for one in top for each in one.walk()):
        node.selected = node.name == name
    writer = _Collector(connection.platform, name)
    run = Run(connection=connection, writer=writer, state=State(), first_page_only=first_page_only)
    sync(run, top)
    problem = run.outcome(name).error or run.outcome(name).refused
    if problem is not None:
        raise problem
    return [value_of(encoded(row)) for row in writer.kept]
