"""Schemas of a tenant, and who may read them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from sqlalchemy import Connection
from sqlalchemy.exc import ProgrammingError

from orchestrate.warehouse.names import quoted

_ONE_AT_A_TIME = "SELECT pg_advisory_xact_lock(hashtext('engarde warehouses'))"
_FAILED = (
    "the user of ENGARDE_WAREHOUSE_URL may not make what a tenant's warehouse needs ({}); it wants CREATEROLE "
    "and the right to create schemas and the extension fuzzystrmatch: docs/deploy.md"
)


class RightsError(Exception):
    """The user of the address lacks a right; the text says which."""


def grant(connection: Connection, reader: str, schemas: Sequence[str]) -> None:
    """Makes a role and schemas where there are none; the role may read what lies in them now and later.

    Tables that the same user makes later are readable by default privileges:
    https://www.postgresql.org/docs/current/sql-alterdefaultprivileges.html
    """
    with refusals():
        _grant(connection, reader, schemas)


@contextmanager
def refusals() -> Iterator[None]:
    """Raises `RightsError` where the server refuses something."""
    try:
        yield
    except ProgrammingError as error:
        raise RightsError(_FAILED.format(str(error.orig).partition("\n")[0])) from None


def _grant(connection: Connection, reader: str, schemas: Sequence[str]) -> None:
    connection.exec_driver_sql(_ONE_AT_A_TIME)
    there = connection.exec_driver_sql("SELECT 1 FROM pg_roles WHERE rolname = %s", (reader,)).first()
    role = quoted(reader)
    if there is None:
        connection.exec_driver_sql(f"CREATE ROLE {role} NOLOGIN")
        # Who makes a role may not take it on by that alone, since PostgreSQL 16.
        connection.exec_driver_sql(f"GRANT {role} TO CURRENT_USER")
    connection.exec_driver_sql("CREATE EXTENSION IF NOT EXISTS fuzzystrmatch WITH SCHEMA public")
    told = "SELECT nspname FROM pg_namespace WHERE nspname = ANY(%s) AND has_schema_privilege(%s, oid, 'USAGE')"
    ready = {name for (name,) in connection.exec_driver_sql(told, (list(schemas), reader))}
    for name in schemas:
        if name in ready:
            continue
        schema = quoted(name)
        connection.exec_driver_sql(f"CREATE SCHEMA IF NOT EXISTS {schema}")
        connection.exec_driver_sql(f"GRANT USAGE ON SCHEMA {schema} TO {role}")
        connection.exec_driver_sql(f"GRANT SELECT ON ALL TABLES IN SCHEMA {schema} TO {role}")
        connection.exec_driver_sql(f"ALTER DEFAULT PRIVILEGES IN SCHEMA {schema} GRANT SELECT ON TABLES TO {role}")
