"""What is loaded of a connection and how it stands; what a run keeps of limits and of streams that it only read."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from fastapi.testclient import TestClient

from orchestrate.access.service import ApiKeys
from orchestrate.api.app import create_app
from orchestrate.api.lists import Page
from orchestrate.api.syncs import USAGE
from orchestrate.connections.service import Connections
from orchestrate.syncs.errors import SyncRefusedError
from orchestrate.syncs.keeping import Keeping
from orchestrate.syncs.queue import claim
from orchestrate.syncs.service import Result, Syncs
from orchestrate.syncs.usage import Usage, by_platform
from taps.engine.http_usage import Limit

RESETS = datetime(2026, 11, 2, 12, 0, tzinfo=UTC)


@pytest.fixture
def syncs(connections: Connections) -> Syncs:
    connections.add("stripe", "main", {"api_key": "rk_test_1"})
    syncs = Syncs(connections.store, connections.tenant_id, "user test")
    syncs.trigger("main")
    claimed = claim(connections.store)
    assert claimed is not None
    keeping = Keeping(connections.store, claimed)
    for left in (5, 70):
        keeping.limits([Limit("account", 30, 1.5, "100 requests per 1 s", 10**10, left, RESETS)])
    keeping.end(
        "partial", "a part is missing",
        {
            "charges": Result("charges", 12, 12, 0, 3, 4_000, 1.5, None, answers=3, answering=0.6, slowest=0.4),
            "customers": Result("customers", 1, 1, 0, 1, 50, 0.0, "denied", answers=1, answering=0.2, slowest=0.2),
            "accounts": Result("accounts", 0, 0, 0, 7, 70, 0.0, None, loaded=False),
        },
    )  # fmt: skip
    return syncs


def test_streams_limits_and_costs_by_rest(syncs: Syncs, connections: Connections) -> None:
    app = create_app(connections.store, connections.vault)
    key = ApiKeys(connections.store, connections.tenant_id, "user test").add("k", ["syncs:read", "syncs:write"])
    client = TestClient(app, headers={"Authorization": f"Bearer {key}"})
    address = "/api/v1/connections/main"
    streams = {each["stream"]: each for each in client.get(f"{address}/streams").json()["items"]}
    assert (streams["charges"]["status"], streams["charges"]["rows"]) == ("done", 12)
    assert streams["charges"]["complete_at"] and not streams["customers"]["complete_at"]
    assert streams["refunds"]["status"] is None and streams["refunds"]["chosen"]
    assert "accounts" not in streams or streams["accounts"]["status"] is None
    (limit,) = client.get(f"{address}/limits").json()["items"]
    assert (limit["used"], limit["size"], limit["remaining"]) == (30, 10**10, 70)
    assert datetime.fromisoformat(limit["resets_at"]) == RESETS
    (run,) = client.get("/api/v1/syncs").json()["items"]
    results = client.get(f"/api/v1/syncs/{run['id']}").json()["results"]
    assert {each["stream"]: (each["requests"], each["bytes"], each["waited"]) for each in results} == {
        "charges": (3, 4_000, 1.5), "customers": (1, 50, 0.0), "accounts": (7, 70, 0.0),
    }  # fmt: skip
    assert (results[1]["answers"], results[1]["answering"], results[1]["slowest"]) == (3, 0.6, 0.4)
    (used,) = client.get("/api/v1/usage").json()["items"]
    assert Page[Usage].model_validate(USAGE).items and used.keys() == USAGE["items"][0].keys()
    assert (used["answers"], used["latency"], used["slowest"]) == (4, pytest.approx(0.2), 0.4)
    assert 'engarde_sync_requests{platform="stripe"} 11.0' in app.state.figures.text().decode()

    chosen = client.put(f"{address}/streams", json={"streams": ["charges"]}).json()["items"]
    assert [each["stream"] for each in chosen if each["chosen"]] == ["charges"]
    assert client.post(f"{address}/streams/charges/reset", json={"rows": True}).json()["reset"] == "rows"
    assert client.post(f"{address}/streams/nonsense/reset", json={}).status_code == 422


def test_what_was_chosen_is_loaded_and_all_of_it_again(syncs: Syncs) -> None:
    assert syncs.sources.chosen("main") == []
    syncs.sources.choose("main", ["charges", "customers"])
    assert syncs.sources.chosen("main") == ["charges", "customers"]
    syncs.sources.choose("main", None)
    assert syncs.sources.chosen("main") == []
    with pytest.raises(SyncRefusedError, match="stripe has no stream chargs"):
        syncs.sources.choose("main", ["chargs"])


def test_a_reset_waits_for_a_run_that_reads_the_stream(syncs: Syncs) -> None:
    syncs.sources.reset("main", "charges")
    syncs.sources.reset("main", "refunds", rows=True)
    assert syncs.sources.resets("main", ["customers"]) == {}
    assert syncs.sources.resets("main", []) == {"charges": "bookmark", "refunds": "rows"}
    syncs.sources.have_reset("main", {"refunds": "rows"})
    assert syncs.sources.resets("main", []) == {"charges": "bookmark"}


def test_each_answer_counts_alike_in_a_platforms_latency() -> None:
    one = Usage("a", "stripe", 1, 0, 0, 0, rows=1, requests=9, bytes=1, waited=0.0, took=1.0, answers=9, latency=0.1,
                slowest=0.5)  # fmt: skip
    slow, idle = replace(one, answers=1, latency=2.1, slowest=2.1), replace(one, answers=0, latency=None, slowest=None)
    other = replace(idle, platform="hubspot")
    hubspot, stripe = by_platform([one, slow, idle, other])
    assert (hubspot.latency, hubspot.slowest) == (None, None)
    assert (stripe.answers, stripe.latency, stripe.slowest) == (10, pytest.approx(0.3), 2.1)
