"""A source of random messages, what it sends again after a kill, and what the tables must hold in the end."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from hypothesis import strategies as st

from tests.targets.singer import INTEGER, TEXT, record, schema, state

Event = tuple[str, str, int, bool]
"""What happens, in which stream, to which row (or whether a column is added), and whether the record is not plain."""

STREAMS = ("keyed", "plain")
EVENTS = st.lists(
    st.one_of(
        st.tuples(st.just("record"), st.sampled_from(STREAMS), st.integers(0, 3), st.booleans()),
        st.tuples(st.just("delete"), st.just("keyed"), st.integers(0, 3), st.just(False)),
        st.tuples(st.just("schema"), st.sampled_from(STREAMS), st.integers(0, 1), st.just(False)),
        st.tuples(st.just("state"), st.just(""), st.just(0), st.just(False)),
    ),
    min_size=1,
    max_size=25,
)


@dataclass(frozen=True)
class Source:
    """The messages of events; `announced` says whether every stream's SCHEMA comes first or just before its rows."""

    events: list[Event]
    announced: bool = True

    def lines(self, known: int | None = None) -> list[bytes]:
        """What a tap sends that resumes after the state `known`, the number of its event."""
        first = 0 if known is None else known + 1
        lines, described = [], set()
        if self.announced:
            described = set(STREAMS)
            lines = [self._schema(stream, first) for stream in STREAMS]
        for number, (what, stream, _, _) in enumerate(self.events[first:], first):
            if what in ("record", "delete") and stream not in described:
                lines.append(self._schema(stream, number))
            described.add(stream)
            lines.append(self._line(number))
        return lines

    def keyed(self) -> dict[str, dict[str, Any]]:
        """The rows of the stream with a key: n and m of the last record that mentions them."""
        rows: dict[str, dict[str, Any]] = {}
        for what, values in self._records("keyed"):
            row = rows.setdefault(values["id"], {"n": None, "m": None})
            row["deleted"] = what == "delete"
            row.update({name: values[name] for name in ("n", "m") if name in values})
        return rows

    def added(self, stream: str) -> list[int | None]:
        """The n of all records of a stream, which its table holds where rows are added."""
        return [values.get("n") for _, values in self._records(stream)]

    def _records(self, stream: str) -> list[tuple[str, dict[str, Any]]]:
        return [
            (what, json.loads(self._line(number))["record"])
            for number, (what, of, _, _) in enumerate(self.events)
            if what in ("record", "delete") and of == stream
        ]

    def _line(self, number: int) -> bytes:
        """The message of an event; `n` is its number, so that no two are equal."""
        what, stream, which, odd = self.events[number]
        if what == "state":
            return state(number)
        if what == "schema":
            return self._schema(stream, number + 1)
        values: dict[str, Any] = {"id": str(which)}
        if what == "delete":
            return record(stream, **values, _sdc_deleted_at=f"2026-11-24T11:00:{number:02}+00:00")
        values["n"] = number
        if stream == "plain":
            values["x"] = "no number" if odd else number
        elif not odd:
            values["m"] = number
        if self._wide(stream, number):
            values["w"] = str(number)
        return record(stream, **values)

    def _schema(self, stream: str, before: int) -> bytes:
        """The stream's schema as it is before an event."""
        more: dict[str, Any] = {"w": TEXT} if self._wide(stream, before) else {}
        if stream == "plain":
            return schema(stream, (), id=TEXT, n=INTEGER, x=INTEGER, **more)
        return schema(stream, id=TEXT, n=INTEGER, m=INTEGER, **more)

    def _wide(self, stream: str, before: int) -> bool:
        changes = [which for what, of, which, _ in self.events[:before] if what == "schema" and of == stream]
        return bool(changes and changes[-1])
