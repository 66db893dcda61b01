"""Where a PostgreSQL warehouse may be: roles with few rights, any search_path, tables of the user's own, partitions."""

from __future__ import annotations

import json
import random
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from targets.loading.errors import LoadError
from tests.targets.singer import INTEGER, TEXT, joined, record, schema, state
from tests.targets.warehouse import PostgresWarehouse

TIME = {"type": "string", "format": "date-time"}
RUN = [schema(), record(id="a", n=1), state(1)]


@pytest.fixture
def admin(postgres: PostgresWarehouse) -> Iterator[psycopg.Connection]:
    """A superuser, and the roles `loader`, its group `owners`, and `stranger`."""
    with psycopg.connect(host=postgres.host, user="postgres", dbname=postgres.database, autocommit=True) as connection:
        roles = ("loader", "owners", "stranger")
        for role in roles:
            connection.execute(f"CREATE ROLE {role} LOGIN")
        connection.execute("GRANT owners TO loader")
        yield connection
        connection.execute(f"REVOKE ALL ON DATABASE {postgres.database} FROM {', '.join(roles)}")
        connection.execute(f"DROP OWNED BY {', '.join(roles)} CASCADE")
        connection.execute(f"DROP ROLE {', '.join(roles)}")


def _owner(admin: psycopg.Connection) -> object:
    found = admin.execute("SELECT tableowner FROM pg_tables WHERE schemaname = 'shop'").fetchone()
    return found and found[0]


def test_tables_belong_to_the_role_that_is_taken_on(postgres: PostgresWarehouse, admin: psycopg.Connection) -> None:
    admin.execute(f"GRANT CREATE ON DATABASE {postgres.database} TO owners")
    assert postgres.load(RUN, user="loader", role="owners").error is None
    assert _owner(admin) == "owners"


@pytest.mark.parametrize("role", ["stranger", "absent"])
def test_a_role_that_cannot_be_taken_on_is_one_line(
    postgres: PostgresWarehouse, admin: psycopg.Connection, tmp_path: Path, role: str
) -> None:
    result = postgres.run(tmp_path, joined(*RUN), user="loader", role=role)
    assert result.returncode == 1
    last = result.stderr.decode().strip().splitlines()[-1]
    assert last.startswith(f"target-postgres: role {role}: ")
    assert last.endswith("Check the role, and that the user is a member of it")


def test_schemas_that_exist_need_no_right_to_create_them(
    postgres: PostgresWarehouse, admin: psycopg.Connection
) -> None:
    with pytest.raises(LoadError, match="permission denied for database"):
        postgres.load(RUN, user="loader")
    admin.execute("CREATE SCHEMA _engarde AUTHORIZATION loader")
    assert "permission denied for database" in str(postgres.load(RUN, user="loader").error)
    admin.execute("CREATE SCHEMA shop AUTHORIZATION loader")
    outcome = postgres.load(RUN, user="loader")
    assert outcome.states == [{"bookmarks": 1}]
    assert _owner(admin) == "loader"


@pytest.mark.parametrize("path", ["''", "decoys", "decoys, public", "shop"])
def test_any_search_path_will_do(postgres: PostgresWarehouse, admin: psycopg.Connection, path: str) -> None:
    admin.execute("CREATE SCHEMA decoys")
    for table in ("orders", "state", "batches", "columns", "_engarde_lines", "_engarde_staged"):
        admin.execute(f"CREATE TABLE decoys.{table} (decoy integer)")
    admin.execute(f"ALTER ROLE postgres SET search_path = {path}")
    try:
        for number in (1, 2):
            outcome = postgres.load([schema(), record(id="a", n=number), record(id="b"), state(number)])
            assert outcome.states == [{"bookmarks": number}]
        rows = postgres.rows("shop.orders", ["id", "n"])
    finally:
        admin.execute("ALTER ROLE postgres RESET search_path")
    assert sorted(map(json.dumps, rows)) == ['{"id": "a", "n": 2}', '{"id": "b", "n": null}']
    assert admin.execute("SELECT count(*) FROM decoys.orders").fetchone() == (0,)


def test_what_is_staged_is_not_logged(postgres: PostgresWarehouse, admin: psycopg.Connection) -> None:
    chance = random.Random(1)
    lines = [schema(id=TEXT, note=TEXT)]
    assert postgres.load(lines).error is None
    lines += [record(id=str(i), note=chance.randbytes(400).hex()) for i in range(500)]
    admin.execute("CHECKPOINT")
    (before,) = admin.execute("SELECT pg_current_wal_insert_lsn()").fetchone() or ()
    assert postgres.load(lines).error is None
    (written,) = admin.execute("SELECT pg_current_wal_insert_lsn() - %s::pg_lsn", [before]).fetchone() or ()
    # The rows alone; what is staged would be written twice more.
    assert written < 1.5 * sum(map(len, lines))


def test_a_partitioned_table_of_the_users_own_is_merged_into(
    postgres: PostgresWarehouse, admin: psycopg.Connection
) -> None:
    admin.execute("CREATE SCHEMA shop")
    admin.execute(
        "CREATE TABLE shop.orders (id text, created timestamptz, n bigint, PRIMARY KEY (id, created)) "
        "PARTITION BY RANGE (created)"
    )
    for year in (2025, 2026):
        admin.execute(
            f"CREATE TABLE shop.orders_{year} PARTITION OF shop.orders "
            f"FOR VALUES FROM ('{year}-01-01') TO ('{year + 1}-01-01')"
        )
    declared = schema(keys=("created", "id"), id=TEXT, created=TIME, n=INTEGER)
    for number in (1, 2):
        rows = [record(id="a", created=f"{year}-03-01T00:00:00Z", n=number) for year in (2025, 2026)]
        assert postgres.load([declared, *rows, state(number)]).states == [{"bookmarks": number}]
    assert postgres.rows("shop.orders_2025", ["id", "n"]) == [{"id": "a", "n": 2}]
    assert postgres.rows("shop.orders_2026", ["id", "n"]) == [{"id": "a", "n": 2}]
    indexes = admin.execute("SELECT count(*) FROM pg_indexes WHERE tablename = 'orders'").fetchone()
    assert indexes == (1,), "the primary key serves"

    outcome = postgres.load([declared, record(id="SECRET", created="2031-03-01T00:00:00Z", n=1)])
    assert outcome.error is not None
    assert 'no partition of relation "orders" found for row' in outcome.error
    assert "SECRET" not in outcome.error


def test_a_key_without_the_partitions_column_is_one_line(
    postgres: PostgresWarehouse, admin: psycopg.Connection
) -> None:
    admin.execute("CREATE SCHEMA shop")
    admin.execute("CREATE TABLE shop.orders (id text, n bigint) PARTITION BY LIST (n)")
    outcome = postgres.load(RUN)
    assert outcome.error is not None
    assert 'UNIQUE constraint on table "orders" lacks column "n"' in outcome.error
    assert "drop what depends" not in outcome.error


def test_a_column_of_another_type_than_the_target_makes_is_named(
    postgres: PostgresWarehouse, admin: psycopg.Connection
) -> None:
    admin.execute("CREATE SCHEMA shop")
    admin.execute("CREATE TABLE shop.orders (id uuid, n bigint)")
    outcome = postgres.load(RUN)
    assert outcome.error is not None
    assert 'column "id" is of type uuid but expression is of type text' in outcome.error
