"""target-duckdb: Singer messages into a DuckDB file."""

from __future__ import annotations

import logging
from functools import partial

from targets.duckdb.connect import connect
from targets.duckdb.settings import DuckDBSettings
from targets.duckdb.store import DuckDBStore
from targets.loading.kind import Kind


def _open(settings: DuckDBSettings, log: logging.Logger) -> DuckDBStore:
    """Opens the file of the setting `path`, waiting for another process that has it."""
    opened, lift = partial(connect, settings, log), settings.memory_limit is None
    return DuckDBStore(opened, is_remote=settings.is_remote, may_lift_limit=lift)


DUCKDB = Kind("target-duckdb", DuckDBSettings, _open)
