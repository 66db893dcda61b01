"""Reads one table: whole and in the order of its key, or what changed since its bookmark."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from taps.databases.catalogue import Table, property_name
from taps.databases.drivers.base import RowTuple, Session
from taps.databases.manifest import Dialect
from taps.databases.pace import Pace
from taps.databases.query import Query, Select
from taps.databases.rows import RowShaper
from taps.databases.run import DatabaseRun
from taps.databases.types import Column
from taps.engine.writer import extraction_time, stamp

FIRST_PAGE = 100
"""Rows that a test of the connection reads of each table."""
Progress = Callable[[RowTuple], None]


@dataclass
class Reading:
    """One table in one run: the query's columns, their shapes and where each stands."""

    run: DatabaseRun
    session: Session
    table: Table
    dialect: Dialect
    written: frozenset[str]
    """The properties that are written."""
    columns: list[Column] = field(init=False)
    shaper: RowShaper = field(init=False)

    def __post_init__(self) -> None:
        needed = {*self.table.key, self.table.cursor}
        self.columns = [
            column
            for column in self.table.columns
            if property_name(column.name) in self.written or column.name in needed
        ]
        settings = self.run.settings
        self.shaper = RowShaper(self.columns, self.written, connection_id=settings.connection_id, zone=settings.zone)
        self._select = Select(self.dialect, self.table, self.columns, FIRST_PAGE if self.run.first_page_only else None)

    def read(self) -> None:
        """Reads the table from its bookmark, and moves the bookmark."""
        name, state = self.table.stream, self.run.state
        bookmark = state.of(name)
        since = bookmark.get("replication_key_value") if bookmark.get("replication_key") == self.table.cursor else None
        if self.table.cursor is None:
            self._whole(bookmark)
        elif since is not None and self._compares(bookmark):
            self._whole(bookmark)
            state.put(name, compared=stamp(extraction_time()))
        else:
            self._increment(self.table.cursor, since)
            if since is None:
                state.put(name, compared=stamp(extraction_time()))
        self.run.writer.write_state()

    def _compares(self, bookmark: dict[str, Any]) -> bool:
        every = self.run.settings.compare
        if every is None:
            return False
        last = bookmark.get("compared")
        return last is None or extraction_time() - datetime.fromisoformat(last) >= every

    def _whole(self, bookmark: dict[str, Any]) -> None:
        """All rows; those that did not come are gone. A reading that was interrupted goes on behind its last key."""
        sendable = all(self.table.column(name).sendable for name in self.table.key)
        key = self.table.key if sendable and self.dialect.sorts else ()
        loading = bookmark.get("loading") or {}
        goes_on = bool(key) and loading.get("key") == list(key)
        version = int(loading["version"]) if goes_on else self.run.version
        places = self._places(key)

        def progress(last: RowTuple) -> None:
            after = [last[at] for at in places]
            self.run.state.put(self.table.stream, loading={"key": list(key), "after": after, "version": version})

        query = self._select.whole(key, loading["after"] if goes_on else None)
        self._pages(query, version, progress if key else None)
        if not self.run.first_page_only:
            self.run.state.put(self.table.stream, loading=None)
            self.run.writer.activate(self.table.stream, version, self.run.settings.connection_id)

    def _increment(self, cursor: str, since: Any) -> None:
        """Rows from the bookmark on in the order of the replication key; those without one are read every time."""
        column = self.table.column(cursor)
        at = self._places([cursor])[0]

        def progress(last: RowTuple) -> None:
            self.run.state.put(self.table.stream, replication_key=cursor, replication_key_value=last[at])

        start = self.run.settings.start if since is None and column.is_time else None
        begin = earlier(since, column, self.run.settings.lookback) if since is not None else start
        query = self._select.since(cursor, begin)
        if self.dialect.sorts:
            self._pages(query, None, progress)
        else:
            self._unsorted(query, column, at, since)
        if column.nullable:
            self._pages(self._select.without(cursor), None, None)

    def _unsorted(self, query: Query, column: Column, at: int, since: Any) -> None:
        """Rows in any order: the bookmark is the largest value, and moves when all have been read."""
        largest = [since]

        def seen(page: Sequence[RowTuple]) -> None:
            values = [row[at] for row in page] + [value for value in largest if value is not None]
            largest[0] = max(values, key=Decimal if column.kind == "decimal" else None)

        self._pages(query, None, None, seen)
        if largest[0] is not None and not self.run.first_page_only:
            self.run.state.put(self.table.stream, replication_key=column.name, replication_key_value=largest[0])

    def _places(self, names: Sequence[str]) -> list[int]:
        order = [column.name for column in self.columns]
        return [order.index(name) for name in names]

    def _pages(
        self, query: Query, version: int | None, progress: Progress | None, seen: Callable[..., None] | None = None
    ) -> None:
        pace = Pace()
        rows = self.session.rows(*query)
        try:
            while page := rows.fetch(pace.rows):
                self.run.check_stopped()
                size = self.run.writer.rows(self.table.stream, self.shaper.page(page), extraction_time(), version)
                if seen is not None:
                    seen(page)
                if progress is not None and not self.run.first_page_only:
                    progress(page[-1])
                    self.run.writer.write_state()
                pace.took(len(page), size)
        finally:
            rows.close()


def earlier(value: Any, column: Column, lookback: timedelta) -> Any:
    """A bookmark less the lookback, where it is a time; written as the server wrote it."""
    if not column.is_time or not lookback:
        return value
    try:
        if column.kind == "date":
            return (date.fromisoformat(value) - timedelta(days=-(-lookback // timedelta(days=1)))).isoformat()
        return (datetime.fromisoformat(value) - lookback).isoformat(sep=" ")
    except (ValueError, OverflowError):
        return value
