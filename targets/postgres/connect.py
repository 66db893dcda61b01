"""Connects to PostgreSQL and says in one line why that failed."""

from __future__ import annotations

import psycopg

from targets.loading.errors import LoadError, SettingsError, StoreUnavailableError, one_line
from targets.loading.names import quoted
from targets.postgres.settings import PostgresSettings

_KEEPALIVE = {
    "keepalives": 1, "keepalives_idle": 30, "keepalives_interval": 10, "keepalives_count": 3,
    "tcp_user_timeout": 60_000,
}  # fmt: skip
# A server that answers COMMIT before it has written would lose rows whose STATE is out.
_COMMITS_ARE_WRITTEN = (
    "SELECT set_config('synchronous_commit', 'on', false) WHERE current_setting('synchronous_commit') = 'off'"
)


def connect(settings: PostgresSettings) -> psycopg.Connection[tuple[object, ...]]:
    """A connection in UTC; raises StoreUnavailableError or SettingsError without the password."""
    try:
        connection = psycopg.connect(**{**_KEEPALIVE, **settings.connection_arguments()}, autocommit=True)
    except psycopg.Error as error:
        raise _refused(settings, error) from None
    connection.execute("SET TIME ZONE 'UTC'")
    connection.execute("SET standard_conforming_strings = on")
    connection.execute(_COMMITS_ARE_WRITTEN)
    connection.execute("SET client_min_messages = warning")
    connection.execute(f"SET lock_timeout = {int(settings.lock_timeout * 1000)}")
    if settings.role is not None:
        _take_on(connection, settings.role)
    return connection


def _take_on(connection: psycopg.Connection[tuple[object, ...]], role: str) -> None:
    try:
        connection.execute(f"SET ROLE {quoted(role)}".encode())
    except psycopg.Error as error:
        connection.close()
        told = one_line(error.diag.message_primary or type(error).__name__)
        raise SettingsError(
            f"role {one_line(role)}: {told}. Check the role, and that the user is a member of it"
        ) from None


def _refused(settings: PostgresSettings, error: psycopg.Error) -> LoadError:
    lines = [line for line in str(error).splitlines() if line.strip()]
    reason = one_line(lines[-1] if lines else type(error).__name__)
    for secret in (settings.password, settings.sqlalchemy_url):
        if secret is not None and (hidden := secret.get_secret_value()):
            reason = reason.replace(hidden, "...")
    if settings.ssl_enable and ("SSL" in str(error) or "certificate" in str(error)):
        return SettingsError(f"cannot connect to PostgreSQL by TLS: {reason}. Check ssl_mode and the certificates")
    final = ("password authentication failed", "does not exist", "no password supplied", "permission denied", "pg_hba")
    text = f"cannot connect to PostgreSQL: {reason}"
    if any(phrase in str(error) for phrase in final):
        return SettingsError(f"{text}. Check host, user, password and database")
    return StoreUnavailableError(f"{text}. Check that the server runs and host and port are right")
