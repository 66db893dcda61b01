"""The loop beside the service, and the command line, as whoever runs them sees them."""

from __future__ import annotations

import threading
import time

import pytest
from click.testing import Result
from fastapi.testclient import TestClient
from typer.testing import CliRunner

from orchestrate.api.app import create_app
from orchestrate.connections.service import Connections
from orchestrate.syncs.service import Syncs
from orchestrate.webhooks import background as looping
from orchestrate.webhooks.background import Background, at_work
from orchestrate.webhooks.cli import app as app_of_the_command_line
from orchestrate.webhooks.endpoints import ShownWebhook
from orchestrate.webhooks.events import Events
from tests.orchestrate.webhooks.deliveries import SHOPIFY, event, path_of, signed, signed_by_shopify, webhooks_of

SECRET = "whsec-canary-99"


def shop(connections: Connections) -> ShownWebhook:
    connections.add("shopify", "shop", SHOPIFY)
    return webhooks_of(connections).add("shop", SECRET)


def until(found: object, seconds: float = 20) -> bool:
    assert callable(found)
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if found():
            return True
        time.sleep(0.02)
    return False


def test_what_comes_is_a_run_of_its_stream_within_moments(
    connections: Connections, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(looping, "PAUSE", 0.02)
    monkeypatch.setattr(looping, "_ALL_SECONDS", 1000.0)  # it is woken by the delivery itself
    app = create_app(connections.store, connections.vault)
    path, client = path_of(shop(connections)), TestClient(app)
    events = Events(connections.store, connections.vault, connections.tenant_id, "user test")
    with at_work(app.state.background):
        time.sleep(0.1)
        for number, topic in enumerate(["orders/delete", "orders/delete", "customers/delete"]):
            body = event(number)
            assert client.post(path, content=body, headers=signed_by_shopify(body, topic, number, SECRET)).is_success
        assert until(lambda: {each.state for each in events.part(10)} == {"done"})
    runs = Syncs(connections.store, connections.tenant_id, "user test").runs(connection="shop")
    assert {(each.cause, each.status) for each in runs} == {("webhook", "queued")}
    assert {"orders", "customers"} <= {stream for each in runs for stream in each.streams}
    assert {each.said for each in events.part(10)} <= {f"run {each.id}" for each in runs}


def test_one_tenants_trouble_is_not_the_others(connections: Connections, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(looping, "PAUSE", 0.02)
    served: list[str] = []

    def work(_: object, tenant_id: str, __: object) -> int:
        served.append(tenant_id)
        if tenant_id == connections.tenant_id:
            raise RuntimeError("trouble")
        return 0

    monkeypatch.setattr(looping, "work", work)
    other = connections.store.tenant("zeta")
    with at_work(Background(connections.store, connections.vault)):
        assert until(lambda: {connections.tenant_id, other} <= set(served))
    assert "webhooks" not in {each.name for each in threading.enumerate()}


def engarde(*words: str, given: str = "") -> Result:
    return CliRunner().invoke(app_of_the_command_line, [*words, "--tenant", "acme"], input=given)


def test_the_command_line_makes_lists_replays_and_removes(connections: Connections) -> None:
    connections.add("stripe", "money", {"api_key": "rk_test_canary"})
    made = engarde("add", "money", given=SECRET + "\n")
    assert made.exit_code == 0, made.output
    endpoint = made.stdout.split()[0]
    assert SECRET not in made.stdout and "docs.stripe.com" in made.stdout
    app = create_app(connections.store, connections.vault)
    path = made.stdout.split()[1].removeprefix("http://127.0.0.1:8080")
    assert TestClient(app).post(path, content=event(), headers=signed(event(), SECRET)).is_success
    [row] = Events(connections.store, connections.vault, connections.tenant_id, "user test").part(10)
    listed, replayed = engarde("deliveries"), engarde("replay", row.id)
    assert row.id in listed.stdout and "charge.updated" in listed.stdout
    assert "1 to be processed once more" in replayed.stdout
    refused, removed = engarde("add", "none", given=SECRET), engarde("remove", endpoint)
    assert (refused.exit_code, removed.exit_code) == (1, 0)
    assert refused.stderr == "webhook: there is no connection 'none'; connect the platform first\n"
    assert webhooks_of(connections).part(10) == []
