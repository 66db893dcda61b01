"""Bulk operations of the pretend shop: what they refuse, how they run, and that their file is what paging reads."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import requests

from sandbox.running import Box, running
from sandbox.shopify.app import Settings, Shop
from sandbox.world import World

START = 1_780_000_000  # a fixed past moment: the business, and with it every test, is the same at any time
Ask = Callable[..., dict[str, Any]]
RUN = (
    "mutation ($query: String!, $grouped: Boolean = false) {"
    " bulkOperationRunQuery(query: $query, groupObjects: $grouped)"
    " { bulkOperation { id status url objectCount } userErrors { code field message } } }"
)
STATUS = "status errorCode objectCount rootObjectCount fileSize url type query completedAt"


@pytest.fixture(scope="module")
def box() -> Iterator[Box]:
    with running(seed=9, people=120, start=START) as found:
        settings = {"maximum_points": 1_000_000, "bulk_delay": 0.03}
        requests.post(found.url("shopify") + "/_settings", json=settings, timeout=10)
        yield found


@pytest.fixture(scope="module")
def ask(box: Box) -> Ask:
    def post(text: str, /, **variables: Any) -> dict[str, Any]:
        answer = requests.post(
            box.url("shopify") + "/admin/api/2026-07/graphql.json",
            json={"query": text, "variables": variables},
            headers={"X-Shopify-Access-Token": "shpat_engarde"},
            timeout=30,
        )
        return dict(answer.json())

    return post


def finished(ask: Ask, query: str, *, grouped: bool = False) -> dict[str, Any]:
    """The operation after it has ended."""
    started = ask(RUN, query=query, grouped=grouped)["data"]["bulkOperationRunQuery"]
    assert started["userErrors"] == []
    assert started["bulkOperation"]["status"] == "CREATED"
    assert started["bulkOperation"]["url"] is None
    for _ in range(200):
        found = ask(
            f"query ($id: ID!) {{ bulkOperation(id: $id) {{ id {STATUS} }} }}", id=started["bulkOperation"]["id"]
        )
        operation: dict[str, Any] = found["data"]["bulkOperation"]
        if operation["status"] not in ("CREATED", "RUNNING"):
            return operation
        time.sleep(0.01)
    pytest.fail("the bulk operation did not end")


def lines_of(operation: dict[str, Any]) -> list[dict[str, Any]]:
    """The lines of an operation's file, read without any credentials."""
    answer = requests.get(operation["url"], timeout=30)
    assert answer.status_code == 200
    assert len(answer.content) == int(operation["fileSize"])
    lines = [json.loads(line) for line in answer.text.splitlines()]
    assert len(lines) == int(operation["objectCount"])
    return lines


ORDER = (
    "id name createdAt updatedAt test tags customer { id displayName } note: email"
    " totalPriceSet { shopMoney { amount } presentmentMoney { amount currencyCode } }"
    " customerJourneySummary { lastVisit { landingPage utmParameters { campaign } } }"
    " transactions { id kind paymentDetails { ... on CardPaymentDetails { company wallet } } } refunds { id note }"
    " shippingAddress { city countryCodeV2 formatted(withName: true) } discountApplications"
)
LINE = (
    "id title quantity sku product { id } variant { id } taxLines { title }"
    " discountAllocations { discountApplication { index __typename } }"
)


@pytest.mark.parametrize("grouped", [False, True])
def test_the_file_is_what_paging_reads(ask: Ask, grouped: bool) -> None:
    order = ORDER.removesuffix(" discountApplications")
    bulk = f"{{ orders {{ edges {{ node {{ {order} lineItems {{ edges {{ node {{ {LINE} }} }} }} }} }} }} }}"
    found = lines_of(finished(ask, bulk, grouped=grouped))

    paged: list[dict[str, Any]] = []
    after = None
    while True:
        text = (
            "query ($after: String) {"
            f" orders(first: 20, after: $after, sortKey: ID) {{ nodes {{ {order} lineItems(first: 50)"
            f" {{ nodes {{ {LINE} }} pageInfo {{ hasNextPage }} }} }} pageInfo {{ hasNextPage endCursor }} }} }}"
        )
        page = ask(text, after=after)["data"]["orders"]
        paged += page["nodes"]
        after = page["pageInfo"]["endCursor"]
        if not page["pageInfo"]["hasNextPage"]:
            break
    expected = {}
    for node in paged:
        inner = node.pop("lineItems")
        assert inner["pageInfo"]["hasNextPage"] is False
        expected[node["id"]] = node
        expected |= {line["id"]: line | {"__parentId": node["id"]} for line in inner["nodes"]}
    assert len(found) == len(expected)
    assert {line["id"]: line for line in found} == expected


def test_ungrouped_children_come_after_all_parents_and_grouped_ones_below_their_own(ask: Ask) -> None:
    query = "{ products { nodes { id variants { edges { node { id } } } } } }"
    flat = lines_of(finished(ask, query))
    kinds = ["child" if "__parentId" in line else "root" for line in flat]
    assert kinds == sorted(kinds, reverse=True)
    nested = lines_of(finished(ask, query, grouped=True))
    parent = None
    for line in nested:
        parent = parent if "__parentId" in line else line["id"]
        assert line.get("__parentId", parent) == parent
    assert {line["id"] for line in nested} == {line["id"] for line in flat}


def test_counts_and_facts_of_a_finished_operation(ask: Ask) -> None:
    query = "{ customers { edges { node { id } } } }"
    operation = finished(ask, query)
    assert operation["status"] == "COMPLETED"
    assert operation["errorCode"] is None
    assert operation["objectCount"] == operation["rootObjectCount"]
    assert operation["query"] == query
    assert operation["completedAt"] is not None
    listed = ask(
        f'{{ bulkOperations(first: 100, query: "id:{operation["id"].rsplit("/", 1)[1]}")'
        f" {{ nodes {{ id {STATUS} }} }} }}"
    )
    assert listed["data"]["bulkOperations"]["nodes"] == [operation]
    by_node = ask(f'{{ nodes(ids: ["{operation["id"]}"]) {{ ... on BulkOperation {{ id {STATUS} }} }} }}')
    assert by_node["data"]["nodes"] == [operation]


def test_a_filter_narrows_the_file_and_no_results_give_no_url(ask: Ask) -> None:
    everything = lines_of(finished(ask, "{ orders { edges { node { id updatedAt } } } }"))
    middle = sorted(line["updatedAt"] for line in everything)[len(everything) // 2]
    narrowed = lines_of(
        finished(ask, f"{{ orders(query: \"updated_at:>='{middle}'\") {{ edges {{ node {{ id updatedAt }} }} }} }}")
    )
    assert {line["id"] for line in narrowed} == {line["id"] for line in everything if line["updatedAt"] >= middle}
    empty = finished(ask, "{ orders(query: \"updated_at:>='2999-01-01T00:00:00Z'\") { edges { node { id } } } }")
    assert (empty["status"], empty["objectCount"], empty["url"], empty["fileSize"]) == ("COMPLETED", "0", None, "0")


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("{ shop { id } }", "at least one connection"),
        ("{ orders { edges { node { nonsense } } } }", "nonsense"),
        ("{ orders { edges { node { id } } } customers { edges { node { id } } } }", "one top-level field"),
        ("{ orders { pageInfo { hasNextPage } } }", "select the nodes"),
        (
            "{ orders { edges { node { id refunds { id refundLineItems { edges { node { id } } } } } } } }",
            "within a list field",
        ),
        ('{ nodes(ids: ["gid://shopify/Order/1"]) { id } }', "top-level `node`"),
        ("not graphql", "Invalid bulk query"),
        ("mutation { bulkOperationCancel(id: 1) { userErrors { message } } }", "single query operation"),
        (
            "{ locations { edges { node { id inventoryLevels { edges { node { id item { variants { edges { node { id"
            " product { collections { edges { node { id } } } } } } } } } } } } } } }",
            "deeper than 2",
        ),
        (
            "{ orders { edges { node { id a: lineItems { nodes { id } } b: lineItems { nodes { id } }"
            " c: lineItems { nodes { id } } d: shippingLines { nodes { id } }"
            " e: shippingLines { nodes { id } } } } } }",
            "more than 5",
        ),
    ],
)
def test_what_cannot_run_in_bulk_is_refused(ask: Ask, query: str, said: str) -> None:
    answer = ask(RUN, query=query)["data"]["bulkOperationRunQuery"]
    assert answer["bulkOperation"] is None
    assert answer["userErrors"][0]["code"] == "INVALID"
    assert said in answer["userErrors"][0]["message"]


def test_a_sixth_operation_at_a_time_is_refused_and_canceling_makes_room() -> None:
    shop = Shop(World(seed=9, people=20, start=START), Settings(bulk_delay=60.0))
    query = "{ orders { edges { node { id } } } }"
    started = [shop.bulk.run(query, grouped=False)["bulkOperation"]["id"] for _ in range(5)]
    refused = shop.bulk.run(query, grouped=False)
    assert refused["bulkOperation"] is None
    assert refused["userErrors"][0]["code"] == "LIMIT_REACHED"
    canceled = shop.bulk.cancel(started[0])
    assert canceled["bulkOperation"]["status"] == "CANCELING"
    assert shop.bulk.cancel("gid://shopify/BulkOperation/1")["userErrors"][0]["field"] == ["id"]


def test_a_file_needs_its_token_and_lives_a_week(box: Box, ask: Ask, monkeypatch: pytest.MonkeyPatch) -> None:
    operation = finished(ask, "{ products { edges { node { id } } } }")
    assert requests.get(operation["url"], timeout=10).status_code == 200
    wrong = box.url("shopify") + "/bulk/guessed/bulk-7000000001.jsonl"
    assert requests.get(wrong, timeout=10).status_code == 403
    late = time.time() + 8 * 86_400
    monkeypatch.setattr("sandbox.shopify.bulk.time.time", lambda: late)
    assert requests.get(operation["url"], timeout=10).status_code == 403
