"""From a page of a query to the rows that are written: columns named and converted, what does not read in `_extra`."""

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any
from zoneinfo import ZoneInfo

from taps.databases.catalogue import property_name
from taps.databases.drivers.base import RowTuple
from taps.databases.types import Column, converter
from taps.engine.fields import Drift
from taps.engine.records import CONNECTION, EXTRA, Row, raw


class RowShaper:
    """Shapes the rows of one query, whose columns it knows by their places."""

    def __init__(
        self, columns: Sequence[Column], written: Iterable[str], *, connection_id: str, zone: ZoneInfo
    ) -> None:
        wanted = set(written)
        self.drifted: Counter[str] = Counter()
        self._names = [property_name(column.name) for column in columns]
        self._places = [at for at, name in enumerate(self._names) if name in wanted]
        self._all = len(self._places) == len(self._names)
        self._conversions = [
            (at, convert)
            for at, column in enumerate(columns)
            if self._names[at] in wanted and (convert := converter(column, zone)) is not None
        ]
        self._connection = raw(connection_id)
        self._extra = EXTRA in wanted

    def page(self, page: Iterable[RowTuple]) -> list[Row]:
        """The rows of a page."""
        return [self._row(list(values)) for values in page]

    def _row(self, values: list[Any]) -> Row:
        extra: dict[str, str] | None = None
        for at, convert in self._conversions:
            value = values[at]
            if value is None:
                continue
            try:
                values[at] = convert(value)
            except Drift:
                extra = extra or {}
                extra[self._names[at]] = str(value)
                values[at] = None
                self.drifted[self._names[at]] += 1
        row: dict[str, Any] = {CONNECTION: self._connection}
        if self._all:
            row.update(zip(self._names, values, strict=True))
        else:
            row.update((self._names[at], values[at]) for at in self._places)
        if self._extra:
            row[EXTRA] = extra
        return row
