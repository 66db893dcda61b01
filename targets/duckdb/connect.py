"""Opens a DuckDB file, and waits for the process that has it."""

from __future__ import annotations

import logging
import os
import re
import time
from pathlib import Path
from typing import Any

import duckdb

from targets.duckdb.settings import DuckDBSettings
from targets.loading.errors import LoadError, SettingsError, one_line
from targets.loading.names import STAGED, literal, quoted

_HOLDER = re.compile(r"held in (.+?) \(PID (\d+)\)")
_PAUSE = 0.25
# Under its file's name a database could not be told from the schema of a platform: stripe.duckdb from stripe.
_NAME = quoted(f"{STAGED}file")
# What is needed is compiled in; code from the network has no business in a local load.
_LOCAL: dict[str, Any] = {"autoinstall_known_extensions": "false"}
MEMORY_LIMIT = "128MB"
"""What batches need; without a limit DuckDB would keep what was written until the next checkpoint."""
CHECKPOINT_AT = "256MB"
"""By default every batch would rewrite the row groups that it deleted from; the log keeps them until the end."""


def connect(settings: DuckDBSettings, log: logging.Logger) -> duckdb.DuckDBPyConnection:
    """Opens the file; waits up to lock_timeout seconds where another process has it.

    Raises SettingsError if the path cannot be used and LoadError if the wait was in vain.
    """
    path = settings.path
    if "://" not in path and path != ":memory:" and not settings.is_remote:
        _check_path(Path(path).expanduser())
        path = str(Path(path).expanduser())
    deadline, told = time.monotonic() + settings.lock_timeout, False
    while True:
        try:
            return _open(path, settings)
        except duckdb.IOException as error:
            if "lock" not in str(error):
                raise _refused(path, error, settings) from None
            holder = _holder(error)
            if time.monotonic() >= deadline:
                raise LoadError(
                    f"{path} is still in use by {holder} after {settings.lock_timeout:g} s; nothing was read "
                    "or written. End that process or raise lock_timeout"
                ) from None
            if not told:
                log.warning("%s is in use by %s; waiting up to %g s", path, holder, settings.lock_timeout)
                told = True
            time.sleep(_PAUSE)
        except duckdb.Error as error:
            raise _refused(path, error, settings) from None


def _open(path: str, settings: DuckDBSettings) -> duckdb.DuckDBPyConnection:
    connection = _connected(path, settings)
    connection.execute("SET TimeZone = 'UTC'")
    # A second thread costs a small batch a third more; the store takes it for a large one.
    connection.execute("SET threads = 1")
    connection.execute("SET preserve_insertion_order = true")
    connection.execute(f"SET checkpoint_threshold = '{CHECKPOINT_AT}'")
    limit = settings.memory_limit or (None if settings.is_remote or path == ":memory:" else MEMORY_LIMIT)
    if limit is not None:
        connection.execute(f"SET memory_limit = {literal(limit)}")
    return connection


def _connected(path: str, settings: DuckDBSettings) -> duckdb.DuckDBPyConnection:
    if settings.is_remote:
        token: dict[str, Any] = {"motherduck_token": settings.token.get_secret_value()} if settings.token else {}
        return duckdb.connect(path, config=token)
    connection = duckdb.connect(config=_LOCAL)
    try:
        if path != ":memory:":
            connection.execute(f"SET temp_directory = {literal(path + '.tmp')}")
        connection.execute(f"ATTACH {literal(path)} AS {_NAME}")
        connection.execute(f"USE {_NAME}")
    except duckdb.Error:
        connection.close()
        raise
    return connection


def _check_path(path: Path) -> None:
    folder = path.resolve().parent
    if path.is_dir():
        raise SettingsError(f"path {path} is a folder; name a file in it")
    if not folder.is_dir():
        raise SettingsError(f"path {path}: there is no folder {folder}; create it first")
    if not os.access(path if path.exists() else folder, os.W_OK):
        raise SettingsError(f"path {path} may not be written; change its permissions or choose another path")


def _holder(error: duckdb.Error) -> str:
    found = _HOLDER.search(str(error))
    return f"{found[1]} (PID {found[2]})" if found else "another process"


def _refused(path: str, error: duckdb.Error, settings: DuckDBSettings) -> SettingsError:
    reason = one_line(str(error).partition("\n")[0])[:300]
    if settings.token is not None:
        reason = reason.replace(settings.token.get_secret_value(), "...")
    return SettingsError(f"path {path}: DuckDB cannot open it: {reason}")
