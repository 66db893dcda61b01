"""One address of an app, and the connections of a tenant that it serves: each is told of what is its own."""

from __future__ import annotations

import base64
import hmac
import json
from collections.abc import Callable, Mapping, Sequence
from typing import Any
from urllib.parse import parse_qs

import pytest
import time_machine
from click.testing import Result
from fastapi.testclient import TestClient
from typer.testing import CliRunner

from orchestrate.api.app import create_app
from orchestrate.connections.service import Connections
from orchestrate.store.tables import now
from orchestrate.syncs.service import Syncs
from orchestrate.syncs.sources import Sources
from orchestrate.webhooks import receiver as receiving
from orchestrate.webhooks.background import Background
from orchestrate.webhooks.cli import app as app_of_the_command_line
from orchestrate.webhooks.endpoints import ShownWebhook, WebhookRefusedError
from orchestrate.webhooks.events import Events
from orchestrate.webhooks.following import Following
from orchestrate.webhooks.naming import Concerned
from orchestrate.webhooks.registration import Registrations
from orchestrate.webhooks.work import _LEASE, NOT_LOADED, WAITS, work
from tests.engine.vendor import Asked, vendor
from tests.orchestrate.webhooks.deliveries import SECRET, path_of, webhooks_of

MINE, OTHER, STRANGERS = "1001", "1002", "1009"
Calls = list[tuple[str, Mapping[str, Sequence[str]]]]


def company(connections: Connections, name: str, company_id: str) -> None:
    login = {"client_id": "c", "client_secret": "s", "refresh_token": "r", "access_token": "a"}
    connections.add("quickbooks", name, {**login, "company_id": company_id})


@pytest.fixture
def endpoint(connections: Connections) -> ShownWebhook:
    company(connections, "first", MINE)
    company(connections, "second", OTHER)
    return webhooks_of(connections).add("first", SECRET)


@pytest.fixture
def events(connections: Connections) -> Events:
    return Events(connections.store, connections.vault, connections.tenant_id, "user test")


@pytest.fixture
def deliver(connections: Connections, endpoint: ShownWebhook, monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Delivers (company, invoice) pairs to the one address."""
    monkeypatch.setattr(receiving, "_KNOWN_SECONDS", 0.0)
    client = TestClient(create_app(connections.store, connections.vault))

    def send(*items: tuple[str, str], kind: str = "qbo.invoice.updated.v1") -> None:
        told = [
            {"id": f"e-{whose}-{number}", "type": kind, "intuitentityid": number, "intuitaccountid": whose}
            for whose, number in items
        ]
        body = json.dumps(told).encode()
        proof = base64.b64encode(hmac.digest(SECRET.encode(), body, "sha256")).decode()
        assert client.post(path_of(endpoint), content=body, headers={"intuit-signature": proof}).status_code == 200

    return send


def noting(calls: Calls, broken: str = "") -> Callable[[str, str, Concerned], list[str]]:
    def reread(_: str, connection: str, about: Concerned) -> list[str]:
        calls.append((connection, about.objects))
        if connection == broken:
            raise RuntimeError("the scheduler is away")
        return [f"of {connection}"]

    return reread


def worked(events: Events, broken: str = "") -> dict[str, Any]:
    calls: Calls = []
    work(events.store, events.tenant_id, noting(calls, broken))
    assert len(dict(calls)) == len(calls)
    return {name: dict(objects) for name, objects in calls}


def test_each_connection_is_told_of_its_own_items_and_a_strangers_are_left_alone(
    events: Events, deliver: Callable[..., None]
) -> None:
    deliver((MINE, "1"), (OTHER, "2"), (STRANGERS, "3"))
    deliver((OTHER, "4"))
    deliver((STRANGERS, "5"))
    shown = {each.delivery: each for each in events.part(10)}
    assert {delivery: each.concerned for delivery, each in shown.items()} == {
        f"e-{MINE}-1/e-{OTHER}-2": ("first", "second"),
        f"e-{OTHER}-4": ("second",),
    }
    assert {each.connection for each in shown.values()} == {"first"}
    assert worked(events) == {"first": {"invoices": ["1"]}, "second": {"invoices": ["2", "4"]}}
    assert worked(events) == {}
    said = {each.concerned: (each.state, each.said) for each in events.part(10)}
    assert said == {
        ("first", "second"): ("done", "first: run of first; second: run of second"),
        ("second",): ("done", "run of second"),
    }


def test_the_same_delivery_is_processed_once_and_again_when_it_is_replayed(
    events: Events, deliver: Callable[..., None]
) -> None:
    for _ in range(2):
        deliver((MINE, "1"), (OTHER, "2"))
    [row] = events.part(10)
    both = {"first": {"invoices": ["1"]}, "second": {"invoices": ["2"]}}
    assert worked(events) == both
    deliver((MINE, "1"), (OTHER, "2"))
    assert worked(events) == {}
    assert events.replay(row.id).state == "queued"
    assert worked(events) == both


def test_another_tenants_connection_to_the_same_account_is_told_nothing(
    connections: Connections, events: Events, deliver: Callable[..., None]
) -> None:
    stranger = Connections(connections.store, connections.vault, connections.store.tenant("stranger"), "user test")
    company(stranger, "first", MINE)
    company(stranger, "theirs", STRANGERS)
    deliver((MINE, "1"), (STRANGERS, "3"))
    theirs = Events(stranger.store, stranger.vault, stranger.tenant_id, "user test")
    assert theirs.part(10) == [] and worked(theirs) == {}
    assert [each.concerned for each in events.part(10)] == [("first",)]
    assert worked(events) == {"first": {"invoices": ["1"]}}


def test_two_connections_to_one_account_are_both_told(
    connections: Connections, events: Events, deliver: Callable[..., None]
) -> None:
    company(connections, "again", OTHER)
    deliver((OTHER, "2"))
    [row] = events.part(10)
    assert (row.delivery, row.concerned) == (f"e-{OTHER}-2", ("again", "second"))
    assert worked(events).keys() == {"again", "second"}


def test_what_fails_for_one_is_tried_again_for_that_one_alone(events: Events, deliver: Callable[..., None]) -> None:
    deliver((MINE, "1"), (OTHER, "2"))
    with time_machine.travel(now(), tick=False) as clock:
        assert worked(events, broken="second").keys() == {"first", "second"}
        [row] = events.part(10)
        assert (row.state, row.said) == ("queued", "second: the scheduler is away")
        for wait in WAITS:
            clock.shift(wait)
            assert worked(events, broken="second").keys() == {"second"}
        assert events.show(row.id).state == "dead"
        assert events.replay_dead() == 1
        assert worked(events).keys() == {"second"}
    assert events.show(row.id).said == "first: run of first; second: run of second"


def test_a_worker_that_is_killed_between_two_connections_loses_neither(
    events: Events, deliver: Callable[..., None]
) -> None:
    deliver((MINE, "1"), (OTHER, "2"))
    done: list[str] = []

    def killed(_: str, connection: str, __: Concerned) -> list[str]:
        if done:
            raise KeyboardInterrupt
        done.append(connection)
        return ["r1"]

    with pytest.raises(KeyboardInterrupt):
        work(events.store, events.tenant_id, killed)
    assert worked(events) == {}
    with time_machine.travel(now() + _LEASE):
        assert worked(events).keys() == {"first", "second"} - {*done}
    assert [each.state for each in events.part(10)] == ["done"]


def test_a_connection_that_is_gone_or_does_not_load_the_stream_holds_up_no_other(
    connections: Connections, events: Events, deliver: Callable[..., None]
) -> None:
    company(connections, "third", STRANGERS)
    Sources(connections.store, connections.tenant_id, "user test").choose("second", ["customers"])
    deliver((MINE, "1"), (OTHER, "2"), (STRANGERS, "3"))
    connections.remove("third")
    background = Background(connections.store, connections.vault)
    assert work(events.store, events.tenant_id, background._reread) == 1
    [row] = events.part(10)
    runs = Syncs(connections.store, connections.tenant_id, "user test").runs()
    assert [(each.connection, each.objects) for each in runs] == [("first", {"invoices": ["1"]})]
    assert (row.state, row.concerned) == ("done", ("first", "second"))
    assert row.said is not None and {*row.said.split("; ")} == {
        f"first: run {runs[0].id}", f"second: {NOT_LOADED}", "the connection was removed",
    }  # fmt: skip


def test_topics_of_no_stream_are_ignored_for_whoever_is_told_of_them_alone(
    events: Events, deliver: Callable[..., None]
) -> None:
    deliver((OTHER, "2"), kind="qbo.unknown.updated.v1")
    assert worked(events) == {}
    [row] = events.part(10)
    assert (row.state, row.said) == ("ignored", "no stream of quickbooks is concerned")


def test_the_merchants_of_one_delivery_are_told_apart_by_their_place_in_it(
    connections: Connections, events: Events, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(receiving, "_KNOWN_SECONDS", 0.0)
    first, second, stranger = (f"{number}ABCDEF123456" for number in (1, 2, 9))
    for name, merchant in (("first", first), ("second", second)):
        connections.add("clover", name, {"merchant_id": merchant, "api_token": "t"})
    path = path_of(webhooks_of(connections).add("first", SECRET))
    client = TestClient(create_app(connections.store, connections.vault))
    for merchants in ([second, stranger], [stranger]):
        told = {each: [{"objectId": f"O:OF{each}", "type": "UPDATE", "ts": 7}] for each in merchants}
        body = json.dumps({"appId": "A", "merchants": told})
        assert client.post(path, content=body, headers={"X-Clover-Auth": SECRET}).status_code == 200
    assert worked(events) == {"second": {"orders": [f"OF{second}"]}}
    assert [each.concerned for each in events.part(10)] == [("second",)]


def test_a_login_of_several_accounts_is_told_of_those_that_it_reads_and_of_all_where_none_is_chosen(
    connections: Connections, events: Events, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(receiving, "_KNOWN_SECONDS", 0.0)
    login = {"client_id": "c", "client_secret": "s", "refresh_token": "r", "access_token": "a"}
    connections.add("xero", "some", {**login, "organisations": ["t1", "t2"]})
    connections.add("xero", "whichever", login)
    path = path_of(webhooks_of(connections).add("some", SECRET))
    client = TestClient(create_app(connections.store, connections.vault))
    told = [
        {"resourceId": f"c{each}", "tenantId": f"t{each}", "eventCategory": "CONTACT", "eventDateUtc": "2026-03-01"}
        for each in (2, 3)
    ]
    body = json.dumps({"events": told}).encode()
    proof = base64.b64encode(hmac.digest(SECRET.encode(), body, "sha256")).decode()
    assert client.post(path, content=body, headers={"x-xero-signature": proof}).status_code == 200
    of_each = [json.dumps([f"t{each}", f"c{each}"], separators=(",", ":")) for each in (2, 3)]
    assert worked(events) == {"some": {"contacts": of_each[:1]}, "whichever": {"contacts": of_each}}


def test_an_address_outlives_its_connection_where_it_serves_another(
    connections: Connections, events: Events, endpoint: ShownWebhook, deliver: Callable[..., None]
) -> None:
    webhooks = webhooks_of(connections)
    assert webhooks.show(endpoint.id).serves == ("second",)
    assert [each.id for each in webhooks.serving("second")] == [endpoint.id] and webhooks.serving("first") == []
    deliver((MINE, "1"), (OTHER, "2"))
    left = Following(connections.store, connections.vault, connections.tenant_id, "user test").remove("first")
    assert left.untold == []
    assert left.kept == [
        f"{endpoint.address}: it serves second too and is the address of that connection now"
    ]  # fmt: skip
    deliver((MINE, "3"), (OTHER, "4"))
    assert (webhooks.show(endpoint.id).connection, webhooks.show(endpoint.id).serves) == ("second", ())
    assert worked(events) == {"second": {"invoices": ["2", "4"]}}
    left = Following(connections.store, connections.vault, connections.tenant_id, "user test").remove("second")
    assert (left.untold, left.kept, webhooks.part(10)) == ([], [], [])


def test_it_is_left_to_one_that_has_no_address_yet(connections: Connections, endpoint: ShownWebhook) -> None:
    company(connections, "third", STRANGERS)
    webhooks = webhooks_of(connections)
    own = webhooks.add("second", "s3cret")
    [kept] = webhooks.hand_over("first")
    assert (kept.id, kept.connection, kept.serves) == (endpoint.id, "third", ("first", "second"))
    assert webhooks.show(own.id).connection == "second"


def test_the_command_line_says_whom_an_address_serves(connections: Connections, endpoint: ShownWebhook) -> None:
    def engarde(*words: str, given: str = "") -> Result:
        return CliRunner().invoke(app_of_the_command_line, [*words, "--tenant", "acme"], input=given)

    assert f"{endpoint.address}  serves second too" in engarde("list").stdout
    made = engarde("add", "second", given="s3cret")
    assert made.stderr == f"first's address serves second too, if both are of one app: {endpoint.address}\n"
    removed = engarde("remove", endpoint.id)
    assert removed.stdout == f"removed {endpoint.id}; it served second too, which is read on schedule from now on\n"


class Graph:
    """An app with one address, and pages that are subscribed to it."""

    def __init__(self) -> None:
        self.address: str | None = None
        self.pages: set[str] = set()

    def __call__(self, asked: Asked) -> Any:
        if asked.path == "/4711/subscriptions":
            if asked.method == "GET":
                told = {"object": "page", "active": True, "callback_url": self.address}
                return {"data": [told] if self.address else []}
            self.address = parse_qs(asked.body)["callback_url"][0] if asked.method == "POST" else None
            return {"success": True}
        page = asked.headers["Authorization"].removeprefix("Bearer ")
        if asked.method == "GET":
            return {"data": [{"id": "4711"}] if page in self.pages else []}
        self.pages = self.pages | {page} if asked.method == "POST" else self.pages - {page}
        return {"success": True}


def test_a_further_account_of_an_app_is_subscribed_to_the_address_that_the_app_has(connections: Connections) -> None:
    graph = Graph()
    registrations = Registrations(connections.store, connections.vault, connections.tenant_id, "user test")
    with vendor(graph) as found:
        app = {"app_id": "4711", "app_secret": "s", "api_url": found.url, "allow_insecure": True}
        for number in ("1", "2"):
            connections.add("facebook", f"page-{number}", {"page_access_token": f"p{number}", "page_id": number, **app})
        first, second = registrations.connect("page-1"), registrations.connect("page-2")
        assert (graph.address, graph.pages) == (first.address, {"p1", "p2"})
        registrations.register(second.id)
        assert [registrations.standing(each.id).state for each in (first, second)] == ["active", "active"]
        registrations.unregister(first.id)
        assert (graph.address, graph.pages) == (None, {"p2"})
        assert registrations.standing(second.id).state == "gone", "the app has no address any more"
        registrations.register(second.id)
        assert (graph.address, registrations.standing(second.id).state) == (second.address, "active")
        registrations.unregister(second.id)
        assert (graph.address, graph.pages) == (None, set())


def test_where_an_app_is_told_of_all_accounts_at_once_a_second_registration_says_that_the_first_serves(
    connections: Connections,
) -> None:
    held: dict[str, str] = {}
    registrations = Registrations(connections.store, connections.vault, connections.tenant_id, "user test")
    with vendor(lambda asked: held if asked.path.endswith("/settings") else {"results": []}) as found:
        app = {"app_id": "4711", "developer_key": "k", "client_secret": "s", "access_token": "t"}
        for number in ("1", "2"):
            settings = {"portal_id": number, **app, "api_url": found.url, "allow_insecure": True}
            connections.add("hubspot", f"hub-{number}", settings)
        held["targetUrl"] = registrations.add("hub-1", SECRET).address
        with pytest.raises(WebhookRefusedError, match="that of hub-1, which serves hub-2 too: no other is needed"):
            registrations.connect("hub-2")
    assert [each.connection for each in registrations.part(10)] == ["hub-1"]
