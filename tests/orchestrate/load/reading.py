"""Reads of the API and pages: a million unified rows, 50 clients at once, what the idle service holds in memory."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import quote

import duckdb

from orchestrate.warehouse.file import FileWarehouse

CLIENTS, SECONDS = 50, 20.0
ROWS = """
CREATE TABLE unified.customers AS
SELECT format('cus_{:08d}', i) AS customer_key, format('Person {}', i) AS name, format('p{}@example.com', i) AS email,
  format('+49 30 {:07d}', i) AS phone, ['DE', 'FR', 'US', 'JP'][1 + i % 4] AS country, i % 97 AS orders,
  CAST(i % 100000 AS DECIMAL(18, 2)) / 7 AS lifetime_value, 'EUR' AS currency,
  TIMESTAMPTZ '2024-01-01' + INTERVAL (i % 900) DAY AS created_at, TIMESTAMPTZ '2026-11-01' AS _loaded_at
FROM range({rows}) AS t(i)
"""


def fill(warehouse: FileWarehouse, rows: int) -> None:
    """A warehouse with so many unified customers, published as a worker does."""
    with duckdb.connect(str(warehouse.path)) as connection:
        connection.execute("CREATE SCHEMA unified")
        connection.execute(ROWS.replace("{rows}", str(rows)))
    warehouse.publish()


@dataclass
class Answers:
    """Seconds of each answer of one kind, and how many were no 200."""

    seconds: list[float] = field(default_factory=list)
    wrong: int = 0

    def told(self) -> str:
        """One line."""
        found = sorted(self.seconds)
        middle, late = (found[int(len(found) * part)] * 1000 for part in (0.5, 0.99))
        return f"p50 {middle:.0f} ms, p99 {late:.0f} ms of {len(found)}" + (
            f", {self.wrong} wrong" if self.wrong else ""
        )


class Reader:
    """Asks one service, over as many connections as there are clients."""

    def __init__(self, port: int, headers: Mapping[str, str]) -> None:
        self._port = port
        self._head = "".join(f"{name}: {value}\r\n" for name, value in {"Host": "127.0.0.1", **headers}.items())

    def alone(self, path: str, times: int) -> Answers:
        """One client, one request after another; the first is not counted."""
        return asyncio.run(self._all({path: [path]}, 1, times=times))[path]

    def together(self, kinds: Mapping[str, list[str]], clients: int, seconds: float) -> dict[str, Answers]:
        """So many clients for so long, each taking the kinds in turn."""
        return asyncio.run(self._all(kinds, clients, seconds=seconds))

    def body(self, path: str) -> bytes:
        """One answer."""

        async def ask() -> bytes:
            reader, writer = await asyncio.open_connection("127.0.0.1", self._port)
            _, body = await self._exchange(reader, writer, path)
            writer.close()
            return body

        return asyncio.run(ask())

    async def _all(
        self, kinds: Mapping[str, list[str]], clients: int, *, times: int = 0, seconds: float = 0.0
    ) -> dict[str, Answers]:
        found = {kind: Answers() for kind in kinds}
        until = time.perf_counter() + seconds

        async def client(number: int) -> None:
            reader, writer = await asyncio.open_connection("127.0.0.1", self._port)
            turn = number
            while turn - number <= times if times else time.perf_counter() < until:
                kind = list(kinds)[turn % len(kinds)]
                began = time.perf_counter()
                status, _ = await self._exchange(reader, writer, kinds[kind][turn % len(kinds[kind])])
                if turn > number:
                    found[kind].seconds.append(time.perf_counter() - began)
                found[kind].wrong += status != 200
                turn += 1
            writer.close()

        await asyncio.gather(*(client(number) for number in range(clients)))
        return found

    async def _exchange(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, path: str
    ) -> tuple[int, bytes]:
        writer.write(f"GET {path} HTTP/1.1\r\n{self._head}\r\n".encode())
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").lower()
        length = next(line for line in head.splitlines() if line.startswith("content-length:"))
        body = await reader.readexactly(int(length.partition(":")[2]))
        return int(head.split(" ", 2)[1]), body


def unified_reads(reader: Reader) -> dict[str, list[str]]:
    """The first part, later parts, a filter that finds one row, one that finds many."""
    path = "/api/v1/unified/customers"
    following, parts = "", []
    for _ in range(20):
        told = json.loads(reader.body(f"{path}?limit=100{following}"))
        following = f"&cursor={quote(told['next'])}"
        parts.append(f"{path}?limit=100{following}")
    one = [f"{path}?where=email%3Dp{number}@example.com" for number in range(0, 1_000_000, 33_331)]
    many = [f"{path}?limit=100&where=country%3D{country}&where=orders%3E%3D50" for country in ("DE", "US")]
    return {"first part": [f"{path}?limit=100"], "next part": parts, "one by e-mail": one, "many by country": many}


def memory(pid: int) -> float:
    """Megabytes that a process holds for itself and shares in parts (PSS, as the kernel counts it)."""
    lines = Path(f"/proc/{pid}/smaps_rollup").read_text(encoding="utf-8").splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("Pss:")) / 1024
