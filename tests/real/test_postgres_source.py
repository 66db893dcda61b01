"""tap-postgres against a real server: every kind of value, changes, deletes, interruptions, snapshots, refusals."""

from __future__ import annotations

import itertools
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg
import pytest

from taps.engine.errors import BadSetting, LoginRefused, Unreachable
from tests.databases.reading import Pipe, read
from tests.postgres import embedded_server, fresh_database
from tests.real.pipeline import load

pytestmark = pytest.mark.real("postgres")

_COUNTER = itertools.count()


@pytest.fixture(scope="module")
def host() -> Iterator[str]:
    with embedded_server() as folder:
        yield folder


@pytest.fixture
def source(host: str) -> Iterator[Source]:
    with fresh_database(host, f"source{next(_COUNTER)}") as name, Source(host, name).open() as source:
        yield source


class Source:
    """A database to read from, and someone else who writes into it."""

    def __init__(self, host: str, database: str) -> None:
        self.host, self.database = host, database

    @contextmanager
    def open(self) -> Iterator[Source]:
        with psycopg.connect(host=self.host, user="postgres", dbname=self.database, autocommit=True) as connection:
            self.connection = connection
            yield self

    def run(self, *statements: str) -> None:
        for statement in statements:
            self.connection.execute(statement.encode())

    def config(self, **more: Any) -> dict[str, Any]:
        return {"host": self.host, "user": "postgres", "database": self.database, **more}


VALUES = """
CREATE DOMAIN price AS numeric(10, 2);
CREATE DOMAIN net_price AS price;
CREATE TYPE mood AS ENUM ('happy', 'sad');
CREATE TYPE pair AS (one int, two text);
CREATE TABLE odd (
    id bigint PRIMARY KEY, free numeric, long numeric(40, 2), whole numeric(20, 0), net net_price, mood mood, pair pair,
    real4 real, real8 double precision, yes boolean, moment timestamptz, wall timestamp, day date, clock time,
    span interval, bytes bytea, plain json, binary_json jsonb, list int[], numbers int4range, cash money, key uuid,
    bits bit(5), net_address inet, dot point, "strange % {name}" text, _extra text
);
INSERT INTO odd VALUES (
    1, 12345678901234567890.123456789, 12345678901234567890123456789012345678.25, 98765432109876543210, 3.10, 'sad',
    (1, 'x'), 0.1, 0.1, true, '2024-07-01 12:00:00.123456+02', '2024-07-01 12:00', '2024-02-29', '23:59:59.5',
    '1 year 2 days 03:04:05', decode(repeat('ff', 80), 'hex'), E'{"a":\\n 1.10, "a": 2}', '{"b": 12345678901234567890}',
    '{1,NULL,3}', '[1,5)', 12.5, 'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11', B'10101', '10.0.0.1/8', '(1,2)', 'ä"\\', 'mine'
);
INSERT INTO odd (id, free, real8, moment, wall, day) VALUES
    (2, 'NaN', 'Infinity', 'infinity', '-infinity', '0044-03-15 BC'),
    (3, 'Infinity', 'NaN', '0099-01-01 00:00+00 BC', '20000-01-01', '5874897-12-31'),
    (4, NULL, NULL, NULL, NULL, NULL);
"""


def test_every_kind_of_value_is_kept(source: Source) -> None:
    source.run(VALUES)
    found = read("postgres", source.config())
    rows = {row["id"]: row for row in found.records("public__odd")}
    first = dict(rows[1])
    assert first.pop("_extra_") == "mine"
    assert first == {
        "_connection_id": "default", "id": 1, "free": "12345678901234567890.123456789",
        "long": "12345678901234567890123456789012345678.25", "whole": 98765432109876543210, "net": "3.10",
        "mood": "sad", "pair": {"one": 1, "two": "x"}, "real4": 0.1, "real8": 0.1, "yes": True,
        "moment": "2024-07-01T10:00:00.123456Z", "wall": "2024-07-01T12:00:00Z", "day": "2024-02-29",
        "clock": "23:59:59.5", "span": "P1Y2DT3H4M5S", "bytes": "/" * 106 + "8=", "plain": {"a": 2},
        "binary_json": {"b": 12345678901234567890}, "list": [1, None, 3], "numbers": "[1,5)", "cash": "12.50",
        "key": "a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11", "bits": "10101", "net_address": "10.0.0.1/8", "dot": "(1,2)",
        "strange % {name}": 'ä"\\', "_extra": None,
    }  # fmt: skip
    assert rows[2]["_extra"] == {
        "free": "NaN", "real8": "inf", "moment": "infinity", "wall": "-infinity", "day": "0044-03-15 BC",
    }  # fmt: skip
    assert set(rows[3]["_extra"]) == {"free", "real8", "moment", "wall", "day"}
    assert {rows[2][name] for name in rows[2]["_extra"]} == {None}
    assert rows[4]["_extra"] is None
    properties = found.schema("public__odd")["schema"]["properties"]
    assert properties["net"] == {"type": ["string", "null"], "format": "x-singer.decimal", "scale": 2}
    assert properties["whole"]["maximum"] == 10**20 - 1
    assert properties["long"] == {"type": ["string", "null"]}


def test_times_without_a_zone_are_taken_in_the_zone_that_is_set(source: Source) -> None:
    source.run("CREATE TABLE t (id int PRIMARY KEY, at timestamp)", "INSERT INTO t VALUES (1, '2024-07-01 12:00')")
    found = read("postgres", source.config(time_zone="Europe/Berlin"))
    assert found.records("public__t")[0]["at"] == "2024-07-01T10:00:00Z"


def test_tables_views_and_partitions_are_found_and_chosen_by_the_settings(source: Source) -> None:
    source.run(
        "CREATE SCHEMA other",
        "CREATE TABLE other.a (id int PRIMARY KEY)",
        "CREATE TABLE b (id int, at date, PRIMARY KEY (at, id)) PARTITION BY RANGE (at)",
        "CREATE TABLE b_2024 PARTITION OF b FOR VALUES FROM ('2024-01-01') TO ('2025-01-01')",
        "INSERT INTO b VALUES (7, '2024-05-05')",
        "CREATE VIEW c AS SELECT id FROM b",
        "CREATE MATERIALIZED VIEW d AS SELECT id FROM b",
    )
    everything = read("postgres", source.config())
    assert set(everything.tap.streams) == {"other__a", "public__b", "public__c", "public__d"}
    assert everything.schema("public__b")["key_properties"] == ["_connection_id", "at", "id"]
    assert everything.counts == {"public__b": 1, "public__c": 1, "public__d": 1}
    assert set(read("postgres", source.config(schemas=["other"])).tap.streams) == {"other__a"}
    some = read("postgres", source.config(tables="public.*", exclude=["*.c"], primary_keys='{"public.d": ["id"]}'))
    assert set(some.tap.streams) == {"public__b", "public__d"}
    assert some.schema("public__d")["key_properties"] == ["_connection_id", "id"]


def test_a_deleted_row_goes_with_the_next_whole_reading(source: Source, tmp_path: Path) -> None:
    source.run("CREATE TABLE t (id int PRIMARY KEY)", "CREATE TABLE keyless (n int)")
    source.run("INSERT INTO t VALUES (1), (2)", "INSERT INTO keyless VALUES (1), (1), (2)")
    first = load("tap-postgres", source.config(), tmp_path)
    assert first.code == 0, first.log
    assert sorted(row["n"] for row in first.rows("postgres.public__keyless")) == [1, 1, 2]
    source.run("DELETE FROM t WHERE id = 1", "DELETE FROM keyless WHERE n = 1")
    second = load("tap-postgres", source.config(), tmp_path, state=first.state)
    alive = [row["id"] for row in second.rows("postgres.public__t") if row["_sdc_deleted_at"] is None]
    assert alive == [2]
    assert [row["n"] for row in second.rows("postgres.public__keyless")] == [2]


def test_an_increment_takes_ties_late_rows_and_rows_without_a_time(source: Source) -> None:
    source.run(
        "CREATE TABLE t (id int PRIMARY KEY, at timestamptz)",
        "INSERT INTO t VALUES (1, '2024-01-01'), (2, '2024-01-02 12:00'), (3, NULL)",
    )
    config = source.config(replication_keys={"public.t": "at"}, lookback=3600)
    first = read("postgres", config)
    assert [row["id"] for row in first.records("public__t")] == [1, 2, 3]
    assert first.versions("public__t") == {None}
    assert first.state["bookmarks"]["public__t"]["replication_key_value"] == "2024-01-02 12:00:00+00"
    source.run("INSERT INTO t VALUES (4, '2024-01-02 12:00'), (5, '2024-01-02 11:30'), (6, '2024-01-02 10:00')")
    second = read("postgres", config, state=first.state)
    assert [row["id"] for row in second.records("public__t")] == [5, 2, 4, 3]


def test_comparing_finds_rows_deleted_from_a_table_with_a_replication_key(source: Source) -> None:
    source.run("CREATE TABLE t (id int PRIMARY KEY, n int)", "INSERT INTO t VALUES (1, 10), (2, 20)")
    config = source.config(replication_key_names=["n"], compare="daily")
    first = read("postgres", config)
    source.run("DELETE FROM t WHERE id = 1")
    soon = read("postgres", config, state=first.state)
    assert soon.activated("public__t") == []
    long_ago = first.state
    long_ago["bookmarks"]["public__t"]["compared"] = "2024-01-01T00:00:00+00:00"
    later = read("postgres", config, state=long_ago)
    assert [row["id"] for row in later.records("public__t")] == [2]
    assert later.activated("public__t") == [*later.versions("public__t")]
    assert later.state["bookmarks"]["public__t"]["replication_key_value"] == 20


def test_the_catalog_may_choose_the_replication_key_or_refuse_it(source: Source) -> None:
    source.run("CREATE TABLE t (id int PRIMARY KEY, n int, text text)", "INSERT INTO t VALUES (1, 1, 'x')")
    catalog = read("postgres", source.config()).tap.catalog_dict
    for part in catalog["streams"][0]["metadata"]:
        if part["breadcrumb"] == []:
            part["metadata"] |= {"selected": True, "replication-method": "INCREMENTAL", "replication-key": "n"}
            part["metadata"] |= {"forced-replication-method": "INCREMENTAL"}
        elif part["breadcrumb"] == ["properties", "text"]:
            part["metadata"]["selected"] = False
    found = read("postgres", source.config(), catalog=catalog)
    assert found.state["bookmarks"]["public__t"]["replication_key_value"] == 1
    assert "text" not in found.records("public__t")[0]
    whole = next(part for part in catalog["streams"][0]["metadata"] if part["breadcrumb"] == [])
    whole["metadata"]["forced-replication-method"] = "FULL_TABLE"
    assert read("postgres", source.config(replication_keys={"public.t": "n"}), catalog=catalog).activated("public__t")


@pytest.mark.parametrize("key", ["id", "b, a"])
def test_an_interrupted_table_goes_on_behind_its_last_key(source: Source, key: str) -> None:
    source.run(
        "CREATE TABLE t (id bigint, a int, b text, filling text)",
        "INSERT INTO t SELECT n, n % 7, 'b' || n / 10, repeat('x', 400) FROM generate_series(1, 30000) AS n",
        "DELETE FROM t WHERE ctid NOT IN (SELECT min(ctid) FROM t GROUP BY a, b)",
        f"ALTER TABLE t ADD PRIMARY KEY ({key})",
    )
    killed = read("postgres", source.config(), pipe=Pipe(breaks_after=8_000_000))
    kept = killed.counts["public__t"]
    assert 0 < kept < 21000
    assert killed.activated("public__t") == []
    resumed = read("postgres", source.config(), state=killed.state)
    (version,) = resumed.versions("public__t")
    assert killed.versions("public__t") == {version}
    assert resumed.activated("public__t") == [version]
    ids = {row["id"] for part in (killed, resumed) for row in part.records("public__t")}
    assert len(ids) == source.connection.execute("SELECT count(*) FROM t").fetchone()[0]
    assert resumed.counts["public__t"] < len(ids)
    assert "loading" not in resumed.state["bookmarks"]["public__t"]


def test_all_tables_are_as_they_were_at_one_moment(source: Source) -> None:
    source.run("CREATE TABLE a (id int PRIMARY KEY)", "CREATE TABLE z (id int PRIMARY KEY)", "INSERT INTO a VALUES (1)")
    written = threading.Event()

    def meanwhile(data: bytes) -> None:
        if b'"public__a"' in data and not written.is_set():
            written.set()
            source.run("INSERT INTO z VALUES (1)")

    found = read("postgres", source.config(), pipe=Pipe(on_write=meanwhile))
    assert written.is_set()
    assert found.counts == {"public__a": 1}
    source.run("DELETE FROM z")
    written.clear()
    assert read("postgres", source.config(snapshot=False), pipe=Pipe(on_write=meanwhile)).counts["public__z"] == 1


def test_what_the_login_may_not_read_is_named_and_the_rest_is_read(source: Source) -> None:
    reader = f"reader_{source.database}"
    source.run(
        f"CREATE ROLE {reader} LOGIN",
        "CREATE TABLE a_secret (id int PRIMARY KEY)",
        "CREATE TABLE half (id int PRIMARY KEY, open text, hidden text)",
        "INSERT INTO half VALUES (1, 'x', 'y')",
        f"GRANT SELECT (id, open) ON half TO {reader}",
    )
    found = read("postgres", source.config(user=reader))
    assert "permission denied for table a_secret" in found.errors["public__a_secret"]
    assert found.records("public__half") == [{"_connection_id": "default", "id": 1, "open": "x", "_extra": None}]
    source.run(f"DROP OWNED BY {reader}", f"DROP ROLE {reader}")


def test_a_failing_table_leaves_the_others_alone_and_quotes_no_row(source: Source) -> None:
    source.run(
        "CREATE TABLE z (id int PRIMARY KEY)",
        "INSERT INTO z VALUES (1)",
        "CREATE VIEW bad AS SELECT 'secret number'::text::int AS n FROM z",
        "CREATE SEQUENCE counting",
        "CREATE VIEW writes AS SELECT nextval('counting') AS n FROM z",
    )
    for snapshot in (True, False):
        found = read("postgres", source.config(snapshot=snapshot))
        assert "secret" not in found.errors["public__bad"]
        assert "22P02" in found.errors["public__bad"]
        assert "read-only transaction" in found.errors["public__writes"]
        assert found.counts == {"public__z": 1}


def test_a_statement_that_takes_too_long_is_ended(source: Source) -> None:
    source.run("CREATE VIEW slow AS SELECT 1 AS n, pg_sleep(5)::text AS nothing")
    found = read("postgres", source.config(statement_timeout=1))
    assert "statement timeout" in found.errors["public__slow"]


def test_refusals_are_one_clear_line(source: Source) -> None:
    hba = Path(source.connection.execute("SHOW hba_file").fetchone()[0])
    before = hba.read_text()
    source.run(f"CREATE ROLE locked_{source.database} LOGIN PASSWORD 'right'")
    try:
        hba.write_text(f"local all locked_{source.database} scram-sha-256\n{before}")
        source.run("SELECT pg_reload_conf()")
        with pytest.raises(LoginRefused, match="password authentication failed") as refused:
            read("postgres", source.config(user=f"locked_{source.database}", password="wr0ng-passw0rd"))
        assert "wr0ng" not in str(refused.value)
    finally:
        hba.write_text(before)
        source.run("SELECT pg_reload_conf()", f"DROP ROLE locked_{source.database}")
    with pytest.raises(BadSetting, match='database "nowhere" does not exist'):
        read("postgres", source.config() | {"database": "nowhere"})
    with pytest.raises(BadSetting, match="failed to resolve host"):
        read("postgres", source.config() | {"host": "nowhere.invalid"})
    with pytest.raises(Unreachable, match="refused"):
        read("postgres", source.config() | {"host": "127.0.0.1", "port": 1})


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({"replication_keys": {"public.t": "nothing"}}, "no column 'nothing'"),
        ({"replication_keys": {"public.keyless": "n"}}, "no primary key"),
        ({"replication_keys": {"public.t": "document"}}, "cannot be a replication key"),
        ({"replication_keys": "no json"}, "must be a JSON object"),
        ({"time_zone": "Mars/Olympus"}, "no IANA zone"),
        ({"compare": "sometimes"}, "none of never, daily, weekly"),
        ({"start_date": "soon"}, "no date"),
    ],
)
def test_settings_that_cannot_be_are_refused_by_name(source: Source, settings: dict[str, Any], words: str) -> None:
    source.run("CREATE TABLE t (id int PRIMARY KEY, document json)", "CREATE TABLE keyless (n int)")
    with pytest.raises(BadSetting, match=words):
        read("postgres", source.config(**settings))
