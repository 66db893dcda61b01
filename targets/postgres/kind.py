"""target-postgres: Singer messages into a PostgreSQL database."""

from __future__ import annotations

import logging
from functools import partial

from targets.loading.kind import Kind
from targets.postgres.connect import connect
from targets.postgres.settings import PostgresSettings
from targets.postgres.store import PostgresStore


def _open(settings: PostgresSettings, log: logging.Logger) -> PostgresStore:  # noqa: ARG001 - as every store is opened
    """Connects to the database that the settings name."""
    return PostgresStore(partial(connect, settings))


POSTGRES = Kind("target-postgres", PostgresSettings, _open)
