"""Published states stay open for the next reader, and hold up neither writers nor those who come for a newer one."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import duckdb
import pytest

from orchestrate.data.errors import CursorGoneError
from orchestrate.warehouse import published
from orchestrate.warehouse.place import Place
from orchestrate.warehouse.published import MOST_OPEN, opened, publish

Openings = list[Path]


@pytest.fixture
def openings(monkeypatch: pytest.MonkeyPatch) -> Openings:
    """Which files were opened."""
    found: Openings = []
    connect: Callable[[Path], duckdb.DuckDBPyConnection] = published._connect

    def noted(path: Path) -> duckdb.DuckDBPyConnection:
        found.append(path)
        return connect(path)

    monkeypatch.setattr(published, "_connect", noted)
    return found


def warehouse(folder: Path, rows: int) -> Place:
    folder.mkdir(exist_ok=True)
    made = Place(folder, folder / "w.duckdb")
    write(made, rows)
    return made


def write(made: Place, rows: int) -> str:
    with duckdb.connect(str(made.path)) as connection:
        connection.execute("CREATE OR REPLACE TABLE things AS SELECT range AS i, now() AS at FROM range(?)", [rows])
    return publish(made)


def count(made: Place, version: str | None = None) -> tuple[int, str]:
    with opened(made, version) as (connection, found):
        row = connection.execute("SELECT count(*), current_setting('TimeZone') FROM things").fetchone()
        assert row is not None and row[1] == "UTC"
        return row[0], found


def test_many_readers_open_a_state_once_and_a_new_one_is_seen(tmp_path: Path, openings: Openings) -> None:
    made = warehouse(tmp_path, 1)
    with ThreadPoolExecutor(8) as pool:
        assert {rows for rows, _ in pool.map(lambda _: count(made), range(40))} == {1}
    assert len(openings) == 1
    first = count(made)[1]
    write(made, 2)
    assert count(made)[0] == 2 and count(made, first)[0] == 1, "a list goes on in the state that it began in"
    write(made, 3)
    assert count(made)[0] == 3
    with pytest.raises(CursorGoneError):
        count(made, first)
    assert len(openings) == 3


def test_only_so_many_are_open_and_who_reads_one_goes_on(tmp_path: Path, openings: Openings) -> None:
    all_ = [warehouse(tmp_path / str(number), number) for number in range(MOST_OPEN + 1)]
    with opened(all_[0]) as (connection, _):
        for number, each in enumerate(all_[1:], 1):
            assert count(each)[0] == number
        assert connection.execute("SELECT count(*) FROM things").fetchone() == (0,)
    assert count(all_[0])[0] == 0
    assert len(openings) == MOST_OPEN + 2
