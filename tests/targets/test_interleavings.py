"""Random interleavings of streams, schema changes, states, batch sizes and kills, against a model of the table."""

from __future__ import annotations

import json
from functools import partial
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from targets.duckdb.connect import connect
from targets.duckdb.settings import DuckDBSettings
from targets.duckdb.store import DuckDBStore
from targets.loading import ledger, tables
from targets.loading.loader import Loader
from targets.loading.store import Store
from tests.targets.singer import INTEGER, TEXT, record, schema, state
from tests.targets.warehouse import LOG

_STREAMS = ("keyed", "plain")
_EVENTS = st.lists(
    st.one_of(
        st.tuples(st.just("record"), st.sampled_from(_STREAMS), st.integers(0, 3), st.booleans()),
        st.tuples(st.just("delete"), st.just("keyed"), st.integers(0, 3), st.just(False)),
        st.tuples(st.just("schema"), st.sampled_from(_STREAMS), st.booleans(), st.just(False)),
        st.tuples(st.just("state"), st.just(""), st.just(0), st.just(False)),
    ),
    min_size=1,
    max_size=25,
)


def _lines(events: list[tuple[str, str, int, bool]]) -> list[bytes]:
    """Messages whose `n` is the number of the event, so that each version of a row is told apart."""
    lines = [schema("keyed", id=TEXT, n=INTEGER, m=INTEGER), schema("plain", (), id=TEXT, n=INTEGER)]
    wide = dict.fromkeys(_STREAMS, False)
    for number, (what, stream, which, incomplete) in enumerate(events):
        if what == "schema":
            wide[stream] = bool(which)
            more = {"w": TEXT} if which else {}
            both = {"m": INTEGER} if stream == "keyed" else {}
            lines.append(schema(stream, ("id",) if both else (), id=TEXT, n=INTEGER, **both, **more))
        elif what == "record":
            values: dict[str, Any] = {"id": str(which), "n": number}
            if stream == "keyed" and not incomplete:
                values["m"] = number
            if wide[stream]:
                values["w"] = str(number)
            lines.append(record(stream, **values))
        elif what == "delete":
            lines.append(record("keyed", id=str(which), _sdc_deleted_at="2026-11-24T11:00:00+00:00"))
        else:
            lines.append(state(number))
    return lines


def _model(lines: list[bytes]) -> tuple[dict[str, dict[str, Any]], list[int]]:
    keyed: dict[str, dict[str, Any]] = {}
    plain: list[int] = []
    for line in lines:
        message = json.loads(line)
        if message["type"] != "RECORD":
            continue
        values = message["record"]
        if message["stream"] == "plain":
            plain.append(values["n"])
        else:
            row = keyed.setdefault(values["id"], {"n": None, "m": None})
            row["deleted"] = "_sdc_deleted_at" in values
            row.update({name: values[name] for name in ("n", "m") if name in values})
    return keyed, sorted(plain)


def _resumed(lines: list[bytes], value: int | None) -> list[bytes]:
    """What the tap sends again: every schema, and what followed the state."""
    at = 0 if value is None else next(i for i, line in enumerate(lines) if line == state(value)) + 1
    schemas = [line for line in lines[:at] if b'"SCHEMA"' in line]
    return schemas + lines[at:]


def _read(store: Store) -> tuple[dict[str, dict[str, Any]], list[int]]:
    rows = store.query("SELECT id, n, m, _sdc_deleted_at IS NOT NULL FROM shop.keyed")
    keyed = {key: {"n": n, "m": m, "deleted": deleted} for key, n, m, deleted in rows}
    assert len(keyed) == len(rows)
    return keyed, sorted(n for (n,) in store.query("SELECT n FROM shop.plain"))


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(events=_EVENTS, batch=st.integers(1, 6), cut=st.integers(0, 26))
def test_tables_equal_the_source_after_a_kill(events: list[tuple[str, str, int, bool]], batch: int, cut: int) -> None:
    lines = _lines(events)
    config = DuckDBSettings(path=":memory:", batch_size_rows=batch, pipeline_id="p")
    store = DuckDBStore(partial(connect, config, LOG))
    tables.prepare(store)
    ledger.prepare(store)
    emitted: list[int] = []
    killed = Loader(store, config, lambda value: emitted.append(json.loads(value)["bookmarks"]), LOG)
    for line in lines[:cut]:
        killed.feed(line)
    committed = store.query("SELECT value FROM _engarde.state")
    assert [json.loads(value)["bookmarks"] for (value,) in committed] == emitted[-1:]
    again = Loader(store, config, lambda _: None, LOG)
    for line in _resumed(lines, emitted[-1] if emitted else None):
        again.feed(line)
    again.finish(complete=True)
    found = _read(store)
    store.close()
    assert found == _model(lines)
