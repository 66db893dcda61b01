"""One load or build at a time per tenant on Postgres, whichever machine it runs on."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import sqlalchemy
from sqlalchemy.engine import URL
from sqlalchemy.exc import OperationalError
from sqlalchemy.pool import NullPool

from orchestrate.data.errors import AbandonedError, BusyError
from orchestrate.warehouse.postgres_memory import with_options

PAUSE = 0.1
"""Seconds between two looks. Who would wait in the server keeps a snapshot, and with it every dead row, meanwhile."""
_TRY = "SELECT pg_try_advisory_lock(hashtextextended(%s, 0))"
_HELD = "-c idle_session_timeout=0 -c tcp_keepalives_idle=30 -c tcp_keepalives_interval=10 -c tcp_keepalives_count=3"
"""The session lives as long as its client: a killed one's socket is closed at once, and a machine that is gone is
noticed within a minute. https://www.postgresql.org/docs/current/runtime-config-connection.html"""
_LOST = (
    "the session that keeps other runs out of the warehouse was lost, so that one may have written too; "
    "start the run again"
)
_KEPT_ALIVE = {"keepalives_idle": 30, "keepalives_interval": 10, "keepalives_count": 3}


@contextmanager
def only_session(url: URL, prefix: str, tell: Callable[[str], None], over: Callable[[], bool]) -> Iterator[None]:
    """Waits until nobody else has the schemas with this prefix, and says so while it waits.

    The lock is an advisory one of a session of its own, which the end of the session frees: a proxy in between has to
    keep sessions. Raises `BusyError`, at the end too where the session was lost meanwhile, and `AbandonedError` once
    `over` says that nobody wants it any more.
    """
    address = with_options(url, _HELD).set(drivername="postgresql+psycopg")
    engine = sqlalchemy.create_engine(address, poolclass=NullPool, connect_args=_KEPT_ALIVE)
    with _answering("the warehouse does not answer"):
        connection = engine.connect().execution_options(isolation_level="AUTOCOMMIT")
    with connection:
        name, waits = (f"engarde {prefix}",), False
        with _answering(_LOST):
            while not connection.exec_driver_sql(_TRY, name).scalar():
                if not waits:
                    tell(f"waiting: another run writes to {prefix}*")
                waits = True
                if over():
                    raise AbandonedError(f"asked to end while another run wrote to {prefix}*")
                time.sleep(PAUSE)
        yield
        with _answering(_LOST):
            connection.exec_driver_sql("SELECT 1")


@contextmanager
def _answering(otherwise: str) -> Iterator[None]:
    try:
        yield
    except OperationalError as error:
        said = str(error.orig).partition("\n")[0]
        raise BusyError(f"{otherwise}: {said}") from None
