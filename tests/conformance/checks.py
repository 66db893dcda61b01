"""The checks every platform has to pass: their registry, and the case that one platform is while they run."""

import copy
from collections.abc import Callable, Collection, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from taps.engine.cursor import Cursor
from taps.engine.load import PLATFORMS
from taps.engine.manifest import Manifest, Stream
from taps.engine.one import columns_of
from tests.conformance.bench import Bench, Ran, bench, tap_of

Complaints = Iterator[str]
ABSENT = "999999999999"
"""The id of a record that no vendor here has."""


class Case:
    """One platform under test; what several checks look at is done once."""

    def __init__(self, platform: str, folder: Path | None = None) -> None:
        self.platform, self.folder = platform, folder or PLATFORMS / platform
        self.loaded: dict[str, Any] = {}
        """What was loaded from the usual runs, by engine."""

    def bench(self, **more: Any) -> AbstractContextManager[Bench]:
        """The platform with a vendor of its own and at the beginning of time."""
        return bench(self.platform, self.folder, known_catalog=self.catalog, probe=self.probe, **more)

    @cached_property
    def manifest(self) -> Manifest:
        """The platform's manifest."""
        return tap_of(self.platform, self.folder).manifest

    @cached_property
    def usual(self) -> "Usual":
        """A first run of all streams, a second one a day later, and one of single records."""
        with self.bench() as here:
            first = here.run()
            here.time.advance(days=1)
            second = here.run(state=copy.deepcopy(first.state))
            wanted = {name: self._wanted(name, row) for name, row in self._single(first).items()}
            single = here.run(only=list(wanted), objects=wanted, state=copy.deepcopy(second.state)) if wanted else None
            return Usual(here, first, second, single)

    def _wanted(self, name: str, row: dict[str, Any]) -> list[list[Any]]:
        """What names a record, and one that is not there."""
        columns = self.columns_named(name)
        return [[row[column] for column in columns], [ABSENT for _ in columns]]

    def columns_named(self, name: str) -> list[str]:
        """The columns that say which record of a stream is meant, where one is read by itself."""
        one, key = self.stream(name).one, self.stream(name).key
        return columns_of(one, key) if one is not None and isinstance(key, list) else []

    def is_below(self, name: str, others: Collection[str]) -> bool:
        """Whether a stream is read for each record of one of these, or of one below them."""
        parent = self.stream(name).parent
        above = parent.stream if parent is not None else None
        return above is not None and (above in others or self.is_below(above, others))

    def _single(self, first: Ran) -> dict[str, dict[str, Any]]:
        """Stream -> the first of its records by what names them, of those that are read by themselves."""
        found = {}
        for name in self.streams:
            columns = self.columns_named(name)
            rows = [row for row in first.records(name) if row.get("_sdc_deleted_at") is None]
            if columns and rows:
                found[name] = min(rows, key=lambda row: [str(row[column]) for column in columns])
        return found

    @cached_property
    def single(self) -> dict[str, dict[str, Any]]:
        """What the usual third run read by its name, as its list had it."""
        return self._single(self.usual.first)

    @cached_property
    def catalog(self) -> dict[str, Any]:
        """The catalog as discovered."""
        with bench(self.platform, self.folder) as here:
            return here.catalog()

    def stream(self, name: str) -> Stream:
        """A stream with the defaults filled in."""
        return self.manifest.resolved(name)

    @property
    def streams(self) -> list[str]:
        """The streams offered to the user that are there for every account."""
        return [name for name, stream in self.manifest.streams.items() if not stream.helper and stream.each is None]

    @cached_property
    def probe(self) -> str:
        """The stream that is asked for when one is enough: it stands alone and its list goes on over pages."""
        return max(self.streams, key=self._worth)

    def _worth(self, name: str) -> tuple[bool, bool, bool, bool]:
        stream = self.stream(name)
        words = stream.first if stream.first is not None and stream.first.job else stream
        paged = stream.pages is not None and stream.pages.kind != "none"
        return (
            stream.parent is None and words.job is None and stream.format == "json",
            paged,
            isinstance(stream.cursor, Cursor),
            stream.changes is None,
        )

    @cached_property
    def probes(self) -> list[str]:
        """One stream of each way of being read: by its paging, its cursor and its parents."""
        found: dict[tuple[Any, ...], str] = {}
        for name in self.streams:
            stream = self.stream(name)
            cursor = stream.cursor
            kind = (
                stream.pages.kind if stream.pages else None, type(cursor).__name__, stream.job,
                stream.changes is not None, stream.parent is None, stream.first is not None,
                (cursor.order, cursor.format, cursor.includes, cursor.filter) if isinstance(cursor, Cursor) else None,
            )  # fmt: skip
            found.setdefault(kind, name)
        return list(found.values())


@dataclass
class Usual:
    """What happened on a first and on a second run without any trouble, and where records were read by their ids."""

    bench: Bench
    first: Ran
    second: Ran
    single: Ran | None


@dataclass(frozen=True)
class Check:
    """One thing every platform is checked for; `run` yields a sentence for each thing that is wrong."""

    name: str
    proves: str
    defect: str
    run: Callable[[Case], Complaints]
    topic: str


CHECKS: dict[str, Check] = {}


def check(proves: str, *, defect: str) -> Callable[[Callable[[Case], Complaints]], Callable[[Case], Complaints]]:
    """Registers a function as a check of its own name; `defect` says what is planted to see that it finds something."""

    def register(function: Callable[[Case], Complaints]) -> Callable[[Case], Complaints]:
        topic = function.__module__.rpartition(".checks_")[2]
        CHECKS[function.__name__] = Check(function.__name__, proves, defect, function, topic)
        return function

    return register


def complaints(name: str, case: Case) -> list[str]:
    """What a check has to say of a platform, at most ten sentences."""
    found: list[str] = []
    for sentence in CHECKS[name].run(case):
        found.append(sentence)
        if len(found) == 10:
            break
    return found
