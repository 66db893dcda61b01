"""As much of GitHub as meltanolabs-tap-github asks for, from the fixtures of our own tap."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import urlparse

FIXTURES = Path(__file__).parents[2] / "taps" / "platforms" / "github" / "fixtures"
STREAMS = ("organizations", "repositories", "labels", "milestones", "releases", "commits", "collaborators")
"""What is asked for; everything else there is needs GraphQL or an account."""


@cache
def _answer(stream: str) -> list[dict[str, Any]]:
    answer = json.loads((FIXTURES / f"{stream}.json").read_text(encoding="utf-8"))["answer"]
    return list(answer)


def _found(path: str) -> Any:
    match path.strip("/").split("/"):
        case ["orgs", name]:
            return _answer("organizations")[0] | {"login": name}
        case ["orgs", name, "repos"]:
            one = _answer("repositories")[0]
            return [one | {"name": "shop", "full_name": f"{name}/shop", "owner": one["owner"] | {"login": name}}]
        case ["repos", _, _, stream] if stream in STREAMS:
            return _answer(stream)
        case _:
            return None


class _Handler(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        found = _found(urlparse(self.path).path)
        body = json.dumps({"message": "Not Found"} if found is None else found).encode()
        self.send_response(404 if found is None else 200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Says nothing."""


@contextmanager
def github() -> Iterator[str]:
    """Serves on a free port of the loopback and yields the address."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        server.server_close()
