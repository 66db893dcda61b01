"""Things that fail around a target: a disk of a few megabytes, a connection that breaks at a chosen statement."""

from __future__ import annotations

import contextlib
import os
import select
import socket
import subprocess
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest


@contextlib.contextmanager
def small_disk(folder: Path, megabytes: int) -> Iterator[Path]:
    """Mounts a file system of its own at the folder; skips where that is not permitted."""
    folder.mkdir(parents=True, exist_ok=True)
    mount = ["mount", "-t", "tmpfs", "-o", f"size={megabytes}m", "tmpfs", str(folder)]
    if os.geteuid() != 0 or subprocess.run(mount, check=False, capture_output=True).returncode:
        pytest.skip("only root can mount a small disk")
    try:
        yield folder
    finally:
        subprocess.run(["umount", "--lazy", str(folder)], check=True)


class Cable:
    """A network of two ends; `program` begins a command at the far one."""

    NEAR, FAR = "10.213.77.1", "10.213.77.2"

    def __init__(self, name: str) -> None:
        self._name = name
        self.program = ["ip", "netns", "exec", name]

    def lay(self) -> None:
        """Makes it."""
        self._do("netns add {0}", "link add {0} type veth peer name far netns {0}", "addr add {1}/30 dev {0}")
        self._do("link set {0} up", "-n {0} addr add {2}/30 dev far", "-n {0} link set far up")

    def cut(self) -> None:
        """From now on nothing passes, and nobody is told: no packet comes back that says so."""
        self._do("addr del {1}/30 dev {0}", "link set {0} arp off")

    def clear(self) -> None:
        """Removes it."""
        self._do("netns del {0}")

    def _do(self, *commands: str) -> None:
        for command in commands:
            words = command.format(self._name, self.NEAR, self.FAR).split()
            subprocess.run(["ip", *words], check=True, capture_output=True)


@contextlib.contextmanager
def cable() -> Iterator[Cable]:
    """A cable that can be cut; skips where that is not permitted."""
    made = Cable(f"engarde{os.getpid() % 100_000}")
    try:
        made.lay()
    except (OSError, subprocess.CalledProcessError):
        with contextlib.suppress(OSError, subprocess.CalledProcessError):
            made.clear()
        pytest.skip("only root with the command ip can make a network of its own")
    try:
        yield made
    finally:
        made.clear()


@contextlib.contextmanager
def breaking_proxy(host: str, statement: bytes, after: int, address: str = "127.0.0.1") -> Iterator[int]:
    """Passes TCP connections on to PostgreSQL's socket; yields the port.

    After so many of a statement, the connection that brings the next one breaks: the server still gets it, but its
    answer is lost.
    """
    listener = socket.create_server((address, 0))
    left = [after]

    def serve() -> None:
        with contextlib.suppress(OSError):
            while True:
                client, _ = listener.accept()
                server = socket.socket(socket.AF_UNIX)
                server.connect(f"{host}/.s.PGSQL.5432")
                threading.Thread(target=_pass_on, args=(client, server, statement, left), daemon=True).start()

    threading.Thread(target=serve, daemon=True).start()
    try:
        yield listener.getsockname()[1]
    finally:
        listener.close()


def _pass_on(client: socket.socket, server: socket.socket, statement: bytes, left: list[int]) -> None:
    broken = False
    with client, server, contextlib.suppress(OSError):
        while True:
            for ready in select.select([client, server], [], [])[0]:
                data = ready.recv(1 << 16)
                if not data or (broken and ready is server):
                    return
                if ready is client and statement in data:
                    broken = left[0] == 0
                    left[0] -= 1
                (server if ready is client else client).sendall(data)
