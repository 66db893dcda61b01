"""`engarde serve` as whoever runs it sees it: its log, its figures, and how it ends."""

from __future__ import annotations

import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import requests
from fastapi.testclient import TestClient

from orchestrate.access.service import ApiKeys
from orchestrate.api.app import create_app
from orchestrate.connections.service import Connections

CANARY = "pat-canary-2342"
PATIENCE = 180.0
"""Seconds in which a busy machine starts or ends the service."""


@contextmanager
def served(log: Path, **more: str) -> Iterator[tuple[str, subprocess.Popen[bytes]]]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "taps.start", "serve", "--port", str(port)]
    with log.open("wb") as out:
        process = subprocess.Popen(command, stderr=out, stdout=out, env={**os.environ, **more})
    try:
        address = f"http://127.0.0.1:{port}"
        for _ in range(int(PATIENCE * 10)):
            try:
                requests.get(f"{address}/health", timeout=1)
                break
            except requests.ConnectionError:
                assert process.poll() is None, log.read_text()
                time.sleep(0.1)
        yield address, process
    finally:
        process.kill()
        process.wait()


@pytest.fixture
def address(tmp_path: Path) -> str:
    """How the process is run is the same for both stores."""
    return f"sqlite:///{tmp_path / 'store.db'}"


def test_every_line_of_the_log_is_json_and_tells_whose_it_is_and_no_secret(
    connections: Connections, tmp_path: Path
) -> None:
    key = ApiKeys(connections.store, connections.tenant_id, "user test").add("all", ["connections:read"])
    headers = {"Authorization": f"Bearer {key}", "X-Request-Id": "request-4711"}
    with served(tmp_path / "log") as (server, process):
        answer = requests.get(f"{server}/api/v1/connections?cursor={CANARY}", headers=headers, timeout=PATIENCE)
        assert answer.headers["X-Request-Id"] == "request-4711"
        requests.get(f"{server}/api/v1/platforms", headers={"X-Request-Id": 'bad "one"\t'.strip()}, timeout=PATIENCE)
        process.send_signal(signal.SIGTERM)
        assert process.wait(PATIENCE) in {0, -signal.SIGTERM}
    said = (tmp_path / "log").read_text()
    lines = [json.loads(line) for line in said.splitlines()]
    found = next(line for line in lines if line.get("request") == "request-4711")
    assert (found["event"], found["tenant"]) == ("GET /api/v1/connections 422", connections.tenant_id)
    assert found["level"] == "info" and found["time"].endswith("Z") and found["milliseconds"] > 0
    other = next(line for line in lines if line["event"] == "GET /api/v1/platforms 200")
    assert re.fullmatch("[0-9a-f]{32}", other["request"]) and "tenant" not in other
    assert CANARY not in said and key not in said


def _refuses(server: str) -> bool:
    """Whether the server stops taking connections in time."""
    for _ in range(int(PATIENCE)):
        try:
            requests.get(f"{server}/health", timeout=1)
        except requests.ConnectionError:
            return True
        except requests.Timeout:
            continue
        time.sleep(0.5)
    return False


def test_a_request_under_way_is_answered_before_the_end(
    connections: Connections, environment: Path, tmp_path: Path
) -> None:
    with (
        served(tmp_path / "log") as (server, process),
        socket.create_connection(("127.0.0.1", int(server.rpartition(":")[2]))) as slow,
    ):
        body = b'{"platform": "hubspot"}'
        head = f"POST /api/v1/connections HTTP/1.1\r\nHost: x\r\nContent-Length: {len(body)}\r\n"
        slow.sendall(head.encode() + b"Content-Type: application/json\r\n\r\n" + body[:5])
        time.sleep(0.5)
        process.send_signal(signal.SIGTERM)
        assert _refuses(server), "it takes new requests though it was asked to end"
        slow.sendall(body[5:])
        slow.settimeout(PATIENCE)
        assert slow.recv(100).startswith(b"HTTP/1.1 401")
        process.wait(PATIENCE)


def test_figures_count_requests_by_route_and_connections_by_state_and_name_nobody(connections: Connections) -> None:
    app = create_app(connections.store, connections.vault)
    connections.add("hubspot", "secret-project", {"access_token": CANARY})
    client = TestClient(app, client=("127.0.0.1", 5))
    key = ApiKeys(connections.store, connections.tenant_id, "user test").add("all", ["connections:read"])
    for _ in range(3):
        assert client.get("/api/v1/connections/secret-project", headers={"Authorization": f"Bearer {key}"}).is_success
    text = client.get("/metrics").text
    counted = 'engarde_http_request_seconds_count{method="GET",route="/api/v1/connections/{name}",status="200"} 3.0'
    assert counted in text.splitlines()
    assert 'engarde_connections{platform="hubspot",status="new"} 1.0' in text.splitlines()
    assert "engarde_tenants 1.0" in text.splitlines()
    assert not {"secret-project", "acme", connections.tenant_id} & set(re.findall(r"[\w-]+", text))


def test_figures_are_for_this_machine_or_who_bears_the_token(
    connections: Connections, monkeypatch: pytest.MonkeyPatch
) -> None:
    app = create_app(connections.store, connections.vault)
    here, elsewhere = TestClient(app, client=("127.0.0.1", 5)), TestClient(app, client=("192.0.2.7", 5))
    assert here.get("/metrics").status_code == 200
    assert here.get("/metrics", headers={"X-Forwarded-For": "192.0.2.7"}).status_code == 403
    assert elsewhere.get("/metrics").status_code == 403
    monkeypatch.setenv("ENGARDE_METRICS_TOKEN", "scrape-me")
    assert here.get("/metrics").status_code == 403
    assert elsewhere.get("/metrics", headers={"Authorization": "Bearer scrape-me"}).status_code == 200


def test_a_log_form_that_there_is_not_is_refused(environment: Path) -> None:
    command = [sys.executable, "-m", "taps.start", "serve"]
    done = subprocess.run(
        command, env={**os.environ, "ENGARDE_LOG": "xml"}, capture_output=True, text=True, timeout=240, check=False
    )
    assert (done.returncode, done.stderr.strip()) == (1, "serve: ENGARDE_LOG is json or text, not 'xml'")
