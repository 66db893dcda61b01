"""A throw-away MariaDB server for tests, from the system's packages (`make real-servers`)."""

from __future__ import annotations

import contextlib
import os
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import pymysql
import pytest

_PATIENCE = 30.0


@contextlib.contextmanager
def mariadb_server() -> Iterator[str]:
    """Runs a server of its own and yields the file of its socket; root needs no password. Skips where none is."""
    binary = shutil.which("mariadbd", path="/usr/sbin:/usr/local/sbin:/usr/bin:" + os.environ.get("PATH", ""))
    if binary is None:
        pytest.skip("there is no MariaDB here: make real-servers")
    folder = Path(tempfile.mkdtemp(prefix="engarde-mariadb-"))
    socket = folder / "socket"
    user = "mysql" if os.geteuid() == 0 else None
    if user is not None:
        shutil.chown(folder, user)
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL, "cwd": folder, "user": user}
    install = ["mariadb-install-db", "--no-defaults", f"--datadir={folder}/data", "--skip-test-db",
               "--auth-root-authentication-method=normal"]  # fmt: skip
    server = None
    try:
        subprocess.run(install, check=True, **quiet)
        options = [f"--datadir={folder}/data", f"--socket={socket}", "--skip-networking", f"--pid-file={folder}/pid",
                   "--innodb-flush-log-at-trx-commit=0", "--innodb-buffer-pool-size=64M"]  # fmt: skip
        server = subprocess.Popen([binary, "--no-defaults", *options], **quiet)
        _wait(str(socket))
        yield str(socket)
    finally:
        if server is not None:
            server.terminate()
            server.wait(timeout=_PATIENCE)
        shutil.rmtree(folder, ignore_errors=True)


def _wait(socket: str) -> None:
    end = time.monotonic() + _PATIENCE
    while True:
        try:
            pymysql.connect(unix_socket=socket, user="root").close()
            return
        except pymysql.err.OperationalError:
            if time.monotonic() > end:
                raise
            time.sleep(0.1)
