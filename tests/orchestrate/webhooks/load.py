"""Deliveries at a rate, with a kill -9 of the service in the middle: how many are lost, how many come twice.

`make load-webhooks` prints the figures; the sender is a vendor who sends again whatever was not answered with 200.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, field
from pathlib import Path

from sqlalchemy import func, select

from orchestrate.connections.opening import open_connections
from orchestrate.connections.service import Connections
from orchestrate.store.tables import PlatformEvent, SyncRun
from orchestrate.vault.keys import new_key
from tests.orchestrate.stores import postgres_address, sqlite_address
from tests.orchestrate.webhooks.deliveries import event, path_of, signed, stripe_endpoint

CLIENTS = 50
DEADLINE = 300.0


@dataclass
class Figures:
    """What a burst came to; seconds, and milliseconds of the answers."""

    deliveries: int
    seconds: float = 0.0
    answers: list[float] = field(default_factory=list)
    again: int = 0
    kept: int = 0
    states: Counter[str] = field(default_factory=Counter)
    runs: int = 0

    def told(self) -> str:
        """One line."""
        waits = sorted(self.answers)
        middle, late = waits[len(waits) // 2] * 1000, waits[int(len(waits) * 0.99)] * 1000
        return (
            f"{self.deliveries} deliveries in {self.seconds:.1f} s ({self.deliveries / self.seconds:.0f}/s), "
            f"answered in {middle:.0f} ms (p50) and {late:.0f} ms (p99); sent again {self.again}; "
            f"kept {self.kept}, lost {self.deliveries - self.kept}; {dict(self.states)}; {self.runs} runs"
        )


class Service:
    """The service as `engarde serve` runs it, at one port, started again after a kill."""

    def __init__(self, store: str, keys: Path) -> None:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        self._environment = {"ENGARDE_STORE": store, "ENGARDE_KEYS_FILE": str(keys), "ENGARDE_LOG_LEVEL": "WARNING"}

    def start(self) -> None:
        """Returns when it listens."""
        command = [sys.executable, "-m", "taps.start", "serve", "--port", str(self.port)]
        environment = {**os.environ, **self._environment}
        self._process = subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL)
        until = time.monotonic() + DEADLINE
        while time.monotonic() < until and self._process.poll() is None:
            with socket.socket() as tried:
                if tried.connect_ex(("127.0.0.1", self.port)) == 0:
                    return
            time.sleep(0.05)
        raise RuntimeError("the service does not start")

    @property
    def pid(self) -> int:
        """The process's id."""
        return self._process.pid

    def kill(self) -> None:
        """As a power cut would."""
        self._process.send_signal(signal.SIGKILL)
        self._process.wait()


class Vendor:
    """Sends numbers 0 to n at a rate over a few connections, each until it is answered with 200."""

    def __init__(self, port: int, path: str, figures: Figures, rate: float) -> None:
        self._port, self._path, self._figures, self._rate = port, path, figures, rate
        self._numbers = iter(range(figures.deliveries))
        self.sent = 0

    async def send_all(self) -> None:
        """Ends when everything is answered."""
        self._began = time.perf_counter()
        await asyncio.gather(*(self._client() for _ in range(CLIENTS)))
        self._figures.seconds = time.perf_counter() - self._began

    async def _client(self) -> None:
        streams: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None
        for number in self._numbers:
            await asyncio.sleep(self._began + number / self._rate - time.perf_counter())
            request, first = self._request(number), time.perf_counter()
            while True:
                try:
                    streams = streams or await asyncio.open_connection("127.0.0.1", self._port)
                    if await _exchange(*streams, request) == 200:
                        break
                except (OSError, asyncio.IncompleteReadError):
                    if streams:
                        streams[1].close()
                    streams = None
                self._figures.again += 1
                await asyncio.sleep(0.2)
            self._figures.answers.append(time.perf_counter() - first)
            self.sent += 1

    def _request(self, number: int) -> bytes:
        body = event(number)
        lines = [f"POST {self._path} HTTP/1.1", "Host: engarde", f"Content-Length: {len(body)}"]
        lines += [f"{name}: {value}" for name, value in signed(body).items()]
        return "\r\n".join([*lines, "", ""]).encode() + body


async def _exchange(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, request: bytes) -> int:
    writer.write(request)
    head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
    length = next(
        (line for line in head.lower().splitlines() if line.startswith("content-length:")), "content-length:0"
    )
    await reader.readexactly(int(length.partition(":")[2]))
    return int(head.split(" ", 2)[1])


async def _sent(service: Service, vendor: Vendor, half: int, kills: bool) -> None:
    sending = asyncio.create_task(vendor.send_all())
    while kills and vendor.sent < half and not sending.done():
        await asyncio.sleep(0.005)
    if kills:
        service.kill()
        await asyncio.to_thread(service.start)
    await sending


def burst(connections: Connections, store: str, keys: Path, deliveries: int, rate: float, kills: bool) -> Figures:
    """Sends, kills, starts again, waits until the queue is empty and counts."""
    figures = Figures(deliveries)
    path = path_of(stripe_endpoint(connections))
    service = Service(store, keys)
    service.start()
    try:
        asyncio.run(_sent(service, Vendor(service.port, path, figures, rate), deliveries // 2, kills))
        until = time.monotonic() + DEADLINE
        while time.monotonic() < until:
            _count(connections, figures)
            if figures.states["queued"] == 0:
                break
            time.sleep(1)
    finally:
        service.kill()
    return figures


def _count(connections: Connections, figures: Figures) -> None:
    mine = PlatformEvent.tenant_id == connections.tenant_id
    with connections.store.transaction(connections.tenant_id) as session:
        by_state = select(PlatformEvent.state, func.count()).where(mine).group_by(PlatformEvent.state)
        figures.states = Counter(dict(session.execute(by_state).tuples().all()))
        figures.kept = session.scalar(select(func.count(PlatformEvent.delivery.distinct())).where(mine)) or 0
        runs = select(func.count()).select_from(SyncRun).where(SyncRun.tenant_id == connections.tenant_id)
        figures.runs = session.scalar(runs) or 0


@contextmanager
def fresh(engine: str) -> Iterator[tuple[Connections, str, Path]]:
    """An empty store of an engine, and its keys."""
    with tempfile.TemporaryDirectory() as folder:
        keys = Path(folder) / "keys"
        keys.write_text(new_key("first") + "\n")
        keys.chmod(0o600)
        with postgres_address() if engine == "postgres" else nullcontext(sqlite_address(Path(folder))) as address:
            os.environ.update({"ENGARDE_STORE": address, "ENGARDE_KEYS_FILE": str(keys)})
            connections = open_connections("acme")
            yield connections, address, keys
            connections.store.close()


def main() -> None:
    """Prints a line for each engine; ends with 1 where a delivery was lost."""
    words = argparse.ArgumentParser(description=__doc__)
    words.add_argument("--deliveries", type=int, default=10_000)
    words.add_argument("--seconds", type=float, default=10.0, help="over which they are spread")
    words.add_argument("--engines", nargs="+", default=["sqlite", "postgres"])
    words.add_argument("--no-kill", action="store_true")
    given = words.parse_args()
    lost = 0
    for engine in given.engines:
        with fresh(engine) as (connections, address, keys):
            figures = burst(
                connections, address, keys, given.deliveries, given.deliveries / given.seconds, not given.no_kill
            )
        sys.stdout.write(f"{engine}: {figures.told()}\n")
        sys.stdout.flush()
        lost += figures.deliveries - figures.kept
    sys.exit(1 if lost else 0)


if __name__ == "__main__":
    main()
