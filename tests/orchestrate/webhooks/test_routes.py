"""The routes of endpoints, deliveries and subscriptions on both stores: scopes, foreign ids, and secrets shown once."""

from __future__ import annotations

import re
from typing import Any

import pytest
from fastapi.testclient import TestClient

from orchestrate.access.service import SCOPES, ApiKeys
from orchestrate.announce import announce
from orchestrate.api.app import create_app
from orchestrate.connections.service import Connections
from tests.orchestrate.webhooks.deliveries import STRIPE, event, signed

SECRET = "whsec-canary-4711"
BODIES: dict[str, Any] = {
    "/endpoints": {"connection": "money", "secret": SECRET},
    "/endpoints/{webhook}/secret": {"secret": "another-one"},
    "/subscriptions": {"url": "https://example.com/hook", "kinds": ["run.finished"]},
}


@pytest.fixture
def keys(connections: Connections) -> ApiKeys:
    return ApiKeys(connections.store, connections.tenant_id, "user test")


@pytest.fixture
def client(connections: Connections, keys: ApiKeys) -> TestClient:
    connections.add("stripe", "money", STRIPE)
    app = create_app(connections.store, connections.vault)
    return TestClient(app, headers={"Authorization": f"Bearer {keys.add('everything', SCOPES)}"})


@pytest.fixture
def ids(client: TestClient, connections: Connections) -> dict[str, str]:
    """One of each thing that has an id."""
    endpoint = client.post("/api/v1/webhooks/endpoints", json=BODIES["/endpoints"])
    subscription = client.post("/api/v1/webhooks/subscriptions", json=BODIES["/subscriptions"])
    assert (endpoint.status_code, subscription.status_code) == (201, 201)
    address = endpoint.json()["address"].removeprefix("http://127.0.0.1:8080")
    assert client.post(address, content=event(), headers={"Authorization": "", **signed(event(), SECRET)}).is_success
    with connections.store.transaction(connections.tenant_id) as session:
        announce(session, connections.tenant_id, "run.finished", {"run": "r1"})
    return {
        "webhook": endpoint.json()["id"], "subscription": subscription.json()["id"],
        "delivery": client.get("/api/v1/webhooks/deliveries").json()["items"][0]["id"],
        "announcement": client.get("/api/v1/webhooks/announcements").json()["items"][0]["id"],
    }  # fmt: skip


def routes(client: TestClient) -> list[tuple[str, str]]:
    paths = client.get("/api/v1/openapi.json").json()["paths"]
    found = [(method, path) for path, methods in paths.items() for method in methods if "/webhooks/" in path]
    assert len(found) == 20
    return found


def call(client: TestClient, method: str, path: str, ids: dict[str, str], **more: Any) -> Any:
    where = re.sub(r"\{(\w+)\}", lambda name: ids[name[1]], path)
    return client.request(method, where, json=BODIES.get(path.removeprefix("/api/v1/webhooks")), **more)


def test_every_route_wants_a_key_and_its_scope(client: TestClient, keys: ApiKeys, ids: dict[str, str]) -> None:
    reader = {"Authorization": f"Bearer {keys.add('reader', ['webhooks:read'])}"}
    other = {"Authorization": f"Bearer {keys.add('other', ['connections:write'])}"}
    for method, path in routes(client):
        assert call(client, method, path, ids, headers={"Authorization": "Bearer wrong"}).status_code == 401
        assert call(client, method, path, ids, headers=other).status_code == 403, path
        assert call(client, method, path, ids, headers=reader).status_code == (200 if method == "get" else 403), path


def test_another_tenants_ids_are_as_unknown_as_those_that_there_are_not(
    client: TestClient, connections: Connections, ids: dict[str, str]
) -> None:
    stranger = ApiKeys(connections.store, connections.store.tenant("stranger"), "user test").add("all", SCOPES)
    headers = {"Authorization": f"Bearer {stranger}"}
    absent = dict.fromkeys(ids, "0" * 32)
    for method, path in routes(client):
        if "{" in path:
            theirs, none = call(client, method, path, ids, headers=headers), call(client, method, path, absent)
            assert theirs.status_code == none.status_code == 404, path
            assert re.sub("'[0-9a-f]{32}'", "", theirs.text) == re.sub("'[0-9a-f]{32}'", "", none.text)
        elif method == "get":
            assert call(client, method, path, ids, headers=headers).json()["items"] == []
    assert client.get(f"/api/v1/webhooks/endpoints/{ids['webhook']}").status_code == 200


def test_an_endpoints_secret_never_comes_out_and_a_subscriptions_once(client: TestClient, ids: dict[str, str]) -> None:
    said = "".join(call(client, method, path, ids).text for method, path in routes(client) if method == "get")
    made = client.post("/api/v1/webhooks/subscriptions", json=BODIES["/subscriptions"]).json()
    assert made["secret"].startswith("whsec_")
    again = client.get(f"/api/v1/webhooks/subscriptions/{made['id']}").text
    assert SECRET not in said and "whsec" not in said and "whsec" not in again


def test_lists_are_read_in_parts(client: TestClient, ids: dict[str, str]) -> None:
    for _ in range(4):
        client.post("/api/v1/webhooks/endpoints", json=BODIES["/endpoints"])
    seen, cursor = [], None
    while True:
        part = client.get("/api/v1/webhooks/endpoints", params={"limit": 2, **({"cursor": cursor} if cursor else {})})
        seen += [each["id"] for each in part.json()["items"]]
        cursor = part.json()["next"]
        if cursor is None:
            break
    assert len(seen) == len(set(seen)) == 5
    for path in ("deliveries", "announcements"):
        wrong = client.get(f"/api/v1/webhooks/{path}", params={"cursor": "WyJ4IiwgInkiXQ"})
        assert (wrong.status_code, "next" in wrong.json()["detail"]) == (422, True)


def test_what_cannot_work_says_what_to_do(client: TestClient) -> None:
    def refused(path: str, **body: Any) -> str:
        answer = client.post(f"/api/v1/webhooks/{path}", json=body)
        assert answer.status_code in {404, 422}
        return str(answer.json()["detail"])

    assert "connect the platform first" in refused("endpoints", connection="none")
    assert "public https address" in refused("subscriptions", url="http://10.0.0.1/", kinds=["run.finished"])
    assert "body.kinds" in refused("subscriptions", url="https://example.com", kinds=["everything"])
