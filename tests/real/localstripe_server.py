"""localstripe, a Stripe server that others wrote, and what must stand before it so that it reads like today's Stripe.

localstripe 1.15 speaks the API of 2017-08-15: it knows neither `created[...]` on most lists nor `types[]` on events, it
cannot expand `discounts`, and it lists oldest first. The relay takes these parameters away, and filters and turns round
the answers as Stripe documents it; every object stays as localstripe wrote it.
"""

import json
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any
from urllib.parse import parse_qs, urlsplit

import requests

KEY = "sk_test_engarde"
PASSED_ON = ("limit", "starting_after", "status", "customer", "subscription")
Fields = dict[str, Any]


class LocalStripe:
    """A running localstripe, filled and read through its own API."""

    def __init__(self, address: str) -> None:
        self.address = address

    def post(self, path: str, **fields: Any) -> Fields:
        """Creates or changes an object; the fields are Stripe's, nested ones as `card[number]`."""
        return self._answer("POST", path, data=fields)

    def delete(self, path: str) -> Fields:
        """Deletes an object."""
        return self._answer("DELETE", path)

    def all(self, path: str) -> list[Fields]:
        """Every object of a list."""
        found: list[Fields] = self._answer("GET", path, params={"limit": 100})["data"]
        return found

    def get(self, path: str, params: Fields | None = None) -> Fields:
        """One object, or a list's answer."""
        return self._answer("GET", path, params=params)

    def _answer(self, method: str, path: str, **more: Any) -> Fields:
        answer = requests.request(method, f"{self.address}/v1{path}", auth=(KEY, ""), timeout=10, **more)
        answer.raise_for_status()
        found: Fields = answer.json()
        return found


@contextmanager
def running(folder: Path) -> Iterator[LocalStripe]:
    """Starts localstripe on a free port; its files stay in `folder`."""
    port = _free_port()
    process = subprocess.Popen(
        [sys.executable, "-m", "localstripe", "--port", str(port), "--from-scratch"],
        cwd=folder,
        env={"HOME": str(folder), "TMPDIR": str(folder)},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    server = LocalStripe(f"http://127.0.0.1:{port}")
    try:
        _wait_for(server)
        yield server
    finally:
        process.terminate()
        process.wait(timeout=60)


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return int(listener.getsockname()[1])


def _wait_for(server: LocalStripe) -> None:
    deadline = time.monotonic() + 20
    while True:
        try:
            server.all("/customers")
        except requests.ConnectionError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.1)
        else:
            return


@contextmanager
def relayed(server: LocalStripe) -> Iterator[str]:
    """The address at which the tap reads localstripe."""

    class Relay(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked = urlsplit(self.path)
            query = parse_qs(asked.query)
            answer = requests.get(
                server.address + asked.path,
                params={name: query[name] for name in PASSED_ON if name in query},
                headers={"Authorization": self.headers["Authorization"]},
                timeout=10,
            )
            body = json.dumps(_as_documented(answer.json(), query)).encode() if answer.ok else answer.content
            self.send_response(answer.status_code)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: Any) -> None:
            """Says nothing."""

    relay = ThreadingHTTPServer(("127.0.0.1", 0), Relay)
    Thread(target=relay.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{relay.server_port}/v1"
    finally:
        relay.shutdown()
        relay.server_close()


def _as_documented(answer: Fields, query: dict[str, list[str]]) -> Fields:
    if answer.get("object") != "list":
        return answer
    since, until = int(query.get("created[gte]", ["0"])[0]), int(query.get("created[lt]", [str(2**40)])[0])
    types = query.get("types[]")
    kept = [
        each
        for each in answer["data"]
        if since <= each.get("created", each.get("date", since)) < until and (types is None or each["type"] in types)
    ]
    kept.reverse()
    return {**answer, "data": sorted(kept, key=lambda each: -each.get("created", 0))}
