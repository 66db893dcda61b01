"""The pages as a browser sees them, on SQLite: what depends on the engine is tested with the services."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

import pytest
from fastapi.testclient import TestClient

from orchestrate.api.app import create_app
from orchestrate.connections.opening import open_connections
from orchestrate.connections.service import Connections
from orchestrate.people.roles import Role
from orchestrate.vault.keys import new_key
from tests.orchestrate.stores import somebody, sqlite_address

Visit = Callable[..., TestClient]
BROWSER = {"Accept": "text/html,application/xhtml+xml,*/*;q=0.8"}


@pytest.fixture(scope="module")
def connections(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Connections]:
    """Acme's connections, in one store for all tests of a file."""
    folder = tmp_path_factory.mktemp("store")
    keys = folder / "keys"
    keys.write_text(new_key("first") + "\n")
    keys.chmod(0o600)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("ENGARDE_STORE", sqlite_address(folder))
        patch.setenv("ENGARDE_KEYS_FILE", str(keys))
        opened = open_connections("acme")
        yield opened
        opened.store.close()


@pytest.fixture(scope="module")
def foreign(connections: Connections) -> Connections:
    """Another tenant's connections in the same store."""
    tenant = connections.store.tenant("rival")
    return Connections(connections.store, connections.vault, tenant, "user test")


@pytest.fixture(scope="module")
def visit(connections: Connections) -> Visit:
    """A browser of somebody with this role, or of a visitor without any."""
    app = create_app(connections.store, connections.vault)

    def opened(role: Role | None = None) -> TestClient:
        client = TestClient(app, headers=BROWSER, raise_server_exceptions=False, follow_redirects=False)
        if role is None:
            return client
        token = somebody(connections.store, connections.tenant_id, f"{role}@acme.example", role)
        client.cookies.set("engarde", token)
        return client

    return opened


def csrf_of(html: str) -> str:
    """The token of a page's forms."""
    found = re.search(r'name="csrf" value="([0-9a-f]+)"', html)
    assert found, "the page has no form with a token"
    return found[1]
