"""The loop beside the service, and the command line, as whoever runs them sees them."""

from __future__ import annotations

import threading
import time
from datetime import timedelta

import pytest
import time_machine
from click.testing import Result
from fastapi.testclient import TestClient
from sqlalchemy import update
from typer.testing import CliRunner

from orchestrate.announce.outbox import announce
from orchestrate.announce.service import Announcements
from orchestrate.api.app import create_app
from orchestrate.connections.service import Connections
from orchestrate.store.due import due_tenants, note_due, settle
from orchestrate.store.tables import Announcement, now
from orchestrate.syncs.service import Syncs
from orchestrate.webhooks import background as looping
from orchestrate.webhooks.background import Background, at_work
from orchestrate.webhooks.cli import app as app_of_the_command_line
from orchestrate.webhooks.endpoints import ShownWebhook
from orchestrate.webhooks.events import Events
from tests.orchestrate.stores import noted_statements
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
    for tenant in (connections.tenant_id, other):
        with connections.store.transaction(tenant) as session:
            note_due(session, tenant, now())
    with at_work(Background(connections.store, connections.vault)):
        assert until(lambda: {connections.tenant_id, other} <= set(served))
    assert "webhooks" not in {each.name for each in threading.enumerate()}


def test_of_many_tenants_those_are_looked_at_of_whom_something_is_due(
    connections: Connections, monkeypatch: pytest.MonkeyPatch
) -> None:
    path, store = path_of(shop(connections)), connections.store
    for number in range(30):
        store.tenant(f"idle {number}")
    assert due_tenants(store) == []
    client = TestClient(create_app(store, connections.vault))
    assert client.post(path, content=event(), headers=signed_by_shopify(event(), "orders/delete", 1, SECRET)).is_success
    asked: list[str] = []
    with noted_statements(store, asked):
        assert due_tenants(store) == [connections.tenant_id]
    assert len([each for each in asked if each.startswith("SELECT")]) == 1

    def trouble(*_: object) -> int:
        raise RuntimeError("trouble")

    background = Background(store, connections.vault)
    monkeypatch.setattr(looping, "deliver", trouble)
    monkeypatch.setattr(Background, "_reread", trouble)
    background._serve(connections.tenant_id)
    assert due_tenants(store) == [], "what failed is due later"
    with time_machine.travel(now() + timedelta(minutes=1), tick=False):
        assert due_tenants(store) == [connections.tenant_id]
    monkeypatch.undo()
    with time_machine.travel(now() + timedelta(minutes=1), tick=False):
        background._serve(connections.tenant_id)
        assert due_tenants(store) == []
    events = Events(store, connections.vault, connections.tenant_id, "user test")
    [row] = events.part(10)
    assert row.state == "done"
    events.replay(row.id)
    assert due_tenants(store) == [connections.tenant_id]


def test_an_announcement_is_due_until_it_is_told(connections: Connections) -> None:
    store, of = connections.store, connections.tenant_id
    service = Announcements(store, connections.vault, of, "user test")
    service.subscribe("https://93.184.216.34/engarde", ["run.finished"])
    with store.transaction(of) as session:
        announce(session, of, "connection.broken", {})
    assert due_tenants(store) == [], "nobody wants to be told"
    with store.transaction(of) as session:
        announce(session, of, "run.finished", {})
    assert due_tenants(store) == [of]
    with store.transaction(of) as session:
        session.execute(update(Announcement).values(state="delivered"))
    settle(store, of)
    assert due_tenants(store) == []
    service.send_again(service.sent(1)[0].id)
    assert due_tenants(store) == [of]


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
