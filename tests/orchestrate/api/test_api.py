"""The REST API on both stores: what keys may do, that tenants do not meet, and that no secret comes out."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from fastapi.testclient import TestClient

from orchestrate.access.service import SCOPES, AccessRefusedError, ApiKeys
from orchestrate.connections.service import HIDDEN, Connections

CANARY = "pat-canary-4711"
NEW = {"platform": "hubspot", "name": "main", "settings": {"access_token": CANARY}}


def protected(client: TestClient) -> list[tuple[str, str]]:
    """Method and path of every route of connections that asks for a key, as the description tells."""
    paths: dict[str, dict[str, Any]] = client.get("/api/v1/openapi.json").json()["paths"]
    return [
        (method, path)
        for path, methods in paths.items()
        for method, words in methods.items()
        if "security" in words and "connections" in words["tags"]
    ]


def call(client: TestClient, method: str, path: str, **more: Any) -> Any:
    body = {"post": NEW, "patch": {"settings": {}}}.get(method)
    return client.request(method, re.sub(r"\{\w+\}", "main", path), json=body, **more)


def test_a_connection_is_made_shown_changed_and_removed_and_its_secret_never_comes_out(client: TestClient) -> None:
    made = client.post("/api/v1/connections", json=NEW)
    changed = client.patch("/api/v1/connections/main", json={"settings": {"start_date": "2025-01-01"}})
    listed = client.get("/api/v1/connections")
    removed = client.delete("/api/v1/connections/main")
    gone = client.get(made.headers["Location"])
    assert [each.status_code for each in (made, changed, listed, removed, gone)] == [201, 200, 200, 204, 404]
    assert made.headers["Location"] == "/api/v1/connections/main"
    settings = {"access_token": HIDDEN, "connection_id": "main", "start_date": "2025-01-01"}
    assert changed.json()["settings"] == listed.json()["items"][0]["settings"] == settings
    assert CANARY not in made.text + changed.text + listed.text


def test_every_route_of_connections_wants_a_key(client: TestClient, keys: ApiKeys) -> None:
    routes = protected(client)
    assert len(routes) == 6
    good = keys.add("to be revoked", SCOPES)
    revoked = [good, keys.revoke("to be revoked")][0]
    wrong = [None, "Bearer ", "Bearer nonsense", f"Bearer {good[:-1]}x", f"Basic {good}", f"Bearer {revoked}"]
    for method, path in routes:
        for given in wrong:
            answer = call(client, method, path, headers={"Authorization": given or ""})
            assert answer.status_code == 401, (method, path, given)
            assert answer.headers["WWW-Authenticate"] == "Bearer"
            assert answer.headers["Content-Type"] == "application/problem+json"


def test_a_key_does_what_its_scopes_permit_and_no_more(client: TestClient, keys: ApiKeys) -> None:
    reader = {"Authorization": f"Bearer {keys.add('reader', ['connections:read'])}"}
    for method, path in protected(client):
        expected = {403} if method != "get" else {200, 404}
        assert call(client, method, path, headers=reader).status_code in expected
    with pytest.raises(AccessRefusedError, match="not everything"):
        keys.add("other", ["everything"])
    with pytest.raises(AccessRefusedError, match="already"):
        keys.add("reader", SCOPES)


def test_another_tenants_names_are_as_unknown_as_names_that_there_are_not(
    client: TestClient, connections: Connections
) -> None:
    assert client.post("/api/v1/connections", json=NEW).status_code == 201
    stranger = ApiKeys(connections.store, connections.store.tenant("stranger"), "user test").add("all", SCOPES)
    headers = {"Authorization": f"Bearer {stranger}"}
    named = [(method, path) for method, path in protected(client) if "{" in path]
    assert named
    for method, path in named:
        foreign = call(client, method, path, headers=headers)
        absent = call(client, method, path.replace("{name}", "none"), headers=headers)
        assert foreign.status_code == absent.status_code == 404
        assert foreign.text.replace("main", "none") == absent.text
    assert client.get("/api/v1/connections", headers=headers).json()["items"] == []
    assert client.get("/api/v1/connections/main").status_code == 200


@pytest.mark.parametrize(
    ("change", "status", "says"),
    [
        (lambda new: new | {"platform": "hubspott"}, 422, "did you mean 'hubspot'"),
        (lambda new: new | {"settings": {"acces_token": CANARY}}, 422, "did you mean 'access_token'"),
        (lambda new: new | {"settings": CANARY}, 422, "body.settings: Input should be a valid dictionary"),
        (lambda new: new | {"name": "a/b"}, 422, "body.name: String should match pattern"),
        (lambda new: new | {"settings": {"access_token": CANARY, "start_date": "soon"}}, 422, "start_date"),
    ],
)
def test_what_cannot_work_is_a_problem_that_shows_no_value(
    client: TestClient, change: Callable[[dict[str, Any]], dict[str, Any]], status: int, says: str
) -> None:
    answer = client.post("/api/v1/connections", json=change(NEW))
    assert (answer.status_code, answer.headers["Content-Type"]) == (status, "application/problem+json")
    assert says in answer.json()["detail"]
    assert CANARY not in answer.text
    assert client.get("/api/v1/connections").json()["items"] == []


def test_a_name_that_is_taken_is_a_conflict(client: TestClient) -> None:
    assert client.post("/api/v1/connections", json=NEW).status_code == 201
    assert client.post("/api/v1/connections", json=NEW).status_code == 409


def test_every_route_is_described_and_every_field_of_a_request_has_an_example_or_a_default(client: TestClient) -> None:
    described = client.get("/api/v1/openapi.json").json()
    schemas = described["components"]["schemas"]

    def meant(schema: dict[str, Any]) -> dict[str, Any]:
        return schemas[schema["$ref"].rpartition("/")[2]] if "$ref" in schema else schema

    seen, bare = 0, list[tuple[str, str, str]]()
    for path, methods in described["paths"].items():
        for method, words in methods.items():
            assert words.get("description"), (method, path)
            for content in words.get("requestBody", {}).get("content", {}).values():
                body = meant(content["schema"])
                for name, field in ({} if "examples" in body else body.get("properties", {})).items():
                    seen += 1
                    told = meant(field)
                    if (
                        not {"examples", "enum", "default", "const", "anyOf"} & told.keys()
                        and told["type"] != "boolean"
                    ):
                        bare.append((method, path, name))
    assert seen > 20 and bare == []


def test_platforms_are_there_for_everybody(client: TestClient) -> None:
    listed = client.get("/api/v1/platforms", params={"category": "payments"}, headers={"Authorization": ""}).json()[
        "items"
    ]
    assert {"stripe", "paypal"} <= {each["platform"] for each in listed} and "shopify" not in str(listed)
    shown = client.get("/api/v1/platforms/Google Ads", headers={"Authorization": ""}).json()
    assert shown["platform"] == "google_ads"
    assert shown["settings"]["developer_token"]["secret"] is True
    assert {table["name"] for table in shown["tables"]} >= {"campaigns", "ads"}
    missing = client.get("/api/v1/platforms/shopfy")
    assert (missing.status_code, missing.json()["title"]) == (404, "Not Found")
    assert "shopify" in missing.json()["detail"]


def test_the_service_says_whether_it_lives_and_whether_it_can_work(client: TestClient) -> None:
    assert client.get("/health").json() == {"status": "ok"}
    assert client.get("/ready").json() == {"status": "ready"}
