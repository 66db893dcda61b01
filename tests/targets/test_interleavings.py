"""Random interleavings of streams, schema changes, states, batch sizes and kills, against a model of the table."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from typing import Any, NamedTuple

from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from targets.duckdb.connect import connect
from targets.duckdb.settings import DuckDBSettings
from targets.duckdb.store import DuckDBStore
from targets.loading import ledger, tables
from targets.loading.loader import Loader
from targets.loading.settings import LoadSettings
from targets.loading.store import Store
from tests.targets.interleaved import EVENTS, Event, Source
from tests.targets.warehouse import LOG, PostgresWarehouse


class Kill(NamedTuple):
    """A run that dies: after `lines` lines, or at the first state after them, before or after the tap has it."""

    batch: int
    lines: int
    moment: str


KILLS = st.lists(
    st.builds(Kill, st.integers(1, 6), st.integers(0, 26), st.sampled_from(["line", "commit", "state"])),
    min_size=1,
    max_size=4,
)


class KilledError(BaseException):
    """The target is no more."""


@dataclass
class Pipeline:
    """A tap that resumes from the last state it got, and a target that dies now and then."""

    store: Store
    config: Callable[[int], LoadSettings]
    source: Source
    known: int | None = None
    fed: int = 0
    dying: Kill | None = field(default=None)

    def run(self, batch: int, kill: Kill | None = None) -> None:
        self.fed, self.dying = 0, kill
        tables.prepare(self.store)
        ledger.prepare(self.store)
        loader = Loader(self.store, self.config(batch), self._emit, LOG)
        lines = self.source.lines(self.known)
        try:
            for line in lines if kill is None else lines[: kill.lines] if kill.moment == "line" else lines:
                self.fed += 1
                loader.feed(line)
            if kill is None:
                loader.finish(complete=True)
        except KilledError:
            pass

    def _emit(self, value: bytes) -> None:
        dies = self.dying is not None and self.fed > self.dying.lines
        if dies and self.dying is not None and self.dying.moment == "commit":
            raise KilledError
        self.known = json.loads(value)["bookmarks"]
        self._check_rows_are_there()
        if dies:
            raise KilledError

    def _check_rows_are_there(self) -> None:
        """Whatever lies before a state that is out is in the tables, at least as new."""
        before = Source(self.source.events[: (self.known or 0) + 1], self.source.announced)
        assert set(before.added("plain")) <= {n for (n,) in self.column("plain", "n")}
        newest: dict[str, int] = {}
        for key, n in self.column("keyed", "id, n"):
            newest[key] = max(newest.get(key, -1), -1 if n is None else n)
        for key, row in before.keyed().items():
            assert newest[key] >= (-1 if row["n"] is None else row["n"])

    def column(self, table: str, columns: str) -> list[tuple[Any, ...]]:
        there = self.store.table_columns("shop", table)
        return self.store.query(f"SELECT {columns} FROM shop.{table}") if there else []


def _check_upsert(pipeline: Pipeline) -> None:
    rows = pipeline.column("keyed", "id, n, m, _sdc_deleted_at IS NOT NULL")
    keyed = {key: {"n": n, "m": m, "deleted": deleted} for key, n, m, deleted in rows}
    assert len(keyed) == len(rows)
    assert keyed == pipeline.source.keyed()
    assert sorted(n for (n,) in pipeline.column("plain", "n")) == pipeline.source.added("plain")


def _check_append(pipeline: Pipeline) -> None:
    for stream in ("keyed", "plain"):
        found = [n for (n,) in pipeline.column(stream, "n")]
        assert sorted(found, key=str) == sorted(pipeline.source.added(stream), key=str)


def _killed_and_resumed(pipeline: Pipeline, kills: list[Kill]) -> None:
    for kill in kills:
        pipeline.run(kill.batch, kill)
    pipeline.run(3)


def _in_memory(source: Source, **config: Any) -> Pipeline:
    made = partial(DuckDBSettings, path=":memory:", pipeline_id="p", **config)
    return Pipeline(DuckDBStore(partial(connect, made(), LOG)), lambda rows: made(batch_size_rows=rows), source)


_EXAMPLES = int(os.environ.get("EXAMPLES", "30"))
_thorough = settings(max_examples=_EXAMPLES, deadline=None, suppress_health_check=[HealthCheck.too_slow])
_PLAIN: Event = ("record", "plain", 0, False)
_KEYED: Event = ("record", "keyed", 0, False)
_DELETE: Event = ("delete", "keyed", 0, False)
_STATE: Event = ("state", "", 0, False)


@_thorough
@given(events=EVENTS, kills=KILLS, announced=st.booleans())
@example(events=[_PLAIN, _DELETE, _PLAIN], kills=[Kill(1, 5, "line")], announced=True)
@example(events=[_PLAIN, _STATE, _PLAIN], kills=[Kill(6, 9, "commit"), Kill(1, 4, "state")], announced=True)
@example(events=[_KEYED, _STATE, _PLAIN], kills=[Kill(1, 5, "line"), Kill(1, 2, "state")], announced=False)
def test_tables_equal_the_source_after_kills(events: list[Event], kills: list[Kill], announced: bool) -> None:
    pipeline = _in_memory(Source(events, announced))
    _killed_and_resumed(pipeline, kills)
    _check_upsert(pipeline)
    pipeline.store.close()


@_thorough
@given(events=EVENTS, kills=KILLS, announced=st.booleans())
def test_appended_tables_equal_the_source_after_kills(events: list[Event], kills: list[Kill], announced: bool) -> None:
    pipeline = _in_memory(Source(events, announced), load_method="append-only")
    _killed_and_resumed(pipeline, kills)
    _check_append(pipeline)
    pipeline.store.close()


@_thorough
@given(events=EVENTS, kills=KILLS)
def test_overwritten_tables_equal_the_source_after_kills(events: list[Event], kills: list[Kill]) -> None:
    pipeline = _in_memory(Source(events), load_method="overwrite")
    _killed_and_resumed(pipeline, kills)
    _check_upsert(pipeline)
    pipeline.store.close()


@settings(
    max_examples=15,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)
@given(events=EVENTS, kills=KILLS, announced=st.booleans())
def test_postgres_equals_the_source_after_kills(
    postgres: PostgresWarehouse, events: list[Event], kills: list[Kill], announced: bool
) -> None:
    config = partial(postgres.settings.model_validate, {**postgres.emptied().config(), "pipeline_id": "p"})
    store = postgres.open(config())
    pipeline = Pipeline(
        store,
        lambda rows: postgres.settings.model_validate(
            {**postgres.config(), "pipeline_id": "p", "batch_size_rows": rows}
        ),
        Source(events, announced),
    )
    _killed_and_resumed(pipeline, kills)
    _check_upsert(pipeline)
    store.close()
