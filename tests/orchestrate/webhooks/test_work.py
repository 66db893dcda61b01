"""The queue of deliveries, on both stores: many are one run, failures are tried again, dead ones wait for a person."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
import time_machine

from orchestrate.connections.service import Connections
from orchestrate.store.tables import now
from orchestrate.webhooks.batches import Kept, write
from orchestrate.webhooks.endpoints import NoWebhookError, ShownWebhook
from orchestrate.webhooks.events import KEPT, Events, clear
from orchestrate.webhooks.naming import Concerned
from orchestrate.webhooks.work import _LEASE, WAITS, _taken, work
from tests.orchestrate.stores import noted_statements
from tests.orchestrate.webhooks.deliveries import SHOPIFY, stripe_endpoint, webhooks_of

Calls = list[tuple[str, list[str] | None]]


@pytest.fixture
def shop(connections: Connections) -> ShownWebhook:
    connections.add("shopify", "shop", SHOPIFY)
    return webhooks_of(connections).add("shop", "s3cret")


@pytest.fixture
def events(connections: Connections) -> Events:
    return Events(connections.store, connections.vault, connections.tenant_id, "user test")


def come(events: Events, to: ShownWebhook, *topics: str) -> None:
    kept = [Kept(events.tenant_id, to.id, f"{to.id[:20]}{topic}"[:32], "", [topic], b"{}") for topic in topics]
    write(events.store, kept)


def noting(calls: Calls) -> Callable[[str, str, Concerned], list[str]]:
    def reread(_: str, connection: str, about: Concerned) -> list[str]:
        calls.append((connection, list(about.streams) if about.streams is not None else None))
        return [f"r{len(calls)}"]

    return reread


def test_many_deliveries_about_a_connection_are_one_run_of_their_streams(
    events: Events, shop: ShownWebhook, connections: Connections
) -> None:
    other = stripe_endpoint(connections, "money")
    come(events, shop, "orders/delete", "customers/delete", "app/uninstalled", "orders/delete")
    come(events, other, "charge.updated")
    calls: Calls = []
    assert work(events.store, events.tenant_id, noting(calls)) == 3
    assert work(events.store, events.tenant_id, noting(calls)) == 0
    assert len(calls) == 2
    # what is read for each of their records changes with them
    assert {"customers", "orders", "customer_addresses", "order_lines"} <= set(dict(calls)["shop"] or [])
    assert "products" not in (dict(calls)["shop"] or [])
    states = {(each.types[0], each.state, each.said) for each in events.part(10) if each.connection == "shop"}
    assert {state for _, state, _ in states} == {"done", "ignored"}
    assert ("app/uninstalled", "ignored", "no stream of shopify is concerned") in states


def test_what_fails_is_tried_again_then_dead_then_replayed(events: Events, shop: ShownWebhook) -> None:
    def broken(*_: object) -> list[str]:
        raise RuntimeError("the scheduler is away")

    come(events, shop, "orders/delete")
    with time_machine.travel(now(), tick=False) as clock:
        for wait in WAITS:
            assert (work(events.store, events.tenant_id, broken), work(events.store, events.tenant_id, broken)) == (
                1,
                0,
            )
            clock.shift(wait)
        work(events.store, events.tenant_id, broken)
        [dead] = events.part(10, state="dead")
        assert (dead.attempts, dead.said) == (len(WAITS) + 1, "the scheduler is away")
        clock.shift(timedelta(days=1))
        calls: Calls = []
        assert work(events.store, events.tenant_id, noting(calls)) == 0
        assert events.replay_dead() == 1 and events.replay_dead() == 0
        assert work(events.store, events.tenant_id, noting(calls)) == 1
        assert events.show(dead.id).said == "run r1"
        assert events.replay(dead.id).state == "queued"
        assert work(events.store, events.tenant_id, noting(calls)) == 1
        assert [(name, "orders" in (streams or [])) for name, streams in calls] == [("shop", True)] * 2


def test_what_a_killed_worker_had_taken_is_worked_off_by_the_next(events: Events, shop: ShownWebhook) -> None:
    come(events, shop, "orders/delete")
    assert len(_taken(events.store, events.tenant_id)) == 1
    calls: Calls = []
    assert work(events.store, events.tenant_id, noting(calls)) == 0
    with time_machine.travel(now() + _LEASE):
        assert work(events.store, events.tenant_id, noting(calls)) == 1


def test_of_many_workers_each_delivery_is_taken_by_one(events: Events, shop: ShownWebhook) -> None:
    write(
        events.store,
        [Kept(events.tenant_id, shop.id, f"{number:032}", "", ["orders/delete"], b"{}") for number in range(200)],
    )
    calls: Calls = []
    with ThreadPoolExecutor(6) as pool:
        done = list(pool.map(lambda _: work(events.store, events.tenant_id, noting(calls)), range(6)))
    assert sum(done) == 200
    assert {(each.state, each.attempts) for each in events.part(1000)} == {("done", 1)}


def test_how_many_questions_the_store_is_asked_does_not_grow_with_the_deliveries(
    events: Events, shop: ShownWebhook
) -> None:
    asked: dict[int, list[str]] = {}
    for number in (1, 50):
        keys = [f"{number}-{each:029}" for each in range(number)]
        write(events.store, [Kept(events.tenant_id, shop.id, key, "", ["orders/delete"], b"{}") for key in keys])
        with noted_statements(events.store, asked.setdefault(number, [])):
            assert len(_taken(events.store, events.tenant_id)) == 1
    assert len(asked[1]) == len(asked[50])


def test_old_deliveries_are_dropped_and_those_in_the_queue_are_not(events: Events, shop: ShownWebhook) -> None:
    come(events, shop, "orders/delete")
    work(events.store, events.tenant_id, noting([]))
    come(events, shop, "customers/delete")
    assert clear(events.store, events.tenant_id) == 0
    with time_machine.travel(now() + KEPT + timedelta(seconds=1)):
        assert clear(events.store, events.tenant_id) == 1
    assert [each.state for each in events.part(10)] == ["queued"]


def test_another_tenants_deliveries_are_unknown(events: Events, shop: ShownWebhook) -> None:
    come(events, shop, "orders/delete")
    [mine] = events.part(1)
    other = Events(events.store, events.vault, events.store.tenant("stranger"), "user test")
    assert other.part(10) == [] and other.replay_dead() == 0
    assert work(other.store, other.tenant_id, noting([])) == 0
    for ask in (other.show, other.replay):
        with pytest.raises(NoWebhookError):
            ask(mine.id)
