"""Where a DuckDB warehouse may be: files of any name, several of them, without extensions, and MotherDuck."""

from __future__ import annotations

import subprocess
from pathlib import Path
from typing import Any

import duckdb
import pytest

from targets.duckdb import connect
from targets.duckdb.settings import DuckDBSettings
from targets.duckdb.store import DuckDBStore
from targets.loading.settings import LoadSettings
from targets.loading.store import Store
from tests.targets.singer import INTEGER, TEXT, joined, record, schema, state
from tests.targets.warehouse import LOG, DuckDBWarehouse

TOKEN = "canary-4242"
EVERY_TYPE = schema(
    id=TEXT, n=INTEGER, big={"type": "integer", "maximum": 2**80}, paid={"type": "boolean"}, share={"type": "number"},
    price={"type": "string", "format": "x-singer.decimal"}, at={"type": "string", "format": "date-time"},
    day={"type": "string", "format": "date"}, lines={"type": "array"},
)  # fmt: skip
RECORD: dict[str, Any] = {
    "id": "a", "n": 1, "big": 2**70, "paid": True, "share": 0.5, "price": "1.25", "at": "2026-01-01T00:00:00+00:00",
    "day": "2026-01-01", "lines": [{"sku": "x"}],
}  # fmt: skip


@pytest.mark.parametrize(
    "name",
    ["shop.duckdb", "_engarde.duckdb", "orders.duckdb", "temp.duckdb", "information_schema.duckdb", 'it\'s; "é".db'],
)
def test_a_file_may_be_called_like_a_schema_or_anything(tmp_path: Path, name: str) -> None:
    file = DuckDBWarehouse(tmp_path / name)
    assert file.load([schema(), record(id="a", n=1), state(1)]).states == [{"bookmarks": 1}]
    assert file.load([schema(), record(id="a", n=2), state(2)]).states == [{"bookmarks": 2}]
    assert file.rows("shop.orders", ["id", "n"]) == [{"id": "a", "n": 2}]


def test_several_files_are_loaded_at_once_and_read_together(tmp_path: Path) -> None:
    files = [DuckDBWarehouse(tmp_path / f"{name}.duckdb") for name in ("north", "south")]
    runs = []
    for number, file in enumerate(files):
        (folder := tmp_path / file.path.stem).mkdir()
        runs.append(subprocess.Popen(file.command(folder), stdin=subprocess.PIPE, stdout=subprocess.PIPE))
        stdin = runs[-1].stdin
        assert stdin is not None
        stdin.write(joined(schema(), record(id=file.path.stem, n=number), state(number)))
        stdin.flush()
    assert [run.communicate(timeout=240)[0] for run in runs] == [b'{"bookmarks": 0}\n', b'{"bookmarks": 1}\n']
    with duckdb.connect() as reader:
        for file in files:
            reader.execute(f"ATTACH '{file.path}' (READ_ONLY)")
        both = "SELECT id, n FROM north.shop.orders UNION ALL SELECT id, n FROM south.shop.orders ORDER BY n"
        assert reader.execute(both).fetchall() == [("north", 0), ("south", 1)]


class WithoutExtensions(DuckDBWarehouse):
    """A DuckDB that neither finds nor fetches an extension."""

    def open(self, settings: LoadSettings) -> Store:
        assert isinstance(settings, DuckDBSettings)

        def opened() -> duckdb.DuckDBPyConnection:
            connection = connect.connect(settings, LOG)
            connection.execute("SET autoload_known_extensions = false")
            connection.execute(f"SET extension_directory = '{self.path.parent / 'none'}'")
            return connection

        return DuckDBStore(opened)


def test_no_extension_is_needed(tmp_path: Path) -> None:
    file = WithoutExtensions(tmp_path / "warehouse.duckdb")
    outcome = file.load([EVERY_TYPE, record(**RECORD), record(id="b", at="0000-00-00"), state(1)])
    assert outcome.error is None
    (row,) = (row for row in file.rows("shop.orders", RECORD) if row["id"] == "a")
    assert row == RECORD
    linked = "SELECT extension_name FROM duckdb_extensions() WHERE loaded AND install_mode <> 'STATICALLY_LINKED'"
    assert file.query(linked) == []
    assert file.query("SELECT current_setting('autoinstall_known_extensions')") == [(False,)]


@pytest.mark.parametrize("path", ["md:shop", "motherduck:shop"])
def test_motherduck_gets_its_address_and_the_token_apart(monkeypatch: pytest.MonkeyPatch, path: str) -> None:
    asked: list[tuple[object, object]] = []

    def connected(where: object, config: object) -> duckdb.DuckDBPyConnection:
        asked.append((where, config))
        return real()

    real = duckdb.connect
    monkeypatch.setattr(duckdb, "connect", connected)
    settings = DuckDBSettings.model_validate({"path": path, "token": TOKEN})
    connect.connect(settings, LOG).close()
    assert asked == [(path, {"motherduck_token": TOKEN})]
    assert TOKEN not in repr(settings)


def test_motherduck_that_cannot_be_reached_is_one_line_without_the_token(tmp_path: Path) -> None:
    file = DuckDBWarehouse(tmp_path / "none")
    # Nobody listens there: the extension is not fetched where there is a network either.
    result = subprocess.run(
        file.command(tmp_path, path="md:shop", token=TOKEN),
        input=joined(schema(), record(id="a", n=1), state(1)),
        env={"HOME": str(tmp_path), "PYTHONPATH": str(Path.cwd()), "HTTP_PROXY": "http://127.0.0.1:9"},
        capture_output=True, timeout=240, check=False,
    )  # fmt: skip
    assert result.returncode == 1
    last = result.stderr.decode().strip().splitlines()[-1]
    assert last.startswith("target-duckdb: path md:shop: DuckDB cannot open it: ")
    assert "motherduck" in last
    assert TOKEN.encode() not in result.stderr
    assert result.stdout == b""


@pytest.mark.parametrize(
    ("config", "phrase"),
    [
        ({"path": f"md:shop?motherduck_token={TOKEN}"}, "path holds parameters"),
        ({"path": "shop.duckdb", "token": TOKEN}, "token is for MotherDuck"),
    ],
)
def test_a_token_in_the_wrong_place_is_refused_and_not_shown(
    tmp_path: Path, config: dict[str, str], phrase: str
) -> None:
    result = DuckDBWarehouse(tmp_path / "none").run(tmp_path, b"", **config)
    assert result.returncode == 1
    assert phrase in result.stderr.decode()
    assert TOKEN.encode() not in result.stderr
