"""Opens the store and gives out transactions, each of one tenant."""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import sqlalchemy
from sqlalchemy import Connection, Engine, event, select, text
from sqlalchemy.exc import OperationalError, ProgrammingError
from sqlalchemy.orm import Session

from orchestrate.store.tables import Tenant

if TYPE_CHECKING:
    from alembic.config import Config

MIGRATIONS = Path(__file__).parent / "migrations"
BUSY_SECONDS = 30
_MIGRATING = threading.Lock()  # Alembic keeps its context in a module

_SEEN = text(
    "SELECT set_config('app.tenant', :tenant, true), set_config('app.user', :user, true), "
    "set_config('app.email', :email, true)"
)


class StoreError(Exception):
    """The store cannot be used; says what to do."""


class Store:
    """One store. `transaction` sees a single tenant's rows: on Postgres the database itself sees to that."""

    def __init__(self, url: str) -> None:
        self.engine = _engine(url)
        self._names: dict[str, str] = {}

    @contextmanager
    def transaction(self, tenant_id: str) -> Iterator[Session]:
        """A transaction of this tenant, committed at the end; what is raised inside takes it back."""
        with Session(self.engine) as session, session.begin():
            self.see(session, tenant_id)
            yield session

    def see(self, session: Session, tenant_id: str, *, user: str = "", email: str = "") -> None:
        """From here on the transaction sees this tenant's rows, and what is this person's, by id or e-mail address."""
        if self.engine.dialect.name == "postgresql":
            values = {"tenant": tenant_id, "user": user, "email": email}
            session.execute(_SEEN, values)

    @contextmanager
    def of_person(self, *, user: str = "", email: str = "") -> Iterator[Session]:
        """A transaction that sees a person and the tenants that they belong to, and no other row of these."""
        with self.across_tenants() as session:
            self.see(session, "", user=user, email=email)
            yield session

    @contextmanager
    def snapshot(self) -> Iterator[Session]:
        """A transaction that sees everything as it was at one moment, tenant after tenant (`see`)."""
        isolation = {"isolation_level": "REPEATABLE READ"} if self.engine.dialect.name == "postgresql" else {}
        with self.engine.connect().execution_options(**isolation) as connection, Session(connection) as session:
            yield session

    @contextmanager
    def across_tenants(self) -> Iterator[Session]:
        """A transaction that sees which tenants there are, and no row of theirs."""
        with Session(self.engine) as session, session.begin():
            yield session

    @contextmanager
    def fleeting(self) -> Iterator[Session]:
        """As `across_tenants`, for what may be forgotten when the power fails: it does not wait for the disk."""
        fleeting = self.engine.execution_options(fleeting=True)
        with Session(fleeting) as session, session.begin():
            if fleeting.dialect.name == "postgresql":
                session.execute(text("SET LOCAL synchronous_commit = off"))
            yield session

    def tenant(self, name: str) -> str:
        """The id of the tenant of this name, who is made if there is none."""
        with self.across_tenants() as session:
            found = session.scalar(select(Tenant.id).where(Tenant.name == name))
            if found is None:
                made = Tenant(name=name)
                session.add(made)
                session.flush()
                found = made.id
            return found

    def tenant_named(self, name: str) -> str | None:
        """The id of the tenant of this name, or None."""
        with self.across_tenants() as session:
            return session.scalar(select(Tenant.id).where(Tenant.name == name))

    def tenant_name(self, tenant_id: str) -> str:
        """The name of a tenant that there is; it never changes, and is asked for once."""
        known = self._names.get(tenant_id)
        if known is None:
            with self.across_tenants() as session:
                known = self._names[tenant_id] = session.get_one(Tenant, tenant_id).name
        return known

    def tenants(self) -> list[tuple[str, str]]:
        """Id and name of every tenant, by name."""
        with self.across_tenants() as session:
            return [(tenant.id, tenant.name) for tenant in session.scalars(select(Tenant).order_by(Tenant.name))]

    def close(self) -> None:
        """Closes every connection to the database."""
        self.engine.dispose()

    def migrate(self) -> None:
        """Brings the tables to this version's; nothing happens where they are. One at a time, of all processes."""
        if self._is_current():
            return
        from alembic import command

        with _MIGRATING, self._migrating() as connection:
            command.upgrade(_config(connection), "head")

    def _is_current(self) -> bool:
        """Whether the last migration was made. Asked without Alembic, which takes a fifth of a second to load."""
        newest = max(file.name for file in (MIGRATIONS / "versions").glob("[0-9]*.py")).partition("_")[0]
        try:
            with self.engine.connect() as connection:
                return connection.execute(text("SELECT version_num FROM alembic_version")).scalars().all() == [newest]
        except (OperationalError, ProgrammingError):
            return False

    @contextmanager
    def _migrating(self) -> Iterator[Connection]:
        """A transaction for migrations.

        SQLite makes a table anew to change a column, and dropping the old one would take the rows of others that point
        to it along: foreign keys are looked at when all is done. https://www.sqlite.org/lang_altertable.html#otheralter
        """
        if self.engine.dialect.name == "postgresql":
            with self.engine.begin() as connection:
                connection.execute(text("SELECT pg_advisory_xact_lock(hashtext('engarde migrations'))"))
                yield connection
            return
        with self.engine.connect() as connection:
            switch = connection.connection.cursor().execute  # the pragma does nothing inside a transaction
            switch("PRAGMA foreign_keys = OFF")
            try:
                with connection.begin():
                    yield connection
                    left = connection.exec_driver_sql("PRAGMA foreign_key_check").first()
                    if left is not None:
                        raise StoreError(f"a migration left a row of {left[0]} without its row of {left[2]}")
            finally:
                switch("PRAGMA foreign_keys = ON")


def store_url(default: Path) -> str:
    """ENGARDE_STORE, an SQLAlchemy address; else the SQLite file `default`."""
    return os.environ.get("ENGARDE_STORE") or f"sqlite:///{default}"


def _engine(url: str) -> Engine:
    try:
        address = sqlalchemy.make_url(url)
    except sqlalchemy.exc.ArgumentError:
        raise StoreError("ENGARDE_STORE is no address such as postgresql+psycopg://user@host/database") from None
    if address.drivername == "postgresql":
        address = address.set(drivername="postgresql+psycopg")
    if address.get_backend_name() not in {"sqlite", "postgresql"}:
        raise StoreError(f"ENGARDE_STORE names {address.get_backend_name()}; the store is SQLite or Postgres")
    if address.get_backend_name() == "sqlite" and address.database:
        Path(address.database).parent.mkdir(parents=True, exist_ok=True)
    engine = sqlalchemy.create_engine(address, pool_pre_ping=True)
    if engine.dialect.name == "sqlite":
        _as_a_server(engine)
    return engine


def _as_a_server(engine: Engine) -> None:
    """SQLite with foreign keys, readers beside one writer, and transactions that wait for their turn."""

    @event.listens_for(engine, "connect")
    def _connected(connection: Any, _: object) -> None:
        connection.isolation_level = None
        for words in ("foreign_keys = ON", "journal_mode = WAL", f"busy_timeout = {BUSY_SECONDS * 1000}"):
            connection.execute(f"PRAGMA {words}")

    @event.listens_for(engine, "begin")
    def _begun(connection: Connection) -> None:
        # A transaction that reads first and writes then could not wait: its view of the file would be too old.
        # https://www.sqlite.org/pragma.html#pragma_synchronous
        waits = "NORMAL" if connection.get_execution_options().get("fleeting") else "FULL"
        connection.exec_driver_sql(f"PRAGMA synchronous = {waits}")
        connection.exec_driver_sql("BEGIN IMMEDIATE")


def _refuse_a_role_above_the_tenants(store: Store) -> None:
    """Row-level security binds neither superusers nor roles with BYPASSRLS."""
    if store.engine.dialect.name != "postgresql":
        return
    with store.engine.connect() as connection:
        above = "SELECT rolsuper OR rolbypassrls FROM pg_roles WHERE rolname = current_user"
        if connection.scalar(text(above)):
            raise StoreError("ENGARDE_STORE logs in as a role that sees all tenants' rows; use one that is neither "
                             "superuser nor has BYPASSRLS")  # fmt: skip


def _config(connection: Connection) -> Config:
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.attributes["connection"] = connection
    return config


def open_store(default: Path) -> Store:
    """The store that the environment names, its tables brought to this version; raises `StoreError`."""
    store = Store(store_url(default))
    try:
        _refuse_a_role_above_the_tenants(store)
        store.migrate()
    except OperationalError as error:
        reason = str(error.orig).strip().partition("\n")[0]
        raise StoreError(f"the store cannot be opened: {reason}. ENGARDE_STORE says where it is") from None
    return store
