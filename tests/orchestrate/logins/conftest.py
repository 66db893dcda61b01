"""A provider, and browsers of people of Acme's."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from orchestrate.connections.service import Connections
from orchestrate.logins.address import redirect_uri
from orchestrate.logins.apps import OAuthApps
from tests.orchestrate.logins import provider as providers
from tests.orchestrate.people.conftest import app, browser, people, quick_hashes

__all__ = ["app", "browser", "people", "quick_hashes"]


@pytest.fixture
def provider(monkeypatch: pytest.MonkeyPatch) -> Iterator[providers.Provider]:
    """Xero's place, which knows our app by its exact redirect address."""
    monkeypatch.setenv("ENGARDE_URL", "https://engarde.example")
    with providers.running() as found:
        found.app.redirect_uris = [redirect_uri("xero")]
        yield found


@pytest.fixture
def registered(connections: Connections) -> Connections:
    """Acme with an app at Xero's."""
    apps = OAuthApps(connections.store, connections.vault, connections.tenant_id, "user test")
    apps.put("xero", providers.CLIENT_ID, providers.CLIENT_SECRET)
    return connections
