"""A short form of `make load-webhooks`: the service is killed amid deliveries, and none is lost or counted twice."""

from __future__ import annotations

from pathlib import Path

from orchestrate.connections.service import Connections
from tests.orchestrate.webhooks.load import burst


def test_a_kill_amid_deliveries_loses_none(connections: Connections, environment: Path, address: str) -> None:
    figures = burst(connections, address, environment, deliveries=200, rate=400, kills=True)
    assert (figures.kept, dict(figures.states)) == (200, {"done": 200})
    assert len(figures.answers) == 200
