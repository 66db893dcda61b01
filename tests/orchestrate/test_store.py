"""The store on SQLite and Postgres: migrations fit the tables, tenants do not meet, leases have one holder."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import delete, inspect, select, text
from sqlalchemy.exc import DBAPIError

from orchestrate.connections.service import Connections
from orchestrate.store.database import MIGRATIONS, Store, StoreError, _config, open_store
from orchestrate.store.leases import held
from orchestrate.store.tables import (
    Lease,
    PlatformConnection,
    Subscription,
    SyncLine,
    SyncRun,
    Table,
    TenantKey,
    new_id,
)
from orchestrate.syncs.service import Syncs
from orchestrate.vault.envelope import key_id_of

HUBSPOT = {"access_token": "pat-canary-1"}


@pytest.fixture
def store(environment: Path) -> Iterator[Store]:
    store = open_store(Path("unused"))
    yield store
    store.close()


def test_the_migrations_make_the_tables_that_the_code_expects(store: Store) -> None:
    with store.engine.connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection), Table.metadata) == []
    store.migrate()


def test_every_row_but_a_tenants_own_belongs_to_a_tenant(store: Store) -> None:
    owned = [
        table
        for name, table in Table.metadata.tables.items()
        if name not in {"tenants", "account_budgets", "platform_totals", "users", "login_tries"}
    ]
    assert [table.name for table in owned if next(iter(table.primary_key.columns)).name != "tenant_id"] == []
    if store.engine.dialect.name == "postgresql":
        forced = "SELECT relname FROM pg_class WHERE relrowsecurity AND relforcerowsecurity"
        with store.engine.connect() as connection:
            assert set(connection.scalars(text(forced))) == {table.name for table in owned} | {"users"}


def test_a_tenant_sees_no_row_of_another(store: Store, connections: Connections) -> None:
    connections.add("hubspot", "main", HUBSPOT)
    stranger = Connections(store, connections.vault, store.tenant("stranger"), "user test")
    assert stranger.all() == []
    with pytest.raises(Exception, match="there is no connection 'main'; there are none yet"):
        stranger.show("main")


def test_on_postgres_the_database_itself_parts_the_tenants(store: Store, connections: Connections) -> None:
    if store.engine.dialect.name != "postgresql":
        pytest.skip("SQLite has no row-level security: every query names its tenant")
    connections.add("hubspot", "main", HUBSPOT)
    owned = [name for name, table in Table.metadata.tables.items() if "tenant_id" in table.columns]
    counts = {name: text(f"SELECT count(*) FROM {name}") for name in owned}
    with store.transaction(store.tenant("stranger")) as session:
        assert {session.scalar(count) for count in counts.values()} == {0}
        with pytest.raises(DBAPIError, match="row-level security"):
            session.add(PlatformConnection(tenant_id=connections.tenant_id, platform="stripe", name="planted"))
            session.flush()
        session.rollback()
    with store.engine.connect() as connection:  # a connection of the pool remembers no tenant
        assert {connection.scalar(count) for count in counts.values()} == {0}
    with store.transaction(connections.tenant_id) as session:
        assert len(session.scalars(select(TenantKey)).all()) == 1


def test_on_postgres_a_role_above_the_tenants_is_refused(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    if store.engine.dialect.name != "postgresql":
        pytest.skip("SQLite has no roles")
    address = store.engine.url.set(username="postgres").render_as_string()
    monkeypatch.setenv("ENGARDE_STORE", address)
    with pytest.raises(StoreError, match="neither superuser nor has BYPASSRLS"):
        open_store(Path("unused"))


def test_a_table_that_is_made_anew_keeps_the_rows_that_point_to_it(store: Store, connections: Connections) -> None:
    connections.add("hubspot", "main", HUBSPOT)
    syncs = Syncs(store, connections.tenant_id, "user test")
    load, build = syncs.trigger("main"), syncs.rebuild()
    with store.transaction(connections.tenant_id) as session:
        for run in (load, build):
            session.add(SyncLine(tenant_id=connections.tenant_id, run_id=run, number=1, level="info", text=run))
    with store._migrating() as migrating:
        command.downgrade(_config(migrating), "0014")
    with store.engine.connect() as connection:
        columns = {each["name"]: each for each in inspect(connection).get_columns("sync_runs")}
        assert columns["connection_id"]["nullable"] is False
    store.migrate()
    with store.transaction(connections.tenant_id) as session:
        assert session.scalars(select(SyncLine.text)).all() == [load], "the build had no place in the older table"
        assert session.scalars(select(SyncRun.id)).all() == [load]
        session.execute(delete(SyncRun))
        session.flush()
        assert session.scalars(select(SyncLine.text)).all() == [], "foreign keys are looked at again"


def test_a_lease_has_one_holder_at_a_time_and_its_number_rises(store: Store) -> None:
    tenant = store.tenant("acme")
    inside: list[int] = []
    most: list[int] = []

    def work(_: int) -> int:
        with held(store, tenant, "login 1", seconds=30, wait=30) as number:
            inside.append(number)
            most.append(len(inside))
            inside.remove(number)
            return number

    with ThreadPoolExecutor(8) as pool:
        numbers = list(pool.map(work, range(24)))
    assert max(most) == 1
    assert sorted(numbers) == list(range(1, 25))


def test_a_lease_of_a_killed_holder_ends_and_another_is_waited_for(store: Store) -> None:
    tenant = store.tenant("acme")
    killed = held(store, tenant, "login 1", seconds=0.3, wait=0)
    assert killed.__enter__() == 1
    with held(store, tenant, "login 1", seconds=30, wait=5) as number:
        assert number == 2
        with (
            pytest.raises(StoreError, match="held by another process"),
            held(store, tenant, "login 1", seconds=1, wait=0.2),
        ):
            pass
        killed.__exit__(None, None, None)  # it was late: the lease is no longer its own to give back
        with store.transaction(tenant) as session:
            assert session.get_one(Lease, (tenant, "login 1")).number == 2
        with pytest.raises(StoreError), held(store, tenant, "login 1", seconds=1, wait=0):
            pass


@pytest.mark.parametrize(
    ("given", "says"), [("nonsense", "no address"), ("mysql://x/y", "names mysql; the store is SQLite or Postgres")]
)
def test_an_address_that_cannot_work_is_refused(monkeypatch: pytest.MonkeyPatch, given: str, says: str) -> None:
    monkeypatch.setenv("ENGARDE_STORE", given)
    with pytest.raises(StoreError, match=says):
        open_store(Path("unused"))


def test_what_is_sealed_while_keys_are_rotated_opens_afterwards(store: Store, connections: Connections) -> None:
    connections.add("hubspot", "main", HUBSPOT)
    with ThreadPoolExecutor(1) as other:
        with store.transaction(connections.tenant_id) as session:
            late = Subscription(
                tenant_id=connections.tenant_id, id=new_id(), url="https://8.8.8.8", kinds=["run.finished"]
            )
            late.sealed = connections.vault.seal(session, late.place, "canary")
            rotated = other.submit(connections.vault.rotate, store, connections.tenant_id)
            with pytest.raises(TimeoutError):
                rotated.result(timeout=0.5)
            session.add(late)
        assert rotated.result(timeout=30) >= 2
    with store.transaction(connections.tenant_id) as session:
        (key,) = session.scalars(select(TenantKey).where(TenantKey.tenant_id == connections.tenant_id))
        row = session.scalars(select(Subscription)).one()
        assert connections.vault.unseal(session, row.place, row.sealed) == "canary"
        assert key_id_of(row.sealed) == key.id
    assert connections.settings("main", "hubspot")["access_token"] == HUBSPOT["access_token"]


def test_rotations_at_once_lose_nothing_and_leave_one_key(store: Store, connections: Connections) -> None:
    names = [f"c{n}" for n in range(6)]
    with ThreadPoolExecutor(6) as pool:
        added = [pool.submit(connections.add, "hubspot", name, HUBSPOT) for name in names]
        rotated = [pool.submit(connections.vault.rotate, store, connections.tenant_id) for _ in range(4)]
        for each in (*added, *rotated):
            each.result(timeout=60)
    connections.vault.rotate(store, connections.tenant_id)
    assert {connections.settings(name, "hubspot")["access_token"] for name in names} == {HUBSPOT["access_token"]}
    with store.transaction(connections.tenant_id) as session:
        assert len(session.scalars(select(TenantKey).where(TenantKey.tenant_id == connections.tenant_id)).all()) == 1


def test_the_last_file_of_migrations_is_the_last_migration() -> None:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    head = ScriptDirectory.from_config(config).get_current_head()
    assert max(file.name for file in (MIGRATIONS / "versions").glob("[0-9]*.py")).startswith(f"{head}_")
