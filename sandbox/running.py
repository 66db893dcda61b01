"""A sandbox inside this process, for tests and short trials."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import uvicorn

from sandbox.business.chance import DAY, HOUR
from sandbox.faults import Fault
from sandbox.server import Sandbox, create_app
from sandbox.truth import write_truth
from sandbox.world import Settings, World, default_start


class Box:
    """A running sandbox: its addresses, its time and its faults."""

    def __init__(self, sandbox: Sandbox, port: int) -> None:
        self.sandbox = sandbox
        self.world = sandbox.world
        self.port = port

    def url(self, platform: str) -> str:
        """Return a platform's address without a trailing slash: http://127.0.0.1:PORT/stripe."""
        return f"http://127.0.0.1:{self.port}/{platform}"

    def advance(self, days: float = 0, hours: float = 0) -> int:
        """Move time forward, at most to the real present; return the new moment in epoch seconds."""
        return self.world.advance(int(days * DAY + hours * HOUR))

    def faults(self, platform: str, kind: str, match: str = "", times: int = 1, seconds: float = 1.0) -> None:
        """Let the next `times` answers of a platform whose path contains `match` fail as `kind` says."""
        self.sandbox.faults.add(Fault(platform, kind, match, times, seconds))

    def truth(self, path: Path) -> int:
        """Write the truth as parquet and return its rows."""
        return write_truth(self.world.snapshot(), path)


@contextmanager
def running(
    seed: int = 7, people: int = 200, start: int | None = None, settings: Settings | None = None
) -> Iterator[Box]:
    """Serve a sandbox on a free port of the loopback until the block ends; `start` is in epoch seconds."""
    sandbox = Sandbox(World(seed, people, default_start() if start is None else start, settings=settings))
    listener = socket.create_server(("127.0.0.1", 0))
    config = uvicorn.Config(
        create_app(sandbox), log_level="critical", lifespan="off", access_log=False, date_header=False
    )
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.005)
    try:
        yield Box(sandbox, listener.getsockname()[1])
    finally:
        server.should_exit = True
        server.force_exit = True
        thread.join(timeout=5)
        listener.close()
