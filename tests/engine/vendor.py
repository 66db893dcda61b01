"""A vendor made for one test: answers come from a function, every request is remembered."""

import io
import json
import textwrap
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from taps.engine.api import ManifestTap, tap_class

HEAD = """
title: Acme
category: payments
docs: https://acme.example/docs
checked: {date: 2026-11-24, against: https://acme.example/openapi, api_version: "1"}
config:
  start_date: {type: date, title: Since, optional: true}
"""
AUTH = """
auth:
  key:
    kind: bearer
    docs: https://acme.example/docs/auth
    config: {api_key: {type: secret, title: Key}}
    token: "{config.api_key}"
http: {base: https://api.acme.example}
"""
HEADER = HEAD + AUTH
STREAM = """
streams:
  items:
    docs: https://acme.example/docs/items
    path: /items
    records: data
    key: [id]
    deletes: never
    fields: {id: string!, n: integer}
"""
"""The plainest stream; a test adds the words that it is about."""


@dataclass
class Asked:
    """One request as the vendor saw it."""

    method: str
    path: str
    params: dict[str, Any]
    headers: dict[str, str]
    body: Any
    query: str = ""
    """As it came, not decoded."""


Answerer = Callable[[Asked], Any]


@dataclass
class Vendor:
    """Where the vendor listens and what it was asked."""

    url: str
    asked: list[Asked] = field(default_factory=list)

    def paths(self) -> list[str]:
        """The paths asked for, in order."""
        return [each.path for each in self.asked]


@contextmanager
def vendor(answer: Answerer, clock: Callable[[], float] = time.time) -> Iterator[Vendor]:
    """Serves `answer(request)`: JSON, (status, JSON) or (status, headers, bytes), dated by `clock`."""
    found = Vendor("")
    server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(found, answer, clock))
    threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
    found.url = f"http://127.0.0.1:{server.server_port}"
    try:
        yield found
    finally:
        server.shutdown()
        server.server_close()


def _handler(found: Vendor, answer: Answerer, clock: Callable[[], float]) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            asked = _asked(self)
            found.asked.append(asked)
            status, headers, data = _answered(answer(asked))
            self.send_response(status)
            for name, value in {"Content-Type": "application/json", **headers}.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)

        do_POST = do_PUT = do_PATCH = do_DELETE = do_GET

        def date_time_string(self, timestamp: float | None = None) -> str:
            return super().date_time_string(clock() if timestamp is None else timestamp)

        def log_message(self, *args: Any) -> None:
            return

    return Handler


def _asked(request: BaseHTTPRequestHandler) -> Asked:
    parts = urlsplit(request.path)
    params: dict[str, Any] = {}
    for name, value in parse_qsl(parts.query, keep_blank_values=True):
        if name in params:
            before = params[name] if isinstance(params[name], list) else [params[name]]
            params[name] = [*before, value]
        else:
            params[name] = value
    raw = request.rfile.read(int(request.headers.get("Content-Length") or 0))
    try:
        body = json.loads(raw) if raw else None
    except ValueError:
        body = raw.decode()
    return Asked(request.command, parts.path, params, dict(request.headers), body, parts.query)


def _answered(given: Any) -> tuple[int, dict[str, str], bytes]:
    status, headers, content = 200, {}, given
    if isinstance(given, tuple):
        status, *rest = given
        headers, content = rest if len(rest) == 2 else ({}, rest[0])
    return status, headers, content if isinstance(content, bytes) else json.dumps(content).encode()


class Told:
    """What a run wrote, message by message."""

    def __init__(self, output: bytes, code: int) -> None:
        self.messages = [json.loads(line) for line in output.splitlines()]
        self.code = code

    def of(self, kind: str, stream: str | None = None) -> list[dict[str, Any]]:
        """The messages of a kind, of one stream if it is named."""
        return [m for m in self.messages if m["type"] == kind and stream in (None, m.get("stream"))]

    def records(self, stream: str) -> list[dict[str, Any]]:
        """The records of a stream, in order."""
        return [message["record"] for message in self.of("RECORD", stream)]

    def ids(self, stream: str) -> list[Any]:
        """The ids of a stream's records."""
        return [record["id"] for record in self.records(stream)]

    @property
    def state(self) -> dict[str, Any]:
        """The last state."""
        return self.of("STATE")[-1]["value"] if self.of("STATE") else {}

    def bookmark(self, stream: str) -> dict[str, Any]:
        """A stream's bookmark in the last state."""
        return self.state.get("bookmarks", {}).get(stream, {})


def platform(
    folder: Path, manifest: str, files: dict[str, str] | None = None, *, options: str = "", auth: str = AUTH
) -> type[ManifestTap]:
    """The tap of a manifest written for a test: texts are dedented, `options` go below `config`, one a line."""
    (folder / "fixtures").mkdir(parents=True, exist_ok=True)
    head = HEAD + textwrap.indent(options, "  ") + "\n" + auth
    (folder / "manifest.yaml").write_text(head + textwrap.dedent(manifest))
    for name, text in (files or {}).items():
        (folder / name).write_text(textwrap.dedent(text))
    return tap_class(folder.name, folder)


def listing(name: str, key: str, *more: str) -> str:
    """The words of a stream that is one list, where another is the point: its key is its column, `more` are lines."""
    lines = [
        f"docs: https://acme.example/docs/{name}", f"path: /{name}", "records: data", f"key: [{key}]", "deletes: never",
        *more, f"fields: {{{key}: string!}}",
    ]  # fmt: skip
    return "\n".join([f"  {name}:", *(f"    {line}" for line in lines), ""])


def run(
    tap: type[ManifestTap], url: str, *, state: dict[str, Any] | None = None, catalog: dict[str, Any] | None = None,
    **settings: Any,
) -> Told:  # fmt: skip
    """Runs a tap in this process and gives back what it wrote and its exit code."""
    config = {"api_key": "k-secret", "api_url": url, **settings}
    made = tap(config=config, state=state, catalog=catalog)
    output = io.BytesIO()
    code = 0
    try:
        made._report(made.read_into(output))
    except SystemExit as ended:
        code = int(ended.code or 0)
    return Told(output.getvalue(), code)
