"""Taps of other people into our targets: what they say is what the tables hold, also in the second run."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest

from tests.compat.github import STREAMS, github
from tests.compat.installed import Program, program
from tests.postgres import fresh_database
from tests.targets.outages import breaking_proxy
from tests.targets.told import Told, assert_holds
from tests.targets.warehouse import DuckDBWarehouse, Warehouse

_WITHOUT_GITHUB = (
    "from tap_github import authenticator; from tap_github.tap import TapGitHub; "
    "authenticator.TokenManager.is_valid_token = lambda self: True; TapGitHub.cli()"
)
"""It asks api.github.com whether a token is valid, whatever its settings say."""

_ORDERS = """
CREATE TABLE orders (
    id bigint PRIMARY KEY, code varchar(20), price numeric(12,2), share double precision, weight numeric, paid boolean,
    at timestamptz, local timestamp, day date, hour time, tags text[], doc jsonb, token uuid, note text,
    changed timestamptz
);
INSERT INTO orders SELECT
    i, 'c' || i, i * 1.25, i / 3.0::float, 123456789012345678.123456789, i % 2 = 0,
    timestamptz '2026-01-01T10:00:00+02' + i * interval '1 hour', '2026-01-01 10:00:00.123456', '2026-02-28',
    '12:34:56', array['a', 'b' || i], '{"a": [1, null, {"b": 1e5}]}', gen_random_uuid(),
    CASE WHEN i % 3 = 0 THEN NULL ELSE E'é"\\\\ \\n' || i END, timestamptz '2026-01-01Z' + i * interval '1 day'
FROM generate_series(1, 20) i
"""


@pytest.fixture
def shop(postgres_18: str) -> Iterator[psycopg.Connection]:
    """A database to be read, with values of every common type."""
    with (
        fresh_database(postgres_18, "shop") as name,
        psycopg.connect(host=postgres_18, user="postgres", dbname=name, autocommit=True) as connection,
    ):
        connection.execute(_ORDERS)
        connection.execute("CREATE TABLE clicks (page text, n integer)")
        connection.execute("INSERT INTO clicks SELECT 'home', 1 FROM generate_series(1, 3)")
        yield connection


class Tap:
    """A tap of singer's old kind or of the SDK, with a catalog in which everything is chosen."""

    def __init__(self, program: Program, folder: Path, config: dict[str, Any]) -> None:
        self.program, self.folder = program, folder
        self.config = self._write("config.json", config)
        self.catalog = json.loads(program.run("--config", self.config, "--discover"))
        self.state: Any = None
        self.lines: list[bytes] = []

    def choose(self, method: str | None, streams: tuple[str, ...] | None = None, key: str | None = None) -> None:
        for stream in self.catalog["streams"]:
            chosen = streams is None or stream["tap_stream_id"] in streams
            for entry in stream["metadata"]:
                entry["metadata"]["selected"] = chosen
                if not entry["breadcrumb"] and method is not None:
                    keyed = key is not None and key in stream["schema"]["properties"]
                    entry["metadata"]["replication-method"] = method if keyed or key is None else "FULL_TABLE"
                    entry["metadata"] |= {"replication-key": key} if keyed else {}

    def read(self) -> list[bytes]:
        """Runs from the last state."""
        arguments = ["--config", self.config, "--catalog", self._write("catalog.json", self.catalog)]
        if self.state is not None:
            arguments += ["--state", self._write("state.json", self.state)]
        lines = self.program.run(*arguments).splitlines()
        self.lines += lines
        self.state = Told(self.lines).states[-1]
        return lines

    def _write(self, name: str, value: Any) -> str:
        (file := self.folder / name).write_text(json.dumps(value))
        return str(file)


def _connection(shop: psycopg.Connection) -> dict[str, Any]:
    return {"host": shop.info.host, "port": 5432, "user": "postgres", "password": "none"}


def _load_and_compare(warehouse: Warehouse, tap: Tap, table_of: Callable[[str], str]) -> None:
    outcome = warehouse.load(tap.read(), hard_delete=True)
    assert outcome.error is None
    assert outcome.states[-1] == tap.state
    told = Told(tap.lines)
    for stream in told.columns:
        assert_holds(warehouse, table_of(stream), told, stream)


def _change(shop: psycopg.Connection) -> None:
    shop.execute("UPDATE orders SET note = 'changed', changed = '2026-06-01' WHERE id = 3")
    shop.execute("INSERT INTO orders (id, note, changed) VALUES (21, '', '2026-06-02')")
    shop.execute("INSERT INTO clicks VALUES ('cart', 2)")


@pytest.mark.parametrize("method", ["FULL_TABLE", "INCREMENTAL"])
def test_pipelinewise_tap_postgres(shop: psycopg.Connection, warehouse: Warehouse, tmp_path: Path, method: str) -> None:
    tap = Tap(
        program("pipelinewise-tap-postgres", "tap-postgres"),
        tmp_path,
        {**_connection(shop), "dbname": shop.info.dbname},
    )
    tap.choose(method, key="changed" if method == "INCREMENTAL" else None)
    for change in (None, _change):
        if change is not None:
            change(shop)
            if method == "FULL_TABLE":
                shop.execute("DELETE FROM orders WHERE id = 5")
        _load_and_compare(warehouse, tap, lambda stream: stream.replace("-", "."))
    ids = {row["id"] for row in warehouse.rows("public.orders", ["id"])}
    assert ids == set(range(1, 22)) - ({5} if method == "FULL_TABLE" else set())
    assert len(warehouse.rows("public.clicks", ["page"])) == 4


@pytest.mark.parametrize("method", ["FULL_TABLE", "INCREMENTAL"])
def test_meltanolabs_tap_postgres(shop: psycopg.Connection, warehouse: Warehouse, tmp_path: Path, method: str) -> None:
    asked = program("meltanolabs-tap-postgres", "tap-postgres")
    with breaking_proxy(shop.info.host, b"nothing breaks", 1) as port:
        config = {**_connection(shop), "host": "127.0.0.1", "port": port, "database": shop.info.dbname}
        tap = Tap(asked, tmp_path, config)
        tap.choose(method, ("public-orders",), key="changed" if method == "INCREMENTAL" else None)
        _load_and_compare(warehouse, tap, lambda stream: stream.replace("-", "."))
        _change(shop)
        _load_and_compare(warehouse, tap, lambda stream: stream.replace("-", "."))
    assert len(warehouse.rows("public.orders", ["id"])) == 21


def test_meltanolabs_tap_github(warehouse: Warehouse, tmp_path: Path) -> None:
    with github() as address:
        config = {"api_url_base": address, "auth_token": "none", "organizations": ["acme"], "start_date": "2020-01-01"}
        tap = Tap(program("meltanolabs-tap-github", "tap-github", _WITHOUT_GITHUB), tmp_path, config)
        tap.choose(None, STREAMS)
        schema = "main" if isinstance(warehouse, DuckDBWarehouse) else "public"
        _load_and_compare(warehouse, tap, lambda stream: f"{schema}.{stream}")
    told = Told(tap.lines)
    assert set(told.columns) == set(STREAMS)
    assert all(told.rows(stream) for stream in STREAMS)
