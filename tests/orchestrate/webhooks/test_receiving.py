"""Deliveries over HTTP, on both stores: what is proved is kept once, everything else is refused and tells nothing."""

from __future__ import annotations

import asyncio
import hmac
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
import requests
import time_machine
import uvicorn
from fastapi.testclient import TestClient
from sqlalchemy import select

from orchestrate.api.app import create_app
from orchestrate.connections.service import Connections
from orchestrate.store.tables import PlatformEvent, now
from orchestrate.webhooks import body as bodies
from orchestrate.webhooks import receiver as receiving
from orchestrate.webhooks.delivery import Delivery
from orchestrate.webhooks.endpoints import OLD_SECRET_FOR
from tests.orchestrate.webhooks.deliveries import (
    SECRET,
    SHOPIFY,
    event,
    path_of,
    signed,
    signed_by_shopify,
    stripe_endpoint,
    webhooks_of,
)


@pytest.fixture
def client(connections: Connections, monkeypatch: pytest.MonkeyPatch) -> TestClient:
    monkeypatch.setattr(receiving, "_KNOWN_SECONDS", 0.0)
    return TestClient(create_app(connections.store, connections.vault), raise_server_exceptions=False)


def kept(connections: Connections) -> list[PlatformEvent]:
    with connections.store.transaction(connections.tenant_id) as session:
        found = list(session.scalars(select(PlatformEvent).order_by(PlatformEvent.delivery)))
        session.expunge_all()
        return found


def test_a_delivery_is_kept_once_however_often_it_comes(connections: Connections, client: TestClient) -> None:
    path = path_of(stripe_endpoint(connections))
    for _ in range(3):
        answer = client.post(path, content=event(), headers=signed(event()))
        assert (answer.status_code, answer.content) == (200, b"")
    other = event(2, "payout.paid")
    assert client.post(path, content=other, headers=signed(other)).status_code == 200
    first, second = kept(connections)
    assert (first.delivery, first.types, first.body, first.state) == ("evt_1", ["charge.updated"], event(), "queued")
    assert (second.delivery, second.types) == ("evt_2", ["payout.paid"])


def test_a_delivery_of_nothing_is_answered_and_has_nothing_read(connections: Connections, client: TestClient) -> None:
    """Asana sends one every eight hours for each project; without topics it would have the whole connection read."""
    connections.add("asana", "main", {"access_token": "2/canary"})
    path = path_of(webhooks_of(connections).add("main", SECRET))
    for body, number in ((b'{"events": []}', 0), (b'{"events": [{"resource": {"gid": "1"}}]}', 1)):
        proof = hmac.digest(SECRET.encode(), body, "sha256").hex()
        assert client.post(path, content=body, headers={"X-Hook-Signature": "0" * 64}).status_code == 401
        assert client.post(path, content=body, headers={"X-Hook-Signature": proof}).status_code == 200
        assert len(kept(connections)) == number


def test_a_burst_asks_the_store_once_whose_an_address_is(
    connections: Connections, monkeypatch: pytest.MonkeyPatch
) -> None:
    platform, token = path_of(stripe_endpoint(connections)).split("/")[-2:]
    receiver, asked = receiving.Receiver(connections.store, connections.vault), []
    read = receiver._read
    monkeypatch.setattr(receiver, "_read", lambda *place: asked.append(place) or read(*place))

    async def burst() -> None:
        bodies = [event(number) for number in range(20)]
        deliveries = [Delivery("POST", "", body, dict(signed(body))) for body in bodies]
        await asyncio.gather(*(receiver.take(platform, token, each) for each in deliveries))

    asyncio.run(burst())
    assert asked == [(platform, token)]
    assert len(kept(connections)) == 20


def test_what_one_act_caused_under_one_id_is_told_apart_by_its_topic(
    connections: Connections, client: TestClient
) -> None:
    connections.add("shopify", "shop", SHOPIFY)
    path = path_of(webhooks_of(connections).add("shop", "s3cret"))
    for topic in ("orders/create", "orders/paid", "orders/paid"):
        assert client.post(path, content=b"{}", headers=signed_by_shopify(b"{}", topic, 1, "s3cret")).is_success
    assert sorted(each.types[0] for each in kept(connections)) == ["orders/create", "orders/paid"]


def test_what_is_not_proved_is_refused_alike_and_leaves_nothing(connections: Connections, client: TestClient) -> None:
    path, good = path_of(stripe_endpoint(connections)), event()
    without = path_of(stripe_endpoint(connections, "no-secret", None))
    token = path.rpartition("/")[2]
    old, future = signed(good, at=time.time() - 400), signed(good, at=time.time() + 400)
    refused = {
        "no signature": (path, good, {}), "wrong": (path, good, signed(good, "other")),
        "altered": (path, good.replace(b"ch_1", b"ch_2"), signed(good)), "old": (path, good, old),
        "future": (path, good, future), "empty secret": (path, good, signed(good, "")),
        "endpoint without a secret": (without, good, signed(good)),
        "unknown endpoint": (path[:-1] + ("0" if path[-1] != "0" else "1"), good, signed(good)),
        "no endpoint": ("/api/v1/webhooks/stripe/x", good, signed(good)),
        "no platform": (f"/api/v1/webhooks/nothing/{token}", good, signed(good)),
        "another platform": (f"/api/v1/webhooks/shopify/{token}", good, signed_by_shopify(good, "x", 1)),
        "a platform without webhooks": (f"/api/v1/webhooks/amplitude/{token}", good, signed(good)),
    }  # fmt: skip
    answers = {}
    for name, (where, body, headers) in refused.items():
        began = time.monotonic()
        answer = client.post(where, content=body, headers=headers)
        assert time.monotonic() - began >= receiving.REFUSAL_SECONDS, name
        answers[name] = (answer.status_code, answer.json())
    assert {status for status, _ in answers.values()} == {401}
    assert len({str(body) for _, body in answers.values()}) == 1
    assert client.get(path).status_code == 401
    assert kept(connections) == []


def test_one_tenants_delivery_is_not_taken_at_anothers_address(connections: Connections, client: TestClient) -> None:
    path = path_of(stripe_endpoint(connections))
    stranger = Connections(connections.store, connections.vault, connections.store.tenant("stranger"), "user test")
    theirs = path_of(stripe_endpoint(stranger, "main", "whsec_theirs"))
    mixed = path[:-32] + theirs[-32:]
    for where, secret in ((theirs, None), (path, "whsec_theirs"), (mixed, None), (mixed, "whsec_theirs")):
        headers = signed(event(), secret) if secret else signed(event())
        assert client.post(where, content=event(), headers=headers).status_code == 401
    assert kept(connections) == kept(stranger) == []


def test_while_a_secret_is_changed_both_are_taken_and_a_leaked_one_is_not(
    connections: Connections, client: TestClient
) -> None:
    endpoint, webhooks = stripe_endpoint(connections, secret="one"), webhooks_of(connections)

    def taken(secret: str) -> bool:
        return client.post(path_of(endpoint), content=event(), headers=signed(event(), secret)).is_success

    assert webhooks.change_secret(endpoint.id, "two").secrets == 2
    assert (taken("one"), taken("two")) == (True, True)
    with time_machine.travel(now() + OLD_SECRET_FOR):
        assert (taken("one"), taken("two")) == (False, True)
    assert webhooks.change_secret(endpoint.id, "three", at_once=True).secrets == 2
    assert (taken("two"), taken("three")) == (False, True)


def test_a_large_body_is_refused_before_it_is_held(
    connections: Connections, client: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bodies, "LARGEST", 1000)
    path, sent = path_of(stripe_endpoint(connections)), 0

    def endless() -> Iterator[bytes]:
        nonlocal sent
        for _ in range(1000):
            sent += 100
            yield b"x" * 100

    assert client.post(path, content=b"x" * 1001).status_code == 413
    assert client.post(path, content=endless()).status_code == 413
    for length in ("\u00b2", "-1", "1e3", ""):
        headers = {"Content-Length": length.encode("latin-1")}
        assert client.post(path, content=b"{}", headers=headers).status_code == 413, length
    whole = event(1, name="x" * 850)
    assert client.post(path, content=whole, headers=signed(whole)).status_code == 200


def test_a_body_that_is_packed_is_not_unpacked(connections: Connections, client: TestClient) -> None:
    import gzip

    bomb = gzip.compress(b"0" * 10_000_000)
    headers = {**signed(bomb), "Content-Encoding": "gzip"}
    assert client.post(path_of(stripe_endpoint(connections)), content=bomb, headers=headers).status_code == 200
    [row] = kept(connections)
    assert (row.body, row.types, row.delivery) == (bomb, [], "")


def test_a_body_without_an_id_is_known_by_its_bytes(connections: Connections, client: TestClient) -> None:
    path = path_of(stripe_endpoint(connections))
    deep = b"[" * 100_000
    for body in (b"{}", b"{}", b'{"id": null}', b"not json", deep, b"[1, 2]"):
        assert client.post(path, content=body, headers=signed(body)).status_code == 200
    assert len(kept(connections)) == 5


def test_fifty_of_the_same_at_once_are_one_row(connections: Connections) -> None:
    path = path_of(stripe_endpoint(connections))
    server = uvicorn.Server(
        uvicorn.Config(create_app(connections.store, connections.vault), port=0, log_level="critical")
    )
    thread = threading.Thread(target=server.run)
    thread.start()
    try:
        while not server.started:
            time.sleep(0.01)
        port = server.servers[0].sockets[0].getsockname()[1]

        def send(number: int) -> int:
            body = event(number // 25)
            return requests.post(
                f"http://127.0.0.1:{port}{path}", data=body, headers=signed(body), timeout=30
            ).status_code

        with ThreadPoolExecutor(16) as pool:
            assert set(pool.map(send, range(50))) == {200}
    finally:
        server.should_exit = True
        thread.join()
    assert [each.delivery for each in kept(connections)] == ["evt_0", "evt_1"]


def test_a_store_that_keeps_nothing_takes_nothing(
    connections: Connections, client: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    from sqlalchemy.exc import OperationalError

    from orchestrate.webhooks import batches

    def full(*_: object) -> None:
        raise OperationalError("INSERT", {}, Exception("disk full"))

    path = path_of(stripe_endpoint(connections))
    monkeypatch.setattr(batches, "write", full)
    answer = client.post(path, content=event(), headers=signed(event()))
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "10")
    monkeypatch.undo()
    assert client.post(path, content=event(), headers=signed(event())).status_code == 200
    assert len(kept(connections)) == 1
