"""People of Acme's, each with a browser of their own."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from argon2 import PasswordHasher
from fastapi import FastAPI
from fastapi.testclient import TestClient

from orchestrate.api.app import create_app
from orchestrate.connections.service import Connections
from orchestrate.people import passwords
from orchestrate.people.roles import Role
from orchestrate.people.service import People

PASSWORD = "grasshopper lantern 41 vinegar"


@pytest.fixture(autouse=True)
def quick_hashes(monkeypatch: pytest.MonkeyPatch) -> None:
    """The hash's own slowness is argon2's to test."""
    monkeypatch.setattr(passwords, "_HASHER", PasswordHasher(time_cost=1, memory_cost=64, parallelism=1))


@pytest.fixture
def people(connections: Connections) -> People:
    return People(connections.store, connections.tenant_id, "user test")


@pytest.fixture
def app(connections: Connections) -> FastAPI:
    return create_app(connections.store, connections.vault)


@pytest.fixture
def browser(app: FastAPI, people: People) -> Callable[[Role], TestClient]:
    """A browser in which a new person of this role has logged in, which sends the CSRF token as a page would."""

    def logged_in(role: Role) -> TestClient:
        people.add(f"{role}@acme.example", role, PASSWORD)
        return enter(TestClient(app, raise_server_exceptions=False), f"{role}@acme.example")

    return logged_in


def enter(client: TestClient, email: str, password: str = PASSWORD) -> TestClient:
    answer = client.post("/api/v1/session", json={"workspace": "acme", "email": email, "password": password})
    assert answer.status_code == 200, answer.text
    client.headers["X-CSRF-Token"] = answer.json()["csrf"]
    return client
