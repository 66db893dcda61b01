"""A run within another program, as tests and notebooks make it, leaves that program's garbage to be collected."""

from __future__ import annotations

import gc
import io
import logging
from pathlib import Path

from targets.duckdb.kind import DUCKDB
from targets.loading.run import run_load
from tests.engine.vendor import STREAM, platform, run, vendor
from tests.targets.singer import joined, record, schema


def test_a_tap_keeps_nothing_from_the_collector(tmp_path: Path) -> None:
    tap = platform(tmp_path / "acme", STREAM)
    before = gc.get_freeze_count()
    with vendor(lambda _: {"data": [{"id": "1"}]}) as found:
        assert run(tap, found.url).ids("items") == ["1"]
    assert gc.get_freeze_count() == before


def test_a_target_keeps_nothing_from_the_collector(tmp_path: Path) -> None:
    settings = DUCKDB.settings.model_validate({"path": str(tmp_path / "warehouse.duckdb")})
    before = gc.get_freeze_count()
    lines = io.TextIOWrapper(io.BytesIO(joined(schema(), record(id="1", n=1))))
    assert run_load(DUCKDB, settings, lines, logging.getLogger("test"))["RECORD"] == 1
    assert gc.get_freeze_count() == before
