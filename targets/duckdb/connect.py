"""Opens a DuckDB file, and waits for the process that has it."""

from __future__ import annotations

import logging
import os
import re
import time
from pathlib import Path

import duckdb

from targets.duckdb.settings import DuckDBSettings
from targets.loading.errors import LoadError, SettingsError, one_line

_HOLDER = re.compile(r"held in (.+?) \(PID (\d+)\)")
_PAUSE = 0.25


def connect(settings: DuckDBSettings, log: logging.Logger) -> duckdb.DuckDBPyConnection:
    """Opens the file; waits up to lock_timeout seconds where another process has it.

    Raises SettingsError if the path cannot be used and LoadError if the wait was in vain.
    """
    path = settings.path
    if "://" not in path and not path.startswith(("md:", ":memory:")):
        _check_path(Path(path).expanduser())
        path = str(Path(path).expanduser())
    deadline, told = time.monotonic() + settings.lock_timeout, False
    while True:
        try:
            return _open(path, settings)
        except duckdb.IOException as error:
            if "lock" not in str(error):
                raise SettingsError(f"path {path}: DuckDB cannot open it: {_reason(error)}") from None
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
            raise SettingsError(f"path {path}: DuckDB cannot open it: {_reason(error)}") from None


def _open(path: str, settings: DuckDBSettings) -> duckdb.DuckDBPyConnection:
    connection = duckdb.connect(path)
    connection.execute("SET TimeZone = 'UTC'")
    connection.execute("SET preserve_insertion_order = true")
    if settings.memory_limit is not None:
        connection.execute(f"SET memory_limit = '{settings.memory_limit.replace(chr(39), '')}'")
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


def _reason(error: duckdb.Error) -> str:
    return one_line(str(error).partition("\n")[0])[:300]
