"""Registering for each repository or project by itself, and secrets that vendors tell apart from the registration."""

from __future__ import annotations

import base64
import hmac
import threading
import time
from collections.abc import Iterator

import pytest
import requests
import uvicorn

from orchestrate.api.app import create_app
from orchestrate.connections.service import Connections
from orchestrate.webhooks.registration import Registrations
from sandbox.fixtures.app import sandbox_settings
from sandbox.running import Box
from taps.engine.errors import VendorRefused


@pytest.fixture
def service(connections: Connections, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """The service where vendors reach it."""
    config = uvicorn.Config(create_app(connections.store, connections.vault), port=0, log_level="critical")
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run)
    thread.start()
    while not server.started:
        time.sleep(0.01)
    address = f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    monkeypatch.setenv("ENGARDE_URL", address)
    yield address
    server.should_exit = True
    thread.join()


def connected(connections: Connections, box: Box, platform: str, **settings: object) -> str:
    connections.add(platform, "main", {**sandbox_settings(platform, box.url("")[:-1]), **settings})
    return "main"


def test_a_repository_at_a_time_and_behind_when_others_are_chosen(
    connections: Connections, registrations: Registrations, box: Box
) -> None:
    name = connected(connections, box, "github", repositories=["octocat/one", "octocat/two"])
    shown = registrations.connect(name)
    standing = registrations.standing(shown.id)
    assert (standing.state, standing.registrations, shown.secrets) == ("active", 2, 1)
    connections.change(name, {"repositories": ["octocat/two", "octocat/three"]})
    assert registrations.standing(shown.id).state == "behind"
    registrations.register(shown.id)
    standing = registrations.standing(shown.id)
    assert (standing.state, standing.registrations) == ("active", 2)
    registrations.unregister(shown.id)
    assert registrations.standing(shown.id).state == "none"
    connections.change(name, {"repositories": ["octocat/one"]})
    assert registrations.register(shown.id).registered
    assert registrations.standing(shown.id).registrations == 1, "what was registered for others is gone"


def test_a_secret_asked_for_by_a_second_request_proves_deliveries(
    connections: Connections, registrations: Registrations, box: Box, service: str
) -> None:
    shown = registrations.connect(connected(connections, box, "zendesk"))
    assert (shown.registered, shown.secrets) == (True, 1)
    body, at = b'{"id": "e1", "type": "zen:event-type:ticket.created", "detail": {"id": "5"}}', "2026-03-01T00:00:00Z"
    proof = base64.b64encode(hmac.digest(b"engarde-secret-1", at.encode() + body, "sha256")).decode()
    headers = {"X-Zendesk-Webhook-Signature": proof, "X-Zendesk-Webhook-Signature-Timestamp": at}
    assert requests.post(shown.address, data=body, headers=headers, timeout=30).status_code == 200
    assert requests.post(shown.address, data=body + b" ", headers=headers, timeout=30).status_code == 401


def test_each_project_has_a_secret_of_its_own_that_is_told_while_it_is_registered(
    connections: Connections, registrations: Registrations, box: Box, service: str
) -> None:
    shown = registrations.connect(connected(connections, box, "asana"))
    standing = registrations.standing(shown.id)
    assert standing.state == "active" and standing.registrations == shown.secrets > 1
    body = b'{"events": [{"resource": {"gid": "7", "resource_type": "project"}, "action": "changed"}]}'
    for number in (1, standing.registrations):
        proof = hmac.digest(f"engarde-secret-{number}".encode(), body, "sha256").hex()
        told = requests.post(shown.address, data=body, headers={"X-Hook-Signature": proof}, timeout=30)
        assert told.status_code == 200
    late = requests.post(shown.address, headers={"X-Hook-Secret": "somebody-elses"}, timeout=30)
    assert late.status_code == 401, "once it is registered no other secret is taken"


def test_a_secret_that_never_came_undoes_the_registration(
    connections: Connections, registrations: Registrations, box: Box, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ENGARDE_URL", "http://127.0.0.1:9")
    with pytest.raises(VendorRefused):
        registrations.connect(connected(connections, box, "asana"))
    assert registrations.part(10) == []
