"""tap-bigquery through Google's own client against bqemulator, which answers BigQuery's REST interface from DuckDB.

What the emulator cannot show (logins, roles, quotas, BigQuery's own text of every type) is not proven here.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from taps.engine.errors import BadSetting, Unreachable
from tests.databases.reading import read
from tests.real.pipeline import load
from tests.servers import free_port, running

bigquery = pytest.importorskip("google.cloud.bigquery")
pytestmark = pytest.mark.real("bigquery")
_COUNTER = itertools.count()
_EMULATOR = Path(__file__).parent / "servers" / "bigquery_emulator.py"


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    port = free_port()
    ports = ("--rest-port", str(port), "--grpc-port", str(free_port()))
    with running("bigquery", "python", str(_EMULATOR), "start", *ports, port=port) as address:
        yield address


class Source:
    """A dataset to read from, and someone who writes into it."""

    def __init__(self, server: str, dataset: str) -> None:
        from google.auth.credentials import AnonymousCredentials

        self.server, self.dataset = server, dataset
        options = {"api_endpoint": server}
        self._client = bigquery.Client("project", credentials=AnonymousCredentials(), client_options=options)
        self._client.create_dataset(dataset)

    def run(self, *statements: str) -> None:
        for statement in statements:
            self._client.query(statement.replace("SHOP", self.dataset)).result()

    def config(self, **more: Any) -> dict[str, Any]:
        return {"project": "project", "dataset": self.dataset, "api_endpoint": self.server, **more}


@pytest.fixture
def source(server: str) -> Source:
    return Source(server, f"source{next(_COUNTER)}")


def test_values_keep_their_types(source: Source) -> None:
    source.run(
        "CREATE TABLE SHOP.t (id INT64, price NUMERIC, long BIGNUMERIC, ratio FLOAT64, yes BOOL, word STRING, "
        "moment TIMESTAMP, wall DATETIME, day DATE, clock TIME, document JSON, list ARRAY<INT64>, "
        "pair STRUCT<one INT64, two STRING>)",
        "INSERT INTO SHOP.t VALUES (9007199254740993, NUMERIC '1.10', BIGNUMERIC '2.25', 0.1, true, '50% x', "
        "TIMESTAMP '2024-07-01 12:00:00.123456+02', DATETIME '2024-07-01 12:00:00', DATE '2024-02-29', "
        "TIME '10:00:00', JSON '{\"a\": [1, null]}', [1, 2], STRUCT(1, 'z'))",
        "INSERT INTO SHOP.t (id) VALUES (2)",
    )
    found = read("bigquery", source.config(primary_keys={f"{source.dataset}.t": ["id"]}))
    rows = {row["id"]: row for row in found.records(f"{source.dataset}__t")}
    first = rows[9007199254740993]
    assert float(first.pop("price")) == 1.1
    assert float(first.pop("long")) == 2.25
    assert first == {
        "_connection_id": "default", "id": 9007199254740993, "ratio": 0.1, "yes": True, "word": "50% x",
        "moment": "2024-07-01T10:00:00.123456Z", "wall": "2024-07-01T12:00:00Z", "day": "2024-02-29",
        "clock": "10:00:00", "document": {"a": [1, None]}, "list": [1, 2], "pair": {"one": 1, "two": "z"},
        "_extra": None,
    }  # fmt: skip
    assert rows[2]["moment"] is None
    assert found.schema(f"{source.dataset}__t")["key_properties"] == ["_connection_id", "id"]


def test_whole_tables_into_duckdb_and_what_is_deleted_goes(source: Source, tmp_path: Path) -> None:
    source.run("CREATE TABLE SHOP.t (id INT64)", "INSERT INTO SHOP.t VALUES (1), (2)")
    first = load("tap-bigquery", source.config(), tmp_path)
    assert first.code == 0, first.log
    source.run("DELETE FROM SHOP.t WHERE id = 1")
    second = load("tap-bigquery", source.config(), tmp_path, state=first.state)
    assert [row["id"] for row in second.rows(f"bigquery.{source.dataset}__t")] == [2]


@pytest.mark.parametrize("kind", ["TIMESTAMP", "DATE", "INT64", "NUMERIC"])
def test_an_increment_takes_ties_and_its_bookmark_is_the_largest_value(source: Source, kind: str) -> None:
    value = {
        "TIMESTAMP": "TIMESTAMP '2024-01-{:02} 00:00:00+00'", "DATE": "DATE '2024-01-{:02}'", "INT64": "{}",
        "NUMERIC": "NUMERIC '{}'",
    }[kind]  # fmt: skip

    def insert(*rows: tuple[int, int]) -> str:
        return "INSERT INTO SHOP.t VALUES " + ", ".join(f"({id}, {value.format(day)})" for id, day in rows)

    source.run(f"CREATE TABLE SHOP.t (id INT64, changed {kind})", insert((1, 9), (2, 10), (3, 2)))
    table = f"{source.dataset}.t"
    config = source.config(primary_keys={table: ["id"]}, replication_keys={table: "changed"}, lookback=0)
    first = read("bigquery", config)
    assert first.errors == {}
    source.run(insert((4, 10), (5, 9), (6, 11)))
    second = read("bigquery", config, state=first.state)
    assert sorted(row["id"] for row in second.records(f"{source.dataset}__t")) == [2, 4, 6]


def test_refusals_are_one_clear_line(source: Source) -> None:
    with pytest.raises(BadSetting, match="key of the service account is not the JSON"):
        read("bigquery", source.config(credentials="no key"))
    with pytest.raises(BadSetting, match="dataset"):
        read("bigquery", source.config() | {"dataset": "a`; DROP"})
    with pytest.raises(Unreachable):
        read("bigquery", source.config() | {"api_endpoint": "http://127.0.0.1:1"})
