"""What all routes have in common: parts of lists, entity tags, rate limits, requests that are sent twice."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import select

from orchestrate.access.service import SCOPES, ApiKeys
from orchestrate.api.app import create_app
from orchestrate.connections.service import Connections
from orchestrate.idempotency.service import Answer, Answers, RequestConflictError
from orchestrate.store.tables import KeptAnswer

CONNECTIONS = "/api/v1/connections"
CANARY = "pat-canary-0815"


def new(name: str) -> dict[str, Any]:
    return {"platform": "hubspot", "name": name, "settings": {"access_token": CANARY}}


def test_a_list_is_read_in_parts_and_each_item_once(client: TestClient, connections: Connections) -> None:
    names = [f"shop-{n}" for n in range(7)]
    for name in reversed(names):
        connections.add("hubspot", name, {"access_token": CANARY})
    read: list[str] = []
    cursor: str | None = None
    for _ in range(4):
        part = client.get(CONNECTIONS, params={"limit": 2, **({"cursor": cursor} if cursor else {})}).json()
        read += [item["name"] for item in part["items"]]
        cursor = part["next"]
    assert (read, cursor) == (names, None)


@pytest.mark.parametrize("cursor", ["nonsense", "e30", "WzFd", "W10", "é", "W1tbW1s"])
def test_a_cursor_that_no_answer_gave_is_refused(client: TestClient, cursor: str) -> None:
    answer = client.get(CONNECTIONS, params={"cursor": cursor})
    assert (answer.status_code, answer.headers["Content-Type"]) == (422, "application/problem+json")


def test_what_was_not_changed_is_not_sent_again(client: TestClient, connections: Connections) -> None:
    first = client.get(CONNECTIONS)
    again = client.get(CONNECTIONS, headers={"If-None-Match": f'"other", W/{first.headers["ETag"]}'})
    connections.add("hubspot", "main", {"access_token": CANARY})
    changed = client.get(CONNECTIONS, headers={"If-None-Match": first.headers["ETag"]})
    assert (first.status_code, again.status_code, changed.status_code) == (200, 304, 200)
    assert again.content == b"" and again.headers["ETag"] == first.headers["ETag"]
    assert first.headers["Cache-Control"] == "private, no-cache"


def test_only_what_everybody_may_see_is_kept_by_everybodys_caches(client: TestClient) -> None:
    nobody = client.get("/api/v1/platforms", headers={"Authorization": ""})
    del client.headers["Authorization"]
    public = client.get("/api/v1/platforms")
    assert nobody.headers["Cache-Control"] == "private, no-cache"
    assert public.headers["Cache-Control"].startswith("public")
    assert "Authorization" in public.headers["Vary"]


def test_who_asks_too_often_waits_and_others_do_not(
    connections: Connections, keys: ApiKeys, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ENGARDE_API_RATE", "3/hour")
    app = create_app(connections.store, connections.vault)
    busy, calm = ({"Authorization": f"Bearer {keys.add(name, SCOPES)}"} for name in ("busy", "calm"))
    asker = TestClient(app)
    answers = [asker.get(CONNECTIONS, headers=busy) for _ in range(4)]
    assert [each.status_code for each in answers] == [200, 200, 200, 429]
    assert [each.headers["RateLimit"].split(";")[1] for each in answers] == ["r=2", "r=1", "r=0", "r=0"]
    assert 3500 < int(answers[-1].headers["Retry-After"]) <= 3600
    assert answers[-1].headers["Content-Type"] == "application/problem+json"
    assert asker.get(CONNECTIONS, headers=calm).status_code == 200
    assert asker.get("/health").status_code == 200


def test_invented_keys_buy_no_more_requests(connections: Connections, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ENGARDE_API_ADDRESS_RATE", "3/hour")
    client = TestClient(create_app(connections.store, connections.vault))
    said = [client.get("/api/v1/connections", headers={"Authorization": f"Bearer eg_{n}"}) for n in range(4)]
    assert [each.status_code for each in said] == [401, 401, 401, 429]
    assert said[-1].headers["RateLimit-Policy"] == '"address";q=3;w=3600'
    assert 0 < int(said[-1].headers["Retry-After"]) <= 3600


def test_pages_and_logins_are_counted_too(connections: Connections, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ENGARDE_API_RATE", "5/hour")
    monkeypatch.setenv("ENGARDE_LOGIN_RATE", "2/hour")
    client = TestClient(create_app(connections.store, connections.vault))
    form, guess = {"Origin": "http://testserver"}, {"password": "canary canary", "then": "/"}
    tried = [
        client.post("/login", data={**guess, "workspace": f"w{n}", "email": f"{n}@example.com"}, headers=form)
        for n in range(3)
    ]
    assert [each.status_code for each in tried] == [401, 401, 429]
    assert tried[-1].headers["RateLimit-Policy"] == '"login";q=2;w=3600'
    assert client.post("/api/v1/session", json={"email": "a@example.com", "password": "x"}).status_code == 429
    assert [client.get("/login").status_code for _ in range(6)] == [200] * 5 + [429]
    assert client.get("/static/pages.css").status_code != 429 and client.get("/health").status_code == 200


def test_a_request_that_is_sent_twice_is_done_once(client: TestClient, connections: Connections) -> None:
    key = {"Idempotency-Key": "first try"}
    made, again = (client.post(CONNECTIONS, json=new("main"), headers=key) for _ in range(2))
    assert (made.status_code, again.status_code) == (201, 201)
    assert made.content == again.content and made.headers["Location"] == again.headers["Location"]
    assert (made.headers.get("Idempotent-Replayed"), again.headers["Idempotent-Replayed"]) == (None, "true")
    other = client.post(CONNECTIONS, json=new("other"), headers=key)
    assert other.status_code == 422 and "another request" in other.json()["detail"]
    assert [each.name for each in connections.all()] == ["main"]
    assert client.post(CONNECTIONS, json=new("main")).status_code == 409


def test_a_kept_answer_is_sealed_and_another_keys_holder_does_not_get_it(
    client: TestClient, connections: Connections, keys: ApiKeys
) -> None:
    key = {"Idempotency-Key": "mine"}
    assert client.post(CONNECTIONS, json=new("main"), headers=key).status_code == 201
    other = {"Authorization": f"Bearer {keys.add('other', SCOPES)}", **key}
    assert client.post(CONNECTIONS, json=new("main"), headers=other).status_code == 409
    with connections.store.transaction(connections.tenant_id) as session:
        kept = session.scalars(select(KeptAnswer)).all()
        assert len(kept) == 2
        assert not any(b"hubspot" in each.sealed for each in kept)


def test_the_same_request_at_once_is_done_once(client: TestClient, connections: Connections) -> None:
    key = {"Idempotency-Key": "at once"}
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda _: client.post(CONNECTIONS, json=new("main"), headers=key), range(8)))
    assert {each.status_code for each in answers} <= {201, 409}
    assert sum(each.status_code == 201 and "Idempotent-Replayed" not in each.headers for each in answers) == 1
    assert [each.name for each in connections.all()] == ["main"]


def test_a_request_whose_server_was_killed_is_taken_over_only_later(
    connections: Connections, monkeypatch: pytest.MonkeyPatch
) -> None:
    answers = Answers(connections.store, connections.vault, connections.tenant_id, "key test")
    assert answers.begin("k", b"request") is None
    with pytest.raises(RequestConflictError):
        answers.begin("k", b"request")
    monkeypatch.setattr("orchestrate.idempotency.service.GIVEN_UP", timedelta(0))
    assert answers.begin("k", b"request") is None
    answers.keep("k", Answer(204, (), b""))
    assert answers.begin("k", b"request") == Answer(204, (), b"")
