"""A vendor on loopback that misbehaves on demand and writes down every request."""

import json
import socket
import struct
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

from taps.engine.http_clock import Clock, StopRequested


@dataclass
class Seen:
    """One request as it arrived."""

    method: str
    path: str
    query: dict[str, list[str]]
    headers: dict[str, str]
    body: bytes
    at: float = field(default_factory=time.monotonic)


Reply = Callable[["Handler"], None]


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: "Vendor"
    seen: Seen

    def serve(self) -> None:
        length = int(self.headers.get("Content-Length") or 0)
        parts = urlsplit(self.path)
        self.seen = Seen(
            self.command,
            parts.path,
            parse_qs(parts.query, keep_blank_values=True),
            {name.lower(): value for name, value in self.headers.items()},
            self.rfile.read(length),
        )
        with self.server.lock:
            self.server.log.append(self.seen)
            script = self.server.scripts.get(parts.path, [])
            reply = script.pop(0) if len(script) > 1 else script[0] if script else status(404, {"error": "no route"})
        with suppress(BrokenPipeError, ConnectionResetError):
            reply(self)

    do_GET = do_POST = do_PUT = do_HEAD = serve

    def log_message(self, *args: object) -> None:
        """The log is `server.log`."""

    def date_time_string(self, timestamp: float | None = None) -> str:
        return format_datetime(datetime.now(UTC) + self.server.skew, usegmt=True)

    def raw(self, data: bytes) -> None:
        self.wfile.write(data)
        self.wfile.flush()
        self.close_connection = True


class Vendor(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self, host: str = "127.0.0.1") -> None:
        super().__init__((host, 0), Handler)
        self.log: list[Seen] = []
        self.scripts: dict[str, list[Reply]] = {}
        self.lock = threading.Lock()
        self.skew = timedelta()
        self.base = f"http://{host}:{self.server_address[1]}"
        threading.Thread(target=self.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()

    def handle_error(self, *args: object) -> None:
        """Clients that go away are part of the game."""

    def answers(self, path: str, *replies: Reply) -> str:
        """The replies for a path, in order; the last one stays. Gives the address."""
        self.scripts[path] = list(replies)
        return self.base + path

    def asked(self, path: str) -> list[Seen]:
        return [seen for seen in self.log if seen.path == path]


def body(code: int, content: bytes, headers: dict[str, str] | None = None) -> Reply:
    def reply(handler: Handler) -> None:
        handler.send_response(code)
        for name, value in {"Content-Length": str(len(content)), **(headers or {})}.items():
            handler.send_header(name, value)
        handler.end_headers()
        if handler.command != "HEAD":
            handler.wfile.write(content)

    return reply


def status(code: int, content: object = None, **headers: str) -> Reply:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return body(code, json.dumps(content if content is not None else {}).encode(), named)


def ok(content: object = None, **headers: str) -> Reply:
    return status(200, content if content is not None else {"data": [1, 2]}, **headers)


def reset_in_body(handler: Handler) -> None:
    handler.wfile.write(b'HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n{"data": [')
    handler.wfile.flush()
    time.sleep(0.02)
    handler.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    handler.connection.close()
    handler.close_connection = True


def cut_off(handler: Handler) -> None:
    handler.raw(b'HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n{"data": [1]}')


def silent(handler: Handler) -> None:
    time.sleep(1.5)
    handler.close_connection = True


def drip(prefix: bytes) -> Reply:
    """The prefix at once, then a byte every 20 ms: no gap is long enough for a socket timeout."""

    def reply(handler: Handler) -> None:
        handler.wfile.write(prefix)
        for _ in range(200):
            handler.wfile.write(b"a")
            handler.wfile.flush()
            time.sleep(0.02)
        handler.close_connection = True

    return reply


class FakeClock(Clock):
    """Waits pass at once and are written down."""

    def __init__(self) -> None:
        super().__init__()
        self.passed = 0.0
        self.waits: list[float] = []
        self.start = datetime.now(UTC)
        self.lock = threading.Lock()

    def monotonic(self) -> float:
        return 1000.0 + self.passed

    def now(self) -> datetime:
        return self.start + timedelta(seconds=self.passed)

    def wait(self, seconds: float) -> None:
        if self.stopped:
            raise StopRequested
        with self.lock:
            self.passed += max(0.0, seconds)
            if seconds > 0:
                self.waits.append(seconds)
