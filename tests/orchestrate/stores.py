"""Stores to test on: an SQLite file and a Postgres database, whose role is no superuser."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
import sqlalchemy
from psycopg import sql

from orchestrate.people import sessions
from orchestrate.people.members import user_of
from orchestrate.store.database import Store
from orchestrate.store.tables import Membership, now
from tests.postgres import embedded_server, fresh_database


@contextmanager
def postgres_address() -> Iterator[str]:
    """The address of an empty database that a role of no privileges owns."""
    with embedded_server() as host, fresh_database(host, "store"):
        with psycopg.connect(host=host, user="postgres", dbname="store", autocommit=True) as admin:
            admin.execute("CREATE ROLE engarde LOGIN")
            admin.execute(sql.SQL("ALTER DATABASE store OWNER TO engarde"))
            admin.execute("GRANT ALL ON SCHEMA public TO engarde")
        yield f"postgresql://engarde@/store?host={host}"


@contextmanager
def postgres_warehouses() -> Iterator[str]:
    """The address of an empty database for tenants' warehouses; its role may do what docs/deploy.md says, no more."""
    with embedded_server() as host, fresh_database(host, "warehouses"):
        with psycopg.connect(host=host, user="postgres", dbname="warehouses", autocommit=True) as admin:
            admin.execute("CREATE ROLE warehouses LOGIN CREATEROLE")
            admin.execute("GRANT CREATE ON DATABASE warehouses TO warehouses")
        yield f"postgresql://warehouses@/warehouses?host={host}"


def somebody(store: Store, tenant_id: str, email: str, role: str) -> str:
    """The text of a session of a person of this role, who has no password that anybody knows."""
    with store.transaction(tenant_id) as session:
        user = user_of(store, session, tenant_id, email)
        member = session.get(Membership, (tenant_id, user.id))
        if member is None:
            user.password_hash = "-"
            member = Membership(tenant_id=tenant_id, user_id=user.id, role=role, joined_at=now())
            session.add(member)
            session.flush()
        return sessions.begin(session, member).text


@contextmanager
def noted_statements(store: Store, into: list[str]) -> Iterator[None]:
    """Adds every statement that the store is sent."""

    def note(*sent: object) -> None:
        into.append(str(sent[2]))

    sqlalchemy.event.listen(store.engine, "before_cursor_execute", note)
    yield
    sqlalchemy.event.remove(store.engine, "before_cursor_execute", note)


def sqlite_address(folder: Path) -> str:
    """The address of a file that is not there yet."""
    return f"sqlite:///{folder / 'store.db'}"


def cleared(address: str) -> str:
    """The same address, without whatever the last test left there."""
    with psycopg.connect(
        address.replace("postgresql://engarde@/", "postgresql://postgres@/"), autocommit=True
    ) as admin:
        # What an earlier test left open would wait for locks, or take a connection that a later one needs.
        admin.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = 'engarde'")
        admin.execute("DROP OWNED BY engarde CASCADE")
        admin.execute("GRANT ALL ON SCHEMA public TO engarde")
    return address
