"""Connects to PostgreSQL and says in one line why that failed."""

from __future__ import annotations

import psycopg

from targets.loading.errors import LoadError, SettingsError, StoreUnavailableError, one_line
from targets.postgres.settings import PostgresSettings

_KEEPALIVE = {"keepalives": 1, "keepalives_idle": 30, "keepalives_interval": 10, "keepalives_count": 3}


def connect(settings: PostgresSettings) -> psycopg.Connection[tuple[object, ...]]:
    """A connection in UTC; raises StoreUnavailableError or SettingsError without the password."""
    try:
        connection = psycopg.connect(**{**_KEEPALIVE, **settings.connection_arguments()}, autocommit=True)
    except psycopg.Error as error:
        raise _refused(settings, error) from None
    connection.execute("SET TIME ZONE 'UTC'")
    connection.execute("SET standard_conforming_strings = on")
    connection.execute("SET client_min_messages = warning")
    connection.execute(f"SET lock_timeout = {int(settings.lock_timeout * 1000)}")
    return connection


def _refused(settings: PostgresSettings, error: psycopg.Error) -> LoadError:
    lines = [line for line in str(error).splitlines() if line.strip()]
    reason = one_line(lines[-1] if lines else type(error).__name__)
    for secret in (settings.password, settings.sqlalchemy_url):
        if secret is not None and (hidden := secret.get_secret_value()):
            reason = reason.replace(hidden, "...")
    final = ("password authentication failed", "does not exist", "no password supplied", "permission denied", "pg_hba")
    text = f"cannot connect to PostgreSQL: {reason}"
    if any(phrase in str(error) for phrase in final):
        return SettingsError(f"{text}. Check host, user, password and database")
    return StoreUnavailableError(f"{text}. Check that the server runs and host and port are right")
