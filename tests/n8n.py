"""A throw-away n8n for tests: the npm package on a Node.js and a PostgreSQL of its own."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import requests

from tests.postgres import embedded_server, fresh_database
from tests.servers import ENVIRONMENTS, free_port

_PLACE = ENVIRONMENTS / "n8n"
_PROGRAM = _PLACE / "node_modules" / "n8n" / "bin" / "n8n"
_PATIENCE = 60.0
_QUIET = {
    "N8N_DIAGNOSTICS_ENABLED": "false",
    "N8N_VERSION_NOTIFICATIONS_ENABLED": "false",
    "N8N_TEMPLATES_ENABLED": "false",
    "N8N_SECURE_COOKIE": "false",
}
_OWNER = {"email": "ada@example.com", "firstName": "Ada", "lastName": "Byron", "password": "Made-up-1"}


@dataclass(frozen=True)
class Instance:
    """Where n8n is, and its owner's API key."""

    url: str
    key: str

    def call(self, method: str, path: str, body: Any = None) -> Any:
        """What the public API answers."""
        headers = {"X-N8N-API-KEY": self.key}
        answer = requests.request(method, f"{self.url}/api/v1{path}", json=body, headers=headers, timeout=30)
        answer.raise_for_status()
        return answer.json() if answer.content else None

    def hook(self, path: str) -> None:
        """Runs the workflow that listens there; an activated one begins to listen a moment later."""
        end = time.monotonic() + _PATIENCE
        while (answer := requests.get(f"{self.url}/webhook/{path}", timeout=30)).status_code == 404:
            if time.monotonic() > end:
                break
            time.sleep(0.3)
        answer.raise_for_status()


@contextlib.contextmanager
def n8n_instance() -> Iterator[Instance]:
    """Starts n8n, makes its owner and a key; skips where it is not installed."""
    if not _PROGRAM.exists():
        pytest.skip("there is no n8n here: make real-servers")
    home = Path(tempfile.mkdtemp(prefix="engarde-n8n-"))
    port, broker = free_port(), free_port()
    try:
        with embedded_server() as host, fresh_database(host, "n8n") as database:
            environment = {
                **_QUIET,
                "PATH": os.pathsep.join([str(_PLACE / "bin"), os.environ["PATH"]]),
                "HOME": str(home),
                "DB_TYPE": "postgresdb",
                "DB_POSTGRESDB_HOST": host,
                "DB_POSTGRESDB_USER": "postgres",
                "DB_POSTGRESDB_DATABASE": database,
                "N8N_LISTEN_ADDRESS": "127.0.0.1",
                "N8N_PORT": str(port),
                "N8N_RUNNERS_BROKER_PORT": str(broker),
            }
            with _served(environment, f"http://127.0.0.1:{port}") as url:
                yield Instance(url, _key(url))
    finally:
        shutil.rmtree(home, ignore_errors=True)


@contextlib.contextmanager
def _served(environment: dict[str, str], url: str) -> Iterator[str]:
    command = [str(_PLACE / "bin" / "node"), str(_PROGRAM), "start"]
    quiet = subprocess.DEVNULL
    # `node` of the wheel is a script that starts the real one, and n8n starts its task runner: all of them end
    with subprocess.Popen(command, env=environment, stdout=quiet, stderr=quiet, start_new_session=True) as server:
        try:
            _wait(server, url)
            yield url
        finally:
            os.killpg(server.pid, signal.SIGKILL)
            server.wait(timeout=_PATIENCE)


def _wait(server: subprocess.Popen[bytes], url: str) -> None:
    end = time.monotonic() + _PATIENCE
    while server.poll() is None and time.monotonic() < end:
        with contextlib.suppress(requests.RequestException):
            # until it is ready, every address answers with a page that says so
            kind = requests.get(f"{url}/rest/settings", timeout=5).headers.get("content-type", "")
            if kind.startswith("application/json"):
                return
        time.sleep(0.3)
    pytest.fail("n8n does not answer")


def _key(url: str) -> str:
    """The editor's own way: the owner signs up, which logs him in, and makes a key with every scope."""
    with requests.Session() as editor:
        editor.headers["browser-id"] = "engarde"

        def call(method: str, path: str, body: Any = None) -> Any:
            answer = editor.request(method, f"{url}/rest{path}", json=body, timeout=30)
            answer.raise_for_status()
            return answer.json()["data"]

        call("POST", "/owner/setup", _OWNER)
        scopes = call("GET", "/api-keys/scopes")
        key: str = call("POST", "/api-keys", {"label": "engarde", "scopes": scopes, "expiresAt": None})["rawApiKey"]
        return key
