"""What the tests of registrations share."""

from collections.abc import Iterator

import pytest

from orchestrate.connections.service import Connections
from orchestrate.webhooks.registration import Registrations
from sandbox.running import Box, running


@pytest.fixture
def box() -> Iterator[Box]:
    with running(seed=7, people=5) as box:
        yield box


@pytest.fixture
def registrations(connections: Connections) -> Registrations:
    return Registrations(connections.store, connections.vault, connections.tenant_id, "user test")
