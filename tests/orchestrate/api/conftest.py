"""The API as a client sees it, on each store."""

from __future__ import annotations

import pytest
from fastapi.testclient import TestClient

from orchestrate.access.service import SCOPES, ApiKeys
from orchestrate.api.app import create_app
from orchestrate.connections.service import Connections


@pytest.fixture
def keys(connections: Connections) -> ApiKeys:
    return ApiKeys(connections.store, connections.tenant_id, "user test")


@pytest.fixture
def client(connections: Connections, keys: ApiKeys) -> TestClient:
    """Acme's client, with a key that may do everything."""
    app = create_app(connections.store, connections.vault)
    key = keys.add("everything", SCOPES)
    return TestClient(app, headers={"Authorization": f"Bearer {key}"}, raise_server_exceptions=False)
