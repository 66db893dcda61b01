"""A small shop over HTTP in a process of its own: its orders change when it is told so, and it counts requests."""

from __future__ import annotations

import json
import os
import random
import signal
import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.client import HTTPConnection
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

DAYS = 20
PAGE = 25
_DAY = 86_400_000


class Orders:
    """Rows {id, version, at, note}: `at` is the moment of the row's last version, epoch milliseconds."""

    def __init__(self) -> None:
        self.rows: dict[str, dict[str, Any]] = {}
        self.requests = 0

    def reset(self, seed: int, rows: int) -> None:
        """Begins anew with rows spread over the last days."""
        chance, now = random.Random(seed), time.time_ns() // 1_000_000
        self.requests, self.rows = 0, {}
        for number in range(rows):
            at = now - chance.randrange(1, DAYS * _DAY)
            self._put(f"o{number}", 1, at)

    def change(self, seed: int, updated: int, added: int) -> None:
        """New versions of some rows, and new rows, all dated now."""
        chance, now = random.Random(seed), time.time_ns() // 1_000_000
        for key in chance.sample(sorted(self.rows), updated):
            self._put(key, self.rows[key]["version"] + 1, now)
        for _ in range(added):
            self._put(f"o{len(self.rows)}", 1, now)

    def page(self, since: int, until: int, first: int) -> dict[str, Any]:
        """The rows of a window, oldest first, a page at a time."""
        self.requests += 1
        found = sorted((r["at"], r["id"]) for r in list(self.rows.values()) if since <= r["at"] < until)
        more = first + PAGE < len(found)
        return {
            "data": [self.rows[key] for _, key in found[first : first + PAGE]],
            "next": str(first + PAGE) if more else None,
        }

    def _put(self, key: str, version: int, at: int) -> None:
        self.rows[key] = {"id": key, "version": version, "at": at, "note": f"{key} v{version} " + "x" * 80}


class Shop:
    """The shop as its own process, seen from outside."""

    def __init__(self, port: int) -> None:
        self._port = port
        self.url = f"http://127.0.0.1:{port}"

    def tell(self, what: str, **arguments: int) -> Any:
        """Calls a method of Orders, or gives back one of its values."""
        connection = HTTPConnection("127.0.0.1", self._port, timeout=30)
        try:
            connection.request("POST", f"/{what}", json.dumps(arguments))
            return json.loads(connection.getresponse().read())
        finally:
            connection.close()

    def truth(self) -> list[tuple[str, int]]:
        """Key and version of every row, sorted."""
        return sorted((row["id"], row["version"]) for row in self.tell("rows").values())


@contextmanager
def shop() -> Iterator[Shop]:
    """Serves orders until the block ends; forked before anything else runs, so that this process stays single."""
    listener = socket.create_server(("127.0.0.1", 0))
    port = listener.getsockname()[1]
    if (process := os.fork()) == 0:
        _serve(listener)
    listener.close()
    try:
        yield Shop(port)
    finally:
        os.kill(process, signal.SIGKILL)
        os.waitpid(process, 0)


def _serve(listener: socket.socket) -> None:
    orders = Orders()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        wbufsize = 1 << 16

        def do_GET(self) -> None:
            asked = {name: int(values[0]) for name, values in parse_qs(urlsplit(self.path).query).items()}
            self._answer(orders.page(asked["since"], asked["until"], asked.get("first", 0)))

        def do_POST(self) -> None:
            arguments = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            found = getattr(orders, self.path[1:])
            self._answer(found(**arguments) if callable(found) else found)

        def _answer(self, value: Any) -> None:
            data = json.dumps(value).encode()
            self.send_response(200)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)

        def log_message(self, *args: Any) -> None:
            return

    class Server(ThreadingHTTPServer):
        def handle_error(self, request: Any, address: Any) -> None:
            """A tap that was killed has hung up."""

    server = Server(listener.getsockname(), Handler, bind_and_activate=False)
    server.socket.close()
    server.socket = listener
    server.serve_forever()
