"""tap-mysql against a real MariaDB server: every kind of value, changes, deletes, interruptions, refusals."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pymysql
import pytest

from taps.databases.connection import Database
from taps.databases.load import load as manifest_of
from taps.databases.reading import FIRST_PAGE
from taps.databases.settings import read_settings
from taps.engine.errors import BadSetting, LoginRefused, Unreachable, VendorRefused
from tests.databases.reading import Pipe, read
from tests.mariadb import mariadb_server
from tests.real.pipeline import load

pytestmark = pytest.mark.real("mysql")

_COUNTER = itertools.count()


@pytest.fixture(scope="module")
def socket() -> Iterator[str]:
    with mariadb_server() as file:
        yield file


class Source:
    """A database to read from, and someone else who writes into it."""

    def __init__(self, socket: str, database: str) -> None:
        self.socket, self.database = socket, database
        self._connection = pymysql.connect(unix_socket=socket, user="root", autocommit=True)

    def run(self, *statements: str) -> list[tuple[Any, ...]]:
        with self._connection.cursor() as cursor:
            for statement in statements:
                cursor.execute(statement)
            return list(cursor.fetchall())

    def config(self, **more: Any) -> dict[str, Any]:
        return {"socket": self.socket, "user": "root", "database": self.database, **more}


@pytest.fixture
def source(socket: str) -> Iterator[Source]:
    source = Source(socket, f"source{next(_COUNTER)}")
    source.run(f"CREATE DATABASE {source.database}", f"USE {source.database}", "SET sql_mode = ''")
    yield source
    source.run(f"DROP DATABASE {source.database}")


VALUES = """
CREATE TABLE odd (
    id bigint unsigned PRIMARY KEY, tiny tinyint, flag tinyint(1), big bigint, exact decimal(38, 10),
    enormous decimal(65, 30), whole decimal(30, 0), small float, wide double, bits bit(64), word varchar(50),
    letter enum('a', 'b'), letters set('x', 'y', 'z'), day date, wall datetime(6), moment timestamp(3) NULL, clock time,
    yr year, bytes varbinary(20), picture blob, document json, place point, `strange % {name}` text
) CHARACTER SET utf8mb4
"""
ROW = """
INSERT INTO odd VALUES (
    18446744073709551615, -128, 2, -9223372036854775808, 1234567890123456789012345678.0123456789,
    12345678901234567890123456789012345.5, 123456789012345678901234567890, 0.1, 0.1, b'1111111111111111111111111111111111111111111111111111111111111111',
    'ä\\'"\\\\\U0001f600', 'b', 'x,z', '2024-02-29', '2024-07-01 12:00:00.123456', '2024-07-01 12:00:00.500', '-838:59:59', 2024,
    0xFF00, REPEAT(0xFF, 80), '{"a": 12345678901234567890}', ST_GeomFromText('POINT(1 2)'), ''
)
"""  # noqa: E501


def test_every_kind_of_value_is_kept(source: Source) -> None:
    source.run("SET time_zone = '+00:00'", VALUES, ROW)
    source.run(
        "INSERT INTO odd (id, day, wall, moment) VALUES (1, '0000-00-00', '0000-00-00 00:00:00', 0)",
        "INSERT INTO odd (id, day) VALUES (2, NULL)",
    )
    found = read("mysql", source.config())
    stream = f"{source.database}__odd"
    rows = {row["id"]: row for row in found.records(stream)}
    assert rows[18446744073709551615] == {
        "_connection_id": "default", "id": 18446744073709551615, "tiny": -128, "flag": 2, "big": -9223372036854775808,
        "exact": "1234567890123456789012345678.0123456789",
        "enormous": "12345678901234567890123456789012345.500000000000000000000000000000",
        "whole": 123456789012345678901234567890, "small": 0.10000000149011612, "wide": 0.1, "bits": 2**64 - 1,
        "word": "ä'\"\\\U0001f600", "letter": "b", "letters": "x,z", "day": "2024-02-29",
        "wall": "2024-07-01T12:00:00.123456Z", "moment": "2024-07-01T12:00:00.500Z", "clock": "-838:59:59", "yr": 2024,
        "bytes": "/wA=", "picture": "/" * 106 + "8=", "document": '{"a": 12345678901234567890}', "place": "POINT(1 2)",
        "strange % {name}": "", "_extra": None,
    }  # fmt: skip
    assert rows[1]["_extra"] == {
        "day": "0000-00-00", "wall": "0000-00-00 00:00:00.000000", "moment": "0000-00-00 00:00:00.000+00",
    }  # fmt: skip
    assert (rows[1]["day"], rows[1]["wall"], rows[1]["moment"]) == (None, None, None)
    assert rows[2]["_extra"] is None
    assert found.schema(stream)["schema"]["properties"]["id"] == {
        "type": ["integer"], "minimum": 0, "maximum": 18446744073709551615,
    }  # fmt: skip


def test_a_table_and_a_view_into_duckdb_and_what_is_deleted_goes(source: Source, tmp_path: Path) -> None:
    source.run(
        "CREATE TABLE t (id int PRIMARY KEY, price decimal(10, 2))",
        "INSERT INTO t VALUES (1, 1.10), (2, 2.20)",
        "CREATE VIEW v AS SELECT id FROM t",
    )
    first = load("tap-mysql", source.config(), tmp_path)
    assert first.code == 0, first.log
    assert {str(row["price"]) for row in first.rows(f"mysql.{source.database}__t")} == {"1.100000000", "2.200000000"}
    source.run("DELETE FROM t WHERE id = 1")
    second = load("tap-mysql", source.config(), tmp_path, state=first.state)
    alive = [row["id"] for row in second.rows(f"mysql.{source.database}__t") if row["_sdc_deleted_at"] is None]
    assert alive == [2]
    assert [row["id"] for row in second.rows(f"mysql.{source.database}__v")] == [2]


@pytest.mark.parametrize("kind", ["timestamp(6) NULL", "datetime(6)"])
def test_an_increment_takes_ties_late_rows_and_rows_without_a_time(source: Source, kind: str) -> None:
    source.run(
        "SET time_zone = '+00:00'",
        f"CREATE TABLE t (id int PRIMARY KEY, at {kind} DEFAULT NULL)",
        "INSERT INTO t VALUES (1, '2024-01-01'), (2, '2024-01-02 12:00'), (3, NULL)",
    )
    config = source.config(replication_key_names="at", lookback=3600)
    first = read("mysql", config)
    stream = f"{source.database}__t"
    assert [row["id"] for row in first.records(stream)] == [1, 2, 3]
    source.run("INSERT INTO t VALUES (4, '2024-01-02 12:00'), (5, '2024-01-02 11:30'), (6, '2024-01-02 10:00')")
    second = read("mysql", config, state=first.state)
    assert sorted(row["id"] for row in second.records(stream)) == [2, 3, 4, 5]


@pytest.mark.parametrize("key", ["id", "b, a", "d"])
def test_an_interrupted_table_goes_on_behind_its_last_key(source: Source, key: str) -> None:
    source.run(
        "CREATE TABLE t (id bigint unsigned, a int, b varchar(20), d decimal(30, 10), filling text)",
        "INSERT INTO t SELECT 9000000000000000000 + seq, seq % 7, CONCAT('b', seq DIV 7), seq + 0.0000000001 * seq, "
        "REPEAT('x', 400) FROM seq_1_to_20000",
        f"ALTER TABLE t ADD PRIMARY KEY ({key})",
    )
    stream = f"{source.database}__t"
    killed = read("mysql", source.config(), pipe=Pipe(breaks_after=6_000_000))
    assert 0 < killed.counts[stream] < 20000
    resumed = read("mysql", source.config(), state=killed.state)
    (version,) = resumed.versions(stream)
    assert killed.versions(stream) == {version}
    assert resumed.activated(stream) == [version]
    ids = {row["id"] for part in (killed, resumed) for row in part.records(stream)}
    assert len(ids) == 20000
    assert resumed.counts[stream] < 20000


def test_all_tables_are_as_they_were_at_one_moment(source: Source) -> None:
    source.run("CREATE TABLE a (id int PRIMARY KEY)", "CREATE TABLE z (id int PRIMARY KEY)", "INSERT INTO a VALUES (1)")
    written: list[bool] = []

    def meanwhile(data: bytes) -> None:
        if b'__a"' in data and not written:
            written.append(True)
            source.run("INSERT INTO z VALUES (1)")

    found = read("mysql", source.config(), pipe=Pipe(on_write=meanwhile))
    assert written
    assert found.counts == {f"{source.database}__a": 1}


def test_a_test_of_the_connection_reads_only_the_beginning(source: Source) -> None:
    source.run("CREATE TABLE t (id int PRIMARY KEY)", "INSERT INTO t SELECT seq FROM seq_1_to_5000")
    from taps.kinds import tap_class

    pipe = Pipe()
    run = tap_class("mysql")(config=source.config()).read_into(pipe, first_page_only=True)
    assert run.writer.counts[f"{source.database}__t"] == FIRST_PAGE


@pytest.mark.parametrize("snapshot", [True, False])
def test_the_session_cannot_write(source: Source, snapshot: bool) -> None:
    source.run("CREATE TABLE t (id int PRIMARY KEY)")
    manifest = manifest_of("mysql")
    database = Database(manifest, read_settings(manifest, source.config(snapshot=snapshot), "mysql"), "mysql")
    with (
        pytest.raises(VendorRefused, match="READ ONLY transaction"),
        database.session() as session,
        database.snapshot(session),
        database.table(session, "t"),
    ):
        session.execute("INSERT INTO t VALUES (1)")


def test_a_failing_table_leaves_the_others_alone(source: Source) -> None:
    source.run(
        "CREATE TABLE z (id int PRIMARY KEY)",
        "INSERT INTO z VALUES (1)",
        "CREATE TABLE two (id int)",
        "INSERT INTO two VALUES (1), (2)",
        "CREATE VIEW a_fails AS SELECT (SELECT id FROM two) AS n FROM z",
    )
    found = read("mysql", source.config())
    assert "more than 1 row (1242)" in found.errors[f"{source.database}__a_fails"]
    assert found.counts == {f"{source.database}__z": 1, f"{source.database}__two": 2}


def test_refusals_are_one_clear_line(source: Source) -> None:
    name = f"reader_{source.database}"
    source.run(f"CREATE USER {name} IDENTIFIED BY 'right'", "CREATE TABLE t (id int PRIMARY KEY)")
    with pytest.raises(LoginRefused, match="Access denied") as refused:
        read("mysql", source.config(user=name, password="wr0ng-passw0rd"))
    assert "wr0ng" not in str(refused.value)
    with pytest.raises(BadSetting, match="Unknown database 'nowhere'"):
        read("mysql", source.config() | {"database": "nowhere"})
    with pytest.raises(BadSetting, match="Name or service not known"):
        read("mysql", {"host": "nowhere.invalid", "user": "root"})
    with pytest.raises(Unreachable):
        read("mysql", {"host": "127.0.0.1", "port": 1, "user": "root"})
    source.run(f"DROP USER {name}")


def test_a_table_that_may_not_be_read_makes_the_run_partial(source: Source) -> None:
    name = f"reader_{source.database}"
    source.run(
        "CREATE TABLE open_table (id int PRIMARY KEY)",
        "INSERT INTO open_table VALUES (1)",
        "CREATE TABLE shut (id int PRIMARY KEY)",
        f"CREATE USER {name}",
        f"GRANT SELECT ON open_table TO {name}",
        f"GRANT INSERT ON shut TO {name}",
    )
    found = read("mysql", source.config(user=name))
    assert "command denied" in found.errors[f"{source.database}__shut"]
    assert found.counts == {f"{source.database}__open_table": 1}
    source.run(f"DROP USER {name}")
