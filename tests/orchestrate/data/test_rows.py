"""Rows by REST: parts of lists in one state, conditions that stay data, what others' tenants see."""

from __future__ import annotations

import json
import os
import time as clock
from collections.abc import Callable, Iterator
from datetime import time
from pathlib import Path
from typing import Any

import anyio.to_thread
import duckdb
import pytest
from fastapi.testclient import TestClient
from sqlalchemy.exc import DBAPIError

from orchestrate.access.service import SCOPES, ApiKeys
from orchestrate.api.app import create_app
from orchestrate.api.lists import cursor_of
from orchestrate.connections.service import Connections
from orchestrate.data.plain import plain
from orchestrate.warehouse import postgres_asking
from orchestrate.warehouse.base import BY_KEY, Warehouse, Writing
from orchestrate.warehouse.file import FileWarehouse
from orchestrate.warehouse.published import KEPT, MOST_KEPT, UNDER_WAY
from orchestrate.warehouses import warehouse_of
from targets.postgres.store import KEY_INDEX
from tests.orchestrate.stores import noted_statements

ORDERS, QUEUE = "/api/v1/unified/orders", "/api/v1/unified/match_review_queue"


@pytest.fixture
def address(tmp_path: Path) -> str:
    """Rows lie in the warehouse whatever the store is."""
    return f"sqlite:///{tmp_path / 'store.db'}"


@pytest.fixture
def warehouse(engine: str, connections: Connections, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Warehouse:
    """Acme's warehouse, in which 25 orders lie."""
    monkeypatch.setenv("ENGARDE_WAREHOUSES", str(tmp_path / "warehouses"))
    found = warehouse_of(connections.tenant_id, "acme")
    found.prepare("stripe")
    assert found.engine == engine
    with found.writing() as writing:
        for schema in ("unified", "staging", "stripe"):
            writing.execute(f"CREATE SCHEMA IF NOT EXISTS {found.schema(schema)}")
        writing.execute(
            "CREATE TABLE unified.orders AS "
            "SELECT 'o' || i AS order_key, 'shop' AS platform, CAST(i AS DECIMAL(38,9)) AS total, "
            "CASE WHEN i % 2 = 0 THEN 'paid' END AS payment_status, "
            "TIMESTAMPTZ '2026-11-01 00:00:00+00' + i * INTERVAL '1 day' AS placed_at FROM generate_series(0, 24) t(i)"
        )
        writing.execute(
            "CREATE VIEW unified.match_review_queue AS "
            "SELECT (i * 7) % 25 AS pair_id, 'waits' AS held_back FROM generate_series(0, 24) t(i)"
        )
        writing.execute(
            "CREATE TABLE staging.stg_stripe__payments AS SELECT 'p1' AS payment_id, 'main' AS connection_id "
            "UNION ALL SELECT 'p2', 'other'"
        )
        writing.execute(
            f"CREATE TABLE {writing.named('stripe', 'charges')} AS "
            "SELECT 'ch_1' AS id, CAST('{\"a\": [1.50]}' AS JSON) AS _extra, CAST('nan' AS DOUBLE PRECISION) AS x"
        )
    found.publish()
    return found


@pytest.fixture
def file(warehouse: Warehouse) -> FileWarehouse:
    """The same where it is a DuckDB file."""
    if not isinstance(warehouse, FileWarehouse):
        pytest.skip("a file alone has published states")
    return warehouse


@pytest.fixture
def client(connections: Connections, warehouse: Warehouse) -> Iterator[TestClient]:
    key = ApiKeys(connections.store, connections.tenant_id, "user test").add("all", SCOPES)
    app = create_app(connections.store, connections.vault)
    yield TestClient(app, headers={"Authorization": f"Bearer {key}"}, raise_server_exceptions=False)


def all_of(client: TestClient, path: str, **query: Any) -> list[dict[str, Any]]:
    found, cursor = [], None
    for _ in range(50):
        part = client.get(path, params={**query, **({"cursor": cursor} if cursor else {})}).json()
        found += part["items"]
        cursor = part["next"]
        if cursor is None:
            return found
    raise AssertionError("the list does not end")


def test_a_list_is_read_in_parts_while_a_sync_writes(client: TestClient, file: FileWarehouse) -> None:
    with duckdb.connect(str(file.path)) as writing:
        writing.execute("DELETE FROM unified.orders")
        found = all_of(client, ORDERS, limit=4)
    assert [row["order_key"] for row in found] == [f"o{n}" for n in range(25)]
    assert found[3] == {
        "order_key": "o3", "platform": "shop", "total": "3.000000000", "payment_status": None,
        "placed_at": "2026-11-04T00:00:00Z",
    }  # fmt: skip


def test_a_view_is_read_in_parts_too(client: TestClient) -> None:
    found = all_of(client, QUEUE, limit=4, where="held_back=waits")
    assert [row["pair_id"] for row in found] == list(range(25))


def test_a_list_goes_on_in_the_state_it_began_in_until_that_is_gone(client: TestClient, file: FileWarehouse) -> None:
    begun = client.get(ORDERS, params={"limit": 10}).json()
    for n in range(MOST_KEPT):
        with duckdb.connect(str(file.path)) as con:
            con.execute("UPDATE unified.orders SET platform = ?", [f"changed {n}"])
        file.publish()
        client.get(ORDERS, params={"limit": 10})
        answer = client.get(ORDERS, params={"limit": 10, "cursor": begun["next"]})
        if n < MOST_KEPT - 1:
            assert {row["platform"] for row in answer.json()["items"]} == {"shop"}
    assert answer.status_code == 410 and "begin it again" in answer.json()["detail"]
    assert {row["platform"] for row in all_of(client, ORDERS)} == {f"changed {MOST_KEPT - 1}"}
    assert len(list((file.folder / "published").iterdir())) == MOST_KEPT


def test_a_state_of_which_no_list_is_read_any_more_goes_with_the_second_load_after_it(
    client: TestClient, file: FileWarehouse
) -> None:
    begun = client.get(ORDERS, params={"limit": 10}).json()["next"]
    (copy,) = (file.folder / "published").iterdir()
    os.utime(copy, (0, clock.time() - UNDER_WAY - 1))
    for _ in range(KEPT):
        file.publish()
    assert client.get(ORDERS, params={"limit": 10, "cursor": begun}).status_code == 410
    assert len(list((file.folder / "published").iterdir())) == KEPT


def test_a_list_of_raw_rows_is_read_to_its_end_while_the_table_is_loaded_again_and_again(
    client: TestClient, warehouse: Warehouse
) -> None:
    """Each row that is there all the time comes once; of those that come and go on the way nobody can tell."""
    with warehouse.writing() as writing:
        refunds = writing.named("stripe", "refunds")
        writing.execute(
            f"CREATE TABLE {refunds} AS SELECT 're_' || (i * 7) % 20 AS id, CAST(i % 3 AS BIGINT) AS \"part?\", 0 AS n "
            "FROM generate_series(0, 19) t(i)"
        )
        writing.execute(f'CREATE UNIQUE INDEX {KEY_INDEX}1 ON {refunds} ("part?", id)')
    warehouse.publish()
    found, cursor, path = [], None, "/api/v1/raw/stripe/refunds"
    for turn in range(4):
        part = client.get(path, params={"limit": 6, **({"cursor": cursor} if cursor else {})})
        assert part.status_code == 200, part.text
        found += [row["id"] for row in part.json()["items"]]
        cursor = part.json()["next"]
        with warehouse.writing() as writing:
            writing.execute(f"UPDATE {refunds} SET n = n + 1")
            writing.execute(f"INSERT INTO {refunds} VALUES ('re_a{turn}', -1, 0)")
        warehouse.publish()
    assert cursor is None
    assert sorted(found) == sorted(f"re_{n}" for n in range(20))


KEYS = (
    '["a"]', '["a", "b", "c"]', '["x", "no number"]', '["x", "99999999999999999999"]', '["x", "1.5"]', '["x", ""]',
    "[1, 2]", "[", '["\\u0000", "1"]', '["\\ud800", "1"]', '["x", "\\ud800"]', '[["x"], "1"]', '{"x": 1}', "null", "",
)  # fmt: skip
"""JSON that is no key of a text and a bigint."""


@pytest.mark.parametrize("path", ["/api/v1/raw/stripe/payouts", ORDERS, QUEUE])
def test_a_key_that_no_answer_gave_is_refused(client: TestClient, warehouse: Warehouse, path: str) -> None:
    with warehouse.writing() as writing:
        payouts = writing.named("stripe", "payouts")
        writing.execute(f"CREATE TABLE {payouts} AS SELECT 'po_1' AS id, CAST(1 AS BIGINT) AS part")
        writing.execute(f"CREATE UNIQUE INDEX {KEY_INDEX}2 ON {payouts} (id, part)")
    warehouse.publish()
    for key in KEYS:
        answer = client.get(path, params={"cursor": cursor_of((BY_KEY, key))})
        assert answer.status_code in {410, 422}, (key, answer.text)
        says = "begin it again" if answer.status_code == 410 else "query.cursor"
        assert says in answer.json()["detail"], (key, answer.text)


def keyed(warehouse: Warehouse, writing: Writing) -> None:
    """The index that dbt's `keyed()` makes."""
    if warehouse.engine == "postgres":
        writing.execute(f"CREATE UNIQUE INDEX {KEY_INDEX}orders ON unified.orders (order_key)")


def build_anew(warehouse: Warehouse) -> None:
    """The rows are those before, in another order; so are those of the view."""
    with warehouse.writing() as writing:
        writing.execute("CREATE TABLE unified.anew AS SELECT * FROM unified.orders ORDER BY total DESC")
        writing.execute("DROP TABLE unified.orders")
        writing.execute("ALTER TABLE unified.anew RENAME TO orders")
        keyed(warehouse, writing)
    warehouse.publish()


def test_a_list_of_unified_rows_is_read_to_its_end_while_the_table_is_built_again_and_again(
    client: TestClient, warehouse: Warehouse
) -> None:
    with warehouse.writing() as writing:
        keyed(warehouse, writing)
    warehouse.publish()
    for path, key in ((ORDERS, "order_key"), (QUEUE, "pair_id")):
        found, cursor = [], None
        for _ in range(4):
            part = client.get(path, params={"limit": 7, **({"cursor": cursor} if cursor else {})})
            assert part.status_code == 200, part.text
            found += [row[key] for row in part.json()["items"]]
            cursor = part.json()["next"]
            build_anew(warehouse)
        assert cursor is None
        assert sorted(found) == sorted([f"o{n}" for n in range(25)] if path == ORDERS else range(25))


def test_a_list_of_a_table_without_a_key_in_postgres_begins_anew_once_it_was_built_anew(
    client: TestClient, warehouse: Warehouse, engine: str
) -> None:
    if engine == "duckdb":
        pytest.skip("published states of files are kept")
    begun = client.get(ORDERS, params={"limit": 10}).json()["next"]
    build_anew(warehouse)
    answer = client.get(ORDERS, params={"limit": 10, "cursor": begun})
    assert answer.status_code == 410 and "begin it again" in answer.json()["detail"]


def test_a_long_table_is_read_to_its_end_in_its_order(
    client: TestClient, warehouse: Warehouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(postgres_asking, "_BLOCKS", 1)
    with warehouse.writing() as writing:
        writing.execute(
            "CREATE TABLE unified.payments AS "
            "SELECT i AS n, repeat('x', 500) AS said FROM generate_series(1, 2000) t(i)"
        )
    warehouse.publish()
    found = all_of(client, "/api/v1/unified/payments", limit=300)
    assert [row["n"] for row in found] == list(range(1, 2001))
    assert [row["n"] for row in all_of(client, "/api/v1/unified/payments", where="n>=1999")] == [1999, 2000]


def test_a_read_asks_the_store_for_who_asks_and_for_nothing_else(client: TestClient, connections: Connections) -> None:
    asked: list[str] = []
    client.get(ORDERS)
    with noted_statements(connections.store, asked):
        assert client.get(ORDERS).status_code == 200
    selected = [each.partition("FROM ")[2].split()[0] for each in asked if each.startswith("SELECT")]
    assert selected == ["api_keys"]


def test_a_read_takes_threads_for_who_asks_and_for_the_rows_alone(
    client: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each thread more costs as much as reading a hundred rows where many ask at once."""
    run, taken = anyio.to_thread.run_sync, list[str]()

    async def noted(function: Callable[..., Any], *given: Any, **options: Any) -> Any:
        taken.append(str(function))
        return await run(function, *given, **options)

    client.get(ORDERS)
    monkeypatch.setattr("anyio.to_thread.run_sync", noted)
    assert client.get(ORDERS).status_code == 200
    assert len(taken) <= 2, taken


def test_a_tenants_reader_may_read_no_other_tenants_schemas(
    warehouse: Warehouse, connections: Connections, engine: str
) -> None:
    if engine == "duckdb":
        pytest.skip("a file has one tenant's rows")
    stranger = warehouse_of(connections.store.tenant("stranger"), "stranger")
    stranger.prepare("stripe")
    assert stranger.schema("unified") != warehouse.schema("unified")
    for schema, name in (("unified", "orders"), ("stripe", "charges")):
        table = f'"{warehouse.schema(schema)}".{name}'
        with warehouse.opened() as reading:
            assert reading.execute(f"SELECT count(*) FROM {table}").rows[0][0] > 0
        with stranger.opened() as reading, pytest.raises(DBAPIError, match="permission denied"):
            reading.execute(f"SELECT count(*) FROM {table}")


@pytest.mark.parametrize(
    ("query", "keys"),
    [
        ({"where": "order_key=o7"}, ["o7"]),
        ({"where": ["total>=23", "payment_status=null"]}, ["o23"]),
        ({"where": ["total<2", "payment_status!=null"]}, ["o0"]),
        ({"date_from": "2026-11-03", "date_to": "2026-11-04"}, ["o2", "o3"]),
        ({"where": "total=much"}, []),
        ({"where": "order_key=o1' OR '1'='1"}, []),
        ({"where": 'order_key="; DROP TABLE unified.orders; --'}, []),
    ],
)
def test_conditions_choose_rows_and_stay_data(client: TestClient, query: dict[str, Any], keys: list[str]) -> None:
    answer = client.get(ORDERS, params=query)
    assert answer.status_code == 200, answer.text
    assert [row["order_key"] for row in answer.json()["items"]] == keys


@pytest.mark.parametrize(
    ("path", "status", "says"),
    [
        (f"{ORDERS}?where=totl>1", 422, "did you mean 'total'"),
        (f"{ORDERS}?where=total", 422, "no condition"),
        (f'{ORDERS}?where="total"=1', 422, "no condition"),
        ("/api/v1/unified/ordres", 404, "did you mean 'orders'"),
        ("/api/v1/unified/information_schema.tables", 404, "no table"),
        ("/api/v1/platforms/stripe/campaigns", 404, "stripe has no campaigns"),
        ("/api/v1/platforms/strip/payments", 404, "did you mean 'stripe'"),
        ("/api/v1/raw/stripe/customers", 404, "no table 'customers' in stripe"),
        ("/api/v1/platforms/stripe/payments?source=live", 422, "one `connection`"),
        ("/api/v1/raw/stripe/charges?date_from=2026-01-01", 422, "no column of dates"),
    ],
)
def test_what_there_is_not_is_said_with_what_there_is(client: TestClient, path: str, status: int, says: str) -> None:
    answer = client.get(path)
    assert (answer.status_code, answer.headers["Content-Type"]) == (status, "application/problem+json")
    assert says in answer.json()["detail"]


def test_a_platforms_rows_are_those_of_all_connections_or_of_one(client: TestClient) -> None:
    path = "/api/v1/platforms/stripe/payments"
    assert [row["payment_id"] for row in all_of(client, path)] == ["p1", "p2"]
    assert [row["payment_id"] for row in all_of(client, path, connection="other")] == ["p2"]


def test_raw_rows_are_json(client: TestClient) -> None:
    assert all_of(client, "/api/v1/raw/stripe/charges") == [{"id": "ch_1", "_extra": {"a": [1.5]}, "x": "nan"}]


def test_every_value_that_a_warehouse_has_is_json() -> None:
    half_past = time(10, 30)
    with duckdb.connect() as engine:
        engine.execute("SET TimeZone = 'UTC'")
        row = engine.execute(
            "SELECT {'paid': 1.50, 'at': TIMESTAMPTZ '2026-11-01 10:00:00+00'} AS a, MAP {'b': [TIME '10:30']} AS b, "
            "UUID '00000000-0000-0000-0000-000000000001' AS c, [1e400, 2] AS d, "
            "170141183460469231731687303715884105727 AS e"
        ).fetchone()
    assert row is not None
    assert json.loads(json.dumps([plain(each) for each in row], allow_nan=False)) == [
        {"paid": "1.50", "at": "2026-11-01T10:00:00Z"}, {"b": [half_past.isoformat()]},
        "00000000-0000-0000-0000-000000000001", ["inf", 2.0], 2**127 - 1,
    ]  # fmt: skip


def test_tables_are_listed_with_what_they_are(client: TestClient) -> None:
    _, table = client.get("/api/v1/unified").json()["items"]
    assert (table["name"], table["schema_name"]) == ("orders", "unified")
    told = {column["name"]: column for column in table["columns"]}
    assert told["order_key"]["description"] == "Key of the order."
    assert told["placed_at"]["type"].upper() == "TIMESTAMP WITH TIME ZONE"


def test_another_tenant_sees_its_own_rows_alone(client: TestClient, connections: Connections) -> None:
    stranger = ApiKeys(connections.store, connections.store.tenant("stranger"), "user test").add("all", SCOPES)
    cursor = client.get(ORDERS, params={"limit": 1}).json()["next"]
    for path in (ORDERS, "/api/v1/unified", "/api/v1/raw/stripe/charges", f"{ORDERS}?cursor={cursor}"):
        answer = client.get(path, headers={"Authorization": f"Bearer {stranger}"})
        assert answer.status_code in {404, 410}, path
        assert "o1" not in answer.text


@pytest.mark.parametrize("cursor", ["WyIuLi8uLi94IiwgMF0", "WyIiLCAwXQ", "WyJvd24iLCAtMV0"])
def test_a_cursor_names_no_other_file(client: TestClient, cursor: str) -> None:
    assert client.get(ORDERS, params={"cursor": cursor}).status_code == 422
