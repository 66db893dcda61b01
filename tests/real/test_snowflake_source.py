"""tap-snowflake through Snowflake's own connector against fakesnow, which answers the connector's protocol from DuckDB.

What fakesnow cannot show (logins, rights, warehouses, Snowflake's own text of every type) is not proven here.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from taps.engine.errors import BadSetting
from tests.databases.reading import Pipe, read
from tests.real.pipeline import load
from tests.servers import free_port, running

snowflake = pytest.importorskip("snowflake.connector")
pytestmark = pytest.mark.real("snowflake")
_COUNTER = itertools.count()


@pytest.fixture(scope="module")
def port() -> Iterator[int]:
    port = free_port()
    with running("snowflake", "fakesnow", "-s", "-p", str(port), port=port):
        yield port


class Source:
    """A database to read from, and someone who writes into it."""

    def __init__(self, port: int, database: str) -> None:
        self.login = {"account": "fakesnow", "user": "someone", "password": "made-up", "host": "localhost"}
        self.login |= {"port": port, "protocol": "http", "database": database}
        self._connection = snowflake.connect(**self.login, schema="SHOP")

    def run(self, *statements: str) -> None:
        with self._connection.cursor() as cursor:
            for statement in statements:
                cursor.execute(statement)

    def config(self, **more: Any) -> dict[str, Any]:
        return {**self.login, **more}


@pytest.fixture
def source(port: int) -> Source:
    return Source(port, f"SOURCE{next(_COUNTER)}")


def test_values_keep_their_types(source: Source) -> None:
    source.run(
        "CREATE TABLE t (id number(38, 0) PRIMARY KEY, price number(10, 2), ratio float, yes boolean, word varchar, "
        "moment timestamp_tz, wall timestamp_ntz, day date, clock time, document variant, list array)",
        "INSERT INTO t (id, price, ratio, yes, word, moment, wall, day, clock) VALUES "
        "(9007199254740993, 1.10, 0.1, true, '50% ä''', "
        "'2024-07-01 12:00:00+02:00', '2024-07-01 12:00:00.123456', '2024-02-29', '10:00:00')",
        """INSERT INTO t (id, document, list) SELECT 2, parse_json('{"a": [1, null]}'), parse_json('[1, 2]')""",
    )
    found = read("snowflake", source.config())
    rows = {row["ID"]: row for row in found.records("SHOP__T")}
    assert rows[9007199254740993] == {
        "_connection_id": "default", "ID": 9007199254740993, "PRICE": "1.10", "RATIO": 0.1,
        "YES": True, "WORD": "50% ä'", "MOMENT": "2024-07-01T10:00:00Z", "WALL": "2024-07-01T12:00:00.123456Z",
        "DAY": "2024-02-29", "CLOCK": "10:00:00", "DOCUMENT": None, "LIST": None, "_extra": None,
    }  # fmt: skip
    assert (rows[2]["DOCUMENT"], rows[2]["LIST"], rows[2]["PRICE"]) == ({"a": [1, None]}, [1, 2], None)
    assert found.schema("SHOP__T")["key_properties"] == ["_connection_id", "ID"]


def test_increments_deletes_and_views_into_duckdb(source: Source, tmp_path: Path) -> None:
    source.run(
        "CREATE TABLE t (id int PRIMARY KEY, changed timestamp_tz)",
        "INSERT INTO t VALUES (1, '2024-01-01 00:00:00+00:00'), (2, '2024-01-02 00:00:00+00:00')",
        "CREATE VIEW v AS SELECT id FROM t",
    )
    first = load("tap-snowflake", source.config(), tmp_path)
    assert first.code == 0, first.log
    source.run("DELETE FROM t WHERE id = 1")
    second = load("tap-snowflake", source.config(), tmp_path, state=first.state)
    assert [row["ID"] for row in second.rows("snowflake.SHOP__T") if row["_sdc_deleted_at"] is None] == [2]
    config = source.config(replication_keys={"SHOP.T": "CHANGED"}, lookback=0)
    increment = read("snowflake", config)
    source.run("INSERT INTO t VALUES (3, '2024-01-02 00:00:00+00:00'), (4, '2024-01-01 00:00:00+00:00')")
    later = read("snowflake", config, state=increment.state)
    assert sorted(row["ID"] for row in later.records("SHOP__T")) == [2, 3]


def test_an_interrupted_table_goes_on_behind_its_last_key(source: Source) -> None:
    source.run(
        "CREATE TABLE t (id int PRIMARY KEY, filling varchar)",
        "INSERT INTO t SELECT seq4(), repeat('x', 400) FROM TABLE(generator(rowcount => 15000))",
    )
    killed = read("snowflake", source.config(), pipe=Pipe(breaks_after=4_000_000))
    assert 0 < killed.counts["SHOP__T"] < 15000
    resumed = read("snowflake", source.config(), state=killed.state)
    ids = {row["ID"] for part in (killed, resumed) for row in part.records("SHOP__T")}
    assert len(ids) == 15000
    assert resumed.counts["SHOP__T"] < 15000
    assert resumed.versions("SHOP__T") == killed.versions("SHOP__T")


def test_a_key_that_is_no_key_is_refused_before_anything_is_sent(source: Source) -> None:
    with pytest.raises(BadSetting, match="private key is not PEM"):
        read("snowflake", source.config(private_key="no key at all"))
