"""Servers that tests start as processes of their own, from the environments that `make real-servers` makes."""

from __future__ import annotations

import contextlib
import socket
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

ENVIRONMENTS = Path(__file__).parent.parent / ".servers"
_PATIENCE = 60.0


def free_port() -> int:
    """A port that was free a moment ago."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@contextlib.contextmanager
def running(environment: str, program: str, *arguments: str, port: int) -> Iterator[str]:
    """Runs a program until it listens on the port, and yields its address; skips where it is not installed."""
    executable = ENVIRONMENTS / environment / "bin" / program
    if not executable.exists():
        pytest.skip(f"there is no server for {environment} here: make real-servers")
    command = [str(executable), *arguments]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as server:
        try:
            _wait(server, port)
            yield f"http://127.0.0.1:{port}"
        finally:
            server.terminate()
            server.wait(timeout=_PATIENCE)


def _wait(server: subprocess.Popen[bytes], port: int) -> None:
    end = time.monotonic() + _PATIENCE
    while server.poll() is None and time.monotonic() < end:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.1)
    pytest.fail(f"{server.args!r} does not listen")
