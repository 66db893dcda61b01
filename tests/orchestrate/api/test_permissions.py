"""Every route that the API's description names, on both stores: who may ask it, with what, and for whose things."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from fastapi.testclient import TestClient

from orchestrate.access.service import SCOPES, ApiKeys
from orchestrate.announce import announce
from orchestrate.announce.service import Announcements
from orchestrate.api.app import create_app
from orchestrate.connections.service import Connections
from orchestrate.people import sessions
from orchestrate.people.roles import Role
from orchestrate.people.service import People
from orchestrate.store.tables import PlatformEvent, ReconciliationDecision
from orchestrate.syncs.service import Syncs
from orchestrate.webhooks.endpoints import Webhooks
from tests.orchestrate.stores import somebody

SAFE = {"get", "head"}
FOR_EVERYBODY = {
    ("get", "/api/v1/platforms"),
    ("get", "/api/v1/platforms/{platform}"),
    ("post", "/api/v1/session"),
    ("post", "/api/v1/session/accept"),
}
"""Routes that ask for neither key nor session; deliveries of vendors carry a proof of their own."""
OF_ONESELF = "/api/v1/session"
ADMINS = {"people", "keys", "audit"}
OF_EVERYBODY = {"platform", "entity", "table", "stream", "option"}
OF_A_WAREHOUSE = {"pair", "customer", "finding"}
"""Rows of the models: `tests/orchestrate/reconciliation/test_refusals.py` asks for those of another tenant."""


@dataclass(frozen=True)
class Route:
    """A route, and the scope that the description says it needs."""

    method: str
    path: str
    scope: str | None
    body: Any

    def call(self, client: TestClient, ids: dict[str, str], **more: Any) -> Any:
        path = re.sub(r"\{(\w+)\}", lambda name: ids.get(name[1], "none"), self.path)
        body = self.body if self.method in {"post", "put", "patch"} else None
        return client.request(self.method, path, json=body, follow_redirects=False, **more)


@pytest.fixture
def client(connections: Connections, monkeypatch: pytest.MonkeyPatch) -> Iterator[TestClient]:
    monkeypatch.setenv("ENGARDE_API_RATE", "1000000/second")
    monkeypatch.setenv("ENGARDE_API_ADDRESS_RATE", "1000000/second")
    yield TestClient(create_app(connections.store, connections.vault), raise_server_exceptions=False)


def routes(client: TestClient) -> list[Route]:
    """Every route of the description."""
    described = client.get("/api/v1/openapi.json").json()
    found = []
    for path, methods in described["paths"].items():
        for method, words in methods.items():
            needed = {scope for each in words.get("security", []) for scopes in each.values() for scope in scopes}
            assert len(needed) <= 1, (method, path)
            scope = next(iter(needed), None) if "security" in words else "for everybody"
            found.append(Route(method, path, scope, _example(words, described)))
    return found


def _example(words: dict[str, Any], described: dict[str, Any]) -> Any:
    content = words.get("requestBody", {}).get("content", {}).get("application/json")
    return _made(content["schema"], described) if content else None


def _made(schema: dict[str, Any], described: dict[str, Any]) -> Any:
    """A value of the schema: its own example, or made of its parts."""
    if "$ref" in schema:
        return _made(described["components"]["schemas"][schema["$ref"].rpartition("/")[2]], described)
    if "examples" in schema:
        return schema["examples"][0]
    if "enum" in schema:
        return schema["enum"][0]
    kind = schema.get("type")
    if kind == "object":
        wanted = schema.get("required", [])
        return {name: _made(each, described) for name, each in schema.get("properties", {}).items() if name in wanted}
    return {"array": [], "integer": 1, "boolean": False, "number": 1}.get(str(kind), "none")


def cookie(connections: Connections, role: Role) -> dict[str, str]:
    """The headers of a browser in which a new person of this role is logged in."""
    token = somebody(connections.store, connections.tenant_id, f"{role}@acme.example", role)
    opened = sessions.opened(connections.store, token)
    assert opened is not None
    return {"Cookie": f"engarde={token}", "X-CSRF-Token": opened.csrf}


def permitted(role: Role, scope: str) -> bool:
    """The roles in words: viewers look, editors work, admins decide who comes in, owners stand above admins."""
    subject, _, kind = scope.partition(":")
    match role:
        case Role.OWNER:
            return True
        case Role.ADMIN:
            return subject != "owners"
        case Role.EDITOR:
            return subject not in ADMINS | {"owners"}
    return subject not in ADMINS | {"owners"} and kind == "read"


def test_every_route_says_what_it_needs_and_nobody_comes_in_without(client: TestClient) -> None:
    for route in routes(client):
        if route.scope == "for everybody":
            assert (route.method, route.path) in FOR_EVERYBODY or "/webhooks/" in route.path, route
            continue
        assert route.scope is not None or route.path.startswith(OF_ONESELF), route
        assert route.scope is None or route.scope in SCOPES, route
        for headers in ({}, {"Authorization": "Bearer eg_x"}, {"Cookie": "engarde=es_x"}):
            answer = route.call(client, {}, headers=headers)
            assert answer.status_code == 401, (route, headers)
            assert answer.headers["Content-Type"] == "application/problem+json"


@pytest.mark.parametrize("role", list(Role))
def test_a_role_may_ask_what_is_its_own_and_nothing_else(
    client: TestClient, connections: Connections, role: Role
) -> None:
    headers = cookie(connections, role)
    guarded = [route for route in routes(client) if route.scope in SCOPES]
    assert len(guarded) > 20
    for route in guarded:
        assert route.scope is not None
        answer = route.call(client, {}, headers=headers)
        lacks = answer.status_code == 403 and f"lacks the scope {route.scope}" in answer.text
        assert lacks is not permitted(role, route.scope), (role, route, answer.text)
        assert answer.status_code not in {401, 500}, (route, answer.text)


def test_an_unsafe_route_wants_the_csrf_token_of_a_session(client: TestClient, connections: Connections) -> None:
    headers = cookie(connections, Role.OWNER)
    unsafe = [r for r in routes(client) if r.method not in SAFE and r.scope != "for everybody"]
    assert len(unsafe) > 10
    for route in unsafe:
        for wrong in ({"X-CSRF-Token": ""}, {"X-CSRF-Token": "0" * 64}):
            answer = route.call(client, {}, headers=headers | wrong)
            assert (answer.status_code, "CSRF" in answer.text) == (403, True), route
    assert client.get("/api/v1/session", headers=headers).status_code == 200


def things(connections: Connections) -> dict[str, str]:
    """One of everything that Acme can have, by the name that routes have for its id."""
    of = connections.store, connections.vault, connections.tenant_id, "user test"
    connections.add("hubspot", "main", {"access_token": "pat-canary-1"})
    subscription = Announcements(*of).subscribe("https://93.184.216.34/engarde", ["run.finished"])[0].id
    webhook = Webhooks(*of).add("main").id
    delivery = PlatformEvent(
        tenant_id=connections.tenant_id, id="d" * 32, webhook_id=webhook, delivery="e1", types=[], body=b"{}"
    )
    decision = ReconciliationDecision(
        tenant_id=connections.tenant_id, kind="accept", left_id="one", right_id="other", decided_by="user test"
    )
    with connections.store.transaction(connections.tenant_id) as session:
        session.add_all([decision, delivery])
        announce(session, connections.tenant_id, "run.finished", {"run": "r1"})
        session.flush()
        decided = decision.id
    return {
        "decision": decided,
        "name": "main", "connection": "main", "delivery": "d" * 32,
        "announcement": Announcements(*of).sent(1)[0].id,
        "person_id": People(connections.store, connections.tenant_id, "user test")
        .invite("a@b.example", Role.OWNER)[0]
        .id,
        "run": Syncs(connections.store, connections.tenant_id, "user test").trigger("main"),
        "schedule": Syncs(connections.store, connections.tenant_id, "user test")
        .schedule("main", "every day at 6:00")
        .id,
        "webhook": webhook, "subscription": subscription,
    }  # fmt: skip


def test_another_tenants_things_are_as_unknown_as_those_that_there_are_not(
    client: TestClient, connections: Connections
) -> None:
    """Whoever may do everything in one tenant asks every route for the things of another."""
    theirs = things(connections)
    keys = ApiKeys(connections.store, connections.tenant_id, "user test")
    acme = {"Authorization": f"Bearer {keys.add('main', SCOPES)}"}
    stranger = connections.store.tenant("stranger")
    headers = {"Authorization": f"Bearer {ApiKeys(connections.store, stranger, 'user test').add('all', SCOPES)}"}
    named = {name for route in routes(client) for name in re.findall(r"\{(\w+)\}", route.path)}
    assert named - theirs.keys() == OF_EVERYBODY | OF_A_WAREHOUSE, "a new kind of thing is asked for here too"
    asked = [r for r in routes(client) if r.scope in SCOPES and any(f"{{{name}}}" in r.path for name in theirs)]
    assert len(asked) >= 20
    for route in asked:
        foreign, absent = route.call(client, theirs, headers=headers), route.call(client, {}, headers=headers)
        assert foreign.status_code == absent.status_code, (route, foreign.text)
        assert foreign.status_code not in {200, 201, 204, 500}, (route, foreign.text)
        told = foreign.text
        for each in theirs.values():
            told = told.replace(each, "none")
        assert told == absent.text.replace("main", "none"), route
    assert "pat-canary" not in client.get("/api/v1/connections", headers=headers).text
    assert [each["name"] for each in client.get("/api/v1/connections", headers=acme).json()["items"]] == ["main"]
    assert client.get(f"/api/v1/people/{theirs['person_id']}", headers=acme).json()["role"] == "owner"
    assert client.get("/api/v1/keys", headers=acme).json()["items"][0]["revoked_at"] is None
