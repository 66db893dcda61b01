"""A warehouse in schemas of a Postgres database, which other tenants have schemas in.

The names of a tenant's schemas begin with a prefix of its own: `acme_3f9c2a1b_unified`. A role that may read these
alone, `acme_3f9c2a1b_reader`, answers all questions; loader and dbt write as the user of the address. What workers
remember of the tenant lies there too; `folder` has only what dbt parsed of previews, which every worker may have.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

import sqlalchemy
from sqlalchemy import Connection, Engine
from sqlalchemy.engine import URL
from sqlalchemy.exc import OperationalError

from orchestrate.data.errors import BusyError
from orchestrate.warehouse.postgres_asking import PostgresReading, PostgresWriting
from orchestrate.warehouse.postgres_lock import only_session
from orchestrate.warehouse.postgres_memory import PostgresUnbuilt, make_memory, meltano_address, with_options
from orchestrate.warehouse.postgres_names import BUILT
from orchestrate.warehouse.postgres_preview import PostgresPreview
from orchestrate.warehouse.postgres_rights import grant

_SSL = {"sslmode": "PGSSLMODE", "sslrootcert": "PGSSLROOTCERT", "sslcert": "PGSSLCERT", "sslkey": "PGSSLKEY"}
"""Parts of the address for which dbt's profile has no word: libpq reads them from the environment."""


@dataclass(frozen=True)
class PostgresWarehouse:
    """One tenant's schemas; raw tables may lie under another prefix (`raw`) than what is built of them."""

    folder: Path
    url: URL = field(repr=False)
    prefix: str
    raw: str

    engine = "postgres"

    @property
    def environment(self) -> dict[str, str]:
        """The variables by which target, dbt and Meltano find it."""
        url = self.url
        host = url.host or str(url.query.get("host", ""))
        found = {
            "ENGARDE_PG_HOST": host, "ENGARDE_PG_PORT": str(url.port or 5432), "ENGARDE_PG_USER": url.username or "",
            "ENGARDE_PG_PASSWORD": url.password or "", "ENGARDE_PG_DATABASE": url.database or "",
            "ENGARDE_SCHEMA_PREFIX": self.prefix, "ENGARDE_RAW_PREFIX": self.raw,
            "MELTANO_DATABASE_URI": meltano_address(self.url, self.memory),
            "ENGARDE_DBT_TARGET_NAME": self.engine,
        }  # fmt: skip
        return found | {_SSL[name]: str(value) for name, value in url.query.items() if name in _SSL}

    def target_settings(self, platform: str) -> dict[str, str]:
        """The settings of target-postgres."""
        address = self.url.set(drivername="postgresql").render_as_string(hide_password=False)
        return {"sqlalchemy_url": address, "default_target_schema": self.schema(platform)}

    def schema(self, name: str) -> str:
        """The tenant's own schema of this name."""
        return f"{self.prefix if name in {*BUILT, 'decided', 'answers'} else self.raw}{name}"

    def exists(self) -> bool:
        """The database is there whatever lies in it."""
        return True

    def prepare(self, *platforms: str) -> None:
        """Makes the schemas of what is built and of the platforms, and the role that reads them."""
        with self._engine.begin() as connection:
            schemas = [self.schema(name) for name in (*BUILT, "decided", *platforms)]
            grant(connection, self.reader, schemas)
            make_memory(connection, self.memory)

    @property
    def memory(self) -> str:
        """The schema of what workers remember; nobody but the user of the address reads it."""
        return f"{self.raw}meltano"

    @property
    def unbuilt(self) -> PostgresUnbuilt:
        """What is still to be built."""
        return PostgresUnbuilt(self)

    def alone(
        self, tell: Callable[[str], None], over: Callable[[], bool] = lambda: False
    ) -> AbstractContextManager[None]:  # fmt: skip
        """Waits until nobody else loads or builds, on any machine, and says so while it waits."""
        return only_session(self.url, self.raw, tell, over)

    @property
    def reader(self) -> str:
        """The role that may read the tenant's schemas and nothing else."""
        return f"{self.raw}reader"

    @contextmanager
    def opened(self, version: str | None = None) -> Iterator[PostgresReading]:
        """Reads what is committed, all by one snapshot; raises `RowsError`."""
        reading = self.connected(isolation_level="REPEATABLE READ", postgresql_readonly=True)
        with reading as connection, connection.begin():
            yield PostgresReading(connection, self, version)

    @contextmanager
    def writing(self) -> Iterator[PostgresWriting]:
        """Writes in one transaction; the server counts it before anybody asks again."""
        with self.connected() as connection, connection.begin():
            yield PostgresWriting(connection, self)
            connection.exec_driver_sql("SELECT pg_stat_force_next_flush()")

    def publish(self) -> None:
        """What is committed is seen."""

    def preview(self, connection_id: str) -> PostgresPreview:
        """The preview of one connection, in schemas of its own; the raw tables are the warehouse's."""
        beside = PostgresWarehouse(self.folder, self.url, f"{self.raw}p{connection_id[:8]}_", self.raw)
        return PostgresPreview(self, beside, self.folder / "previews" / connection_id / "dbt")

    @contextmanager
    def connected(self, **options: object) -> Iterator[Connection]:
        """A connection of the pool, as the user of the address; raises `BusyError`."""
        try:
            connection = self._engine.connect()
        except OperationalError as error:
            raise BusyError(f"the warehouse does not answer: {str(error.orig).partition(chr(10))[0]}") from None
        with connection:
            yield connection.execution_options(**options) if options else connection

    @property
    def _engine(self) -> Engine:
        return _engine(self.url)


@cache
def _engine(url: URL) -> Engine:
    """One pool for all tenants: which schemas are meant is said in every statement."""
    own = with_options(url, "-c timezone=UTC").set(drivername="postgresql+psycopg")
    return sqlalchemy.create_engine(own, pool_pre_ping=True)
