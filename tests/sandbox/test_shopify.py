"""The pretend shop over HTTP: login, paging, searching, points, money, and what time changes."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from decimal import Decimal
from typing import Any

import pyarrow.parquet as pq
import pytest
import requests

from sandbox.running import Box, running
from sandbox.shopify.app import Settings, Shop
from sandbox.shopify.cost import Bucket
from sandbox.world import World

START = 1_780_000_000  # a fixed past moment: the business, and with it every test, is the same at any time
Ask = Callable[..., dict[str, Any]]
PATH = "/admin/api/2026-07/graphql.json"


@pytest.fixture(scope="module")
def box() -> Iterator[Box]:
    with running(seed=5, people=150, start=START) as found:
        requests.post(found.url("shopify") + "/_settings", json={"maximum_points": 1_000_000}, timeout=10)
        yield found


@pytest.fixture(scope="module")
def ask(box: Box) -> Ask:
    def post(text: str, /, **variables: Any) -> dict[str, Any]:
        answer = requests.post(
            box.url("shopify") + PATH,
            json={"query": text, "variables": variables},
            headers={"X-Shopify-Access-Token": "shpat_engarde"},
            timeout=30,
        )
        assert answer.status_code == 200
        return dict(answer.json())

    return post


def walk(ask: Ask, name: str, fields: str, arguments: str = "", size: int = 40) -> list[dict[str, Any]]:
    """Every node of a root list, page by page."""
    found: list[dict[str, Any]] = []
    after = None
    while True:
        text = (
            f"query ($after: String) {{ {name}(first: {size}, after: $after{arguments})"
            f" {{ nodes {{ {fields} }} pageInfo {{ hasNextPage endCursor }} }} }}"
        )
        page = ask(text, after=after)["data"][name]
        found += page["nodes"]
        if not page["pageInfo"]["hasNextPage"]:
            return found
        after = page["pageInfo"]["endCursor"]


@pytest.mark.parametrize("token", [None, "shpat_wrong"])
def test_a_wrong_token_is_refused_as_the_vendor_does(box: Box, token: str | None) -> None:
    headers = {"X-Shopify-Access-Token": token} if token else {}
    answer = requests.post(box.url("shopify") + PATH, json={"query": "{ shop { id } }"}, headers=headers, timeout=10)

    assert answer.status_code == 401
    assert answer.json()["errors"].startswith("[API] Invalid API key or access token")


@pytest.mark.parametrize(("body", "status"), [(b"{", 400), (b"[]", 400), (b'{"variables": {}}', 400)])
def test_a_body_that_is_no_request_is_refused(box: Box, body: bytes, status: int) -> None:
    headers = {"X-Shopify-Access-Token": "shpat_engarde"}
    assert requests.post(box.url("shopify") + PATH, data=body, headers=headers, timeout=10).status_code == status


def test_an_unknown_field_is_a_graphql_error_with_its_place(ask: Ask) -> None:
    errors = ask("{ shop { nonsense } }")["errors"]
    assert "nonsense" in errors[0]["message"]
    assert errors[0]["locations"] == [{"line": 1, "column": 10}]


@pytest.mark.parametrize(
    ("name", "held"),
    [
        ("orders", "orders"),
        ("customers", "shopify_customers"),
        ("products", "products"),
        ("abandonedCheckouts", "checkouts"),
        ("locations", "locations"),
        ("discountNodes", "discount_codes"),
    ],
)
def test_paging_walks_everything_once(box: Box, ask: Ask, name: str, held: str) -> None:
    living = getattr(box.world.snapshot(), held).live
    found = [node["id"] for node in walk(ask, name, "id", size=7)]
    assert len(found) == len(set(found))
    assert set(found) == set(living)


@pytest.mark.parametrize("reverse", ["false", "true"])
@pytest.mark.parametrize("size", [1, 13])
def test_backward_paging_mirrors_forward_paging(ask: Ask, reverse: str, size: int) -> None:
    forward = [
        node["id"] for node in walk(ask, "customers", "id", f", sortKey: UPDATED_AT, reverse: {reverse}", size=50)
    ]
    found: list[str] = []
    before = None
    while len(found) < 30:
        page = ask(
            "query ($before: String) {"
            f" customers(last: {size}, before: $before, sortKey: UPDATED_AT, reverse: {reverse})"
            " { nodes { id } pageInfo { hasPreviousPage startCursor } } }",
            before=before,
        )["data"]["customers"]
        found = [node["id"] for node in page["nodes"]] + found
        before = page["pageInfo"]["startCursor"]
    assert found == forward[-len(found) :]


@pytest.mark.parametrize("arguments", ["", "(first: 0)", "(first: 251)", '(first: 5, after: "nonsense")'])
def test_wrong_paging_arguments_are_errors(ask: Ask, arguments: str) -> None:
    answer = ask(f"{{ orders{arguments} {{ nodes {{ id }} }} }}")
    assert answer["data"] is None
    assert answer["errors"][0]["path"] == ["orders"]


def test_sorting_by_update_and_searching_a_span_of_time(ask: Ask) -> None:
    everything = walk(ask, "orders", "id updatedAt", ", sortKey: UPDATED_AT")
    times = [node["updatedAt"] for node in everything]
    assert times == sorted(times)
    low, high = times[len(times) // 3], times[2 * len(times) // 3]

    query = f"updated_at:>='{low}' AND updated_at:<'{high}'"
    found = walk(ask, "orders", "id updatedAt", f', sortKey: UPDATED_AT, query: "{query}"')

    assert [node["id"] for node in found] == [node["id"] for node in everything if low <= node["updatedAt"] < high]
    assert found


@pytest.mark.parametrize(
    ("query", "holds"),
    [
        ("financial_status:paid", lambda node: node["displayFinancialStatus"] == "PAID"),
        ("-financial_status:paid", lambda node: node["displayFinancialStatus"] != "PAID"),
        ("financial_status:paid,refunded", lambda node: node["displayFinancialStatus"] in ("PAID", "REFUNDED")),
        (
            "(financial_status:refunded OR test:true) created_at:>2000-01-01",
            lambda node: node["displayFinancialStatus"] == "REFUNDED" or node["test"],
        ),
        ("status:cancelled", lambda node: node["cancelledAt"] is not None),
        (
            "fulfillment_status:shipped AND NOT test:true",
            lambda n: n["displayFulfillmentStatus"] == "FULFILLED" and not n["test"],
        ),
        ("email:s*", lambda node: (node["email"] or "").lower().startswith("s")),
    ],
)
def test_search_syntax(ask: Ask, query: str, holds: Callable[[dict[str, Any]], bool]) -> None:
    fields = "id email test displayFinancialStatus displayFulfillmentStatus cancelledAt"
    everything = walk(ask, "orders", fields, size=100)
    found = walk(ask, "orders", fields, f', query: "{query}"', size=100)
    assert {node["id"] for node in found} == {node["id"] for node in everything if holds(node)}
    assert 0 < len(found) < len(everything)


def test_an_unknown_filter_is_ignored_with_a_warning(ask: Ask) -> None:
    answer = ask('{ customers(first: 3, query: "frist_name:Ada") { nodes { id } } }')
    assert len(answer["data"]["customers"]["nodes"]) == 3
    report = answer["extensions"]["search"][0]
    assert report["path"] == ["customers"]
    assert report["warnings"][0]["field"] == "frist_name"
    assert report["warnings"][0]["code"] == "invalid_field"


def test_a_filter_the_vendor_has_and_the_sandbox_lacks_is_never_ignored(ask: Ask) -> None:
    answer = ask('{ orders(first: 3, query: "risk_level:high") { nodes { id } } }')
    assert "risk_level" in answer["errors"][0]["message"]


def test_cost_is_reported_and_refunded(ask: Ask) -> None:
    answer = ask("{ orders(first: 100) { nodes { id name totalPriceSet { shopMoney { amount } } } } }")
    cost = answer["extensions"]["cost"]
    # 2 for the connection, 9 nodes' worth of (node, bag, money)
    assert cost["requestedQueryCost"] == 2 + 9 * 3
    assert 0 < cost["actualQueryCost"] <= cost["requestedQueryCost"]
    assert ask('{ order(id: "gid://shopify/Order/1") { id } }')["extensions"]["cost"]["actualQueryCost"] == 0


def test_a_query_that_is_too_dear_is_refused(ask: Ask) -> None:
    inner = " ".join(f"a{number}: lineItems(first: 250) {{ nodes {{ product {{ id }} }} }}" for number in range(6))
    answer = ask(f"{{ orders(first: 250) {{ nodes {{ {inner} }} }} }}")
    assert answer["errors"][0]["extensions"]["code"] == "MAX_COST_EXCEEDED"
    assert answer["errors"][0]["extensions"]["maxCost"] == 1000
    assert "data" not in answer


def test_an_empty_bucket_throttles_and_refills_in_time() -> None:
    shop = Shop(World(seed=5, people=20, start=START), Settings())
    clock = [0.0]
    shop.bucket = Bucket(maximum=20.0, restore=10.0, clock=lambda: clock[0])
    query = {"query": "{ orders(first: 250) { nodes { id } } }"}

    assert "data" in shop.answer(query)
    assert "data" not in shop.answer({"query": "{ " + " ".join(f"a{n}: shop {{ id }}" for n in range(19)) + " }"})
    throttled = shop.answer({"query": "{ " + " ".join(f"a{n}: shop {{ id }}" for n in range(19)) + " }"})
    assert throttled["errors"][0]["extensions"]["code"] == "THROTTLED"
    assert throttled["extensions"]["cost"]["actualQueryCost"] is None
    assert throttled["extensions"]["cost"]["throttleStatus"]["currentlyAvailable"] < 19
    clock[0] += 2
    assert "data" in shop.answer({"query": "{ " + " ".join(f"a{n}: shop {{ id }}" for n in range(19)) + " }"})


MONEY = "{ shopMoney { amount currencyCode } presentmentMoney { amount currencyCode } }"
DIGITS = {"USD": 2, "EUR": 2, "GBP": 2, "CAD": 2, "JPY": 0, "KWD": 3}


def test_money_has_its_currencys_digits_and_adds_up(ask: Ask) -> None:
    sets = (
        "subtotalPriceSet totalShippingPriceSet totalTaxSet totalTipReceivedSet totalPriceSet totalReceivedSet".split()
    )
    fields = " ".join(f"{name} {MONEY}" for name in sets)
    found = walk(
        ask,
        "orders",
        f"id presentmentCurrencyCode {fields}"
        f" lineItems(first: 50) {{ nodes {{ quantity priceAfterAllDiscountsBeforeTaxesSet {MONEY} }} }}",
        size=10,
    )
    assert {node["presentmentCurrencyCode"] for node in found} >= {"USD", "EUR"}
    for node in found:
        for name in sets:
            for side in node[name].values():
                assert len(side["amount"].partition(".")[2]) == DIGITS[side["currencyCode"]]
            assert node[name]["shopMoney"]["currencyCode"] == "USD"
        amounts = {name: Decimal(node[name]["presentmentMoney"]["amount"]) for name in sets}
        assert amounts["totalPriceSet"] == sum(amounts[name] for name in sets[:4])
        lines = [
            Decimal(line["priceAfterAllDiscountsBeforeTaxesSet"]["presentmentMoney"]["amount"])
            for line in node["lineItems"]["nodes"]
        ]
        assert sum(lines) == amounts["subtotalPriceSet"]


def test_refunds_agree_with_their_transactions_and_the_orders_totals(ask: Ask) -> None:
    bag = "{ presentmentMoney { amount } }"
    found = walk(
        ask,
        "orders",
        f"id totalRefundedSet {bag} transactions {{ id kind status amountSet {bag} parentTransaction {{ id }} }}"
        f" refunds {{ id totalRefundedSet {bag} transactions(first: 5) {{ nodes {{ kind status amountSet {bag} }} }}"
        f" refundLineItems(first: 20) {{ nodes {{ subtotalSet {bag} totalTaxSet {bag} }} }} }}",
        size=6,
    )
    refunded = [node for node in found if node["refunds"]]
    assert refunded
    for node in refunded:
        given = sum(
            Decimal(paid["amountSet"]["presentmentMoney"]["amount"])
            for paid in node["transactions"]
            if paid["kind"] == "REFUND" and paid["status"] == "SUCCESS"
        )
        assert given == Decimal(node["totalRefundedSet"]["presentmentMoney"]["amount"])
        ids = {paid["id"] for paid in node["transactions"]}
        assert all(paid["parentTransaction"]["id"] in ids for paid in node["transactions"] if paid["parentTransaction"])


def test_a_return_holds_what_was_refunded_of_the_goods_that_had_been_sent(ask: Ask) -> None:
    found = walk(
        ask,
        "orders",
        "returnStatus returns(first: 5) { nodes { id status totalQuantity"
        " refunds(first: 2) { nodes { refundLineItems(first: 20) { nodes { quantity restockType lineItem { id } } } } }"
        " returnLineItems(first: 20) { nodes { quantity refundedQuantity"
        " ... on ReturnLineItem { fulfillmentLineItem { lineItem { id } } } } } } }",
    )
    returned = [node for node in found if node["returns"]["nodes"]]
    assert returned
    assert all(bool(node["returns"]["nodes"]) is (node["returnStatus"] == "RETURNED") for node in found)
    for sent_back in (each for node in returned for each in node["returns"]["nodes"]):
        lines = sent_back["returnLineItems"]["nodes"]
        refunded = sent_back["refunds"]["nodes"][0]["refundLineItems"]["nodes"]
        assert {(line["fulfillmentLineItem"]["lineItem"]["id"], line["quantity"]) for line in lines} <= {
            (line["lineItem"]["id"], line["quantity"]) for line in refunded if line["restockType"] == "RETURN"
        }
        assert sent_back["totalQuantity"] == sum(line["refundedQuantity"] for line in lines)


def test_current_amounts_are_what_refunds_and_edits_leave(ask: Ask) -> None:
    bag = "{ presentmentMoney { amount } }"
    now = "currentSubtotalPriceSet currentShippingPriceSet currentTotalTaxSet totalTipReceivedSet".split()
    fields = " ".join(f"{name} {bag}" for name in (*now, "currentTotalPriceSet", "totalPriceSet"))
    lines = "lineItems(first: 50) { nodes { quantity currentQuantity } }"
    found = walk(ask, "orders", f"edited {fields} {lines} refunds {{ id }} currentSubtotalLineItemsQuantity", size=8)
    assert any(node["edited"] for node in found)
    for node in found:
        amounts = {name: Decimal(node[name]["presentmentMoney"]["amount"]) for name in (*now, "currentTotalPriceSet")}
        assert amounts["currentTotalPriceSet"] == sum(amounts[name] for name in now)
        assert min(amounts.values()) >= 0
        held = node["lineItems"]["nodes"]
        assert all(0 <= line["currentQuantity"] <= line["quantity"] for line in held)
        assert node["currentSubtotalLineItemsQuantity"] == sum(line["currentQuantity"] for line in held)
        if not node["edited"] and not node["refunds"]:
            assert node["currentTotalPriceSet"] == node["totalPriceSet"]
            assert all(line["currentQuantity"] == line["quantity"] for line in held)


def test_most_stripe_transactions_carry_a_reference_to_their_payment(box: Box, ask: Ask) -> None:
    intents = set(box.world.snapshot().payment_intents.live)
    charges = set(box.world.snapshot().charges.live)
    found = walk(ask, "orders", "id transactions { gateway kind status paymentId receiptJson }", size=50)
    paid = [
        t
        for node in found
        for t in node["transactions"]
        if t["gateway"] == "stripe" and t["kind"] in ("SALE", "CAPTURE") and t["status"] == "SUCCESS"
    ]
    known = [
        t for t in paid if t["paymentId"] in intents or any(name in t["receiptJson"] for name in (*intents, *charges))
    ]
    assert len(paid) > 50
    assert 0.5 * len(paid) < len(known) < len(paid)


def test_truth_is_never_served_and_names_what_is_served(box: Box, ask: Ask, tmp_path: Any) -> None:
    box.truth(tmp_path / "truth.parquet")
    rows = [row for row in pq.read_table(tmp_path / "truth.parquet").to_pylist() if row["platform"] == "shopify"]
    truth: dict[str, set[str]] = {}
    for row in rows:
        truth.setdefault(row["object"], set()).add(row["source_id"])
    orders = walk(
        ask,
        "orders",
        "id lineItems(first: 50) { nodes { id } } transactions { id } refunds { id } fulfillments { id }",
        size=50,
    )
    assert {node["id"] for node in orders} <= truth["orders"]
    assert {line["id"] for node in orders for line in node["lineItems"]["nodes"]} == truth["order_lines"]
    assert {paid["id"] for node in orders for paid in node["transactions"]} == truth["transactions"]
    assert {part["id"] for node in orders for part in node["refunds"]} == truth["refunds"]
    assert {part["id"] for node in orders for part in node["fulfillments"]} == truth["fulfillments"]
    assert {node["id"] for node in walk(ask, "productVariants", "id")} == truth["variants"]
    assert {node["id"] for node in walk(ask, "customers", "id")} <= truth["customers"]
    secret = {row["truth_id"] for row in rows if row["truth_id"].startswith(("person-", "order-"))}
    served = requests.post(
        box.url("shopify") + PATH,
        json={
            "query": "{ orders(first: 50) { nodes { id name note tags email customer { id note tags }"
            " transactions { receiptJson paymentId } } } }"
        },
        headers={"X-Shopify-Access-Token": "shpat_engarde"},
        timeout=30,
    ).text
    assert not [name for name in secret if name in served]


def test_utm_and_click_ids_stand_in_the_customers_journey(ask: Ask) -> None:
    found = walk(
        ask,
        "orders",
        "customerJourneySummary { ready lastVisit { source landingPage utmParameters { campaign source medium } } }",
        size=50,
    )
    visits = [node["customerJourneySummary"]["lastVisit"] for node in found if node["customerJourneySummary"]]
    assert any(visit and visit["utmParameters"] and visit["utmParameters"]["campaign"] for visit in visits)
    assert any(visit and "gclid=" in visit["landingPage"] for visit in visits)


def test_time_brings_new_orders_updates_and_deletions() -> None:
    world = World(seed=3, people=250, start=START)
    shop = Shop(world, Settings(maximum_points=1e9))

    def ids(name: str, query: str = "") -> set[str]:
        held = {"orders": shop.view().orders, "customers": shop.view().customers, "products": shop.view().products}[
            name
        ]
        return {node["id"] for node in held.all() if not query or node["updatedAt"] >= query}

    before = {name: ids(name) for name in ("orders", "customers", "products")}
    start = world.now
    old = shop.view()
    assert world.advance(45 * 86_400) > start
    assert shop.view() is not old
    assert ids("orders") - before["orders"]
    answer = shop.answer(
        {
            "query": '{ events(first: 50, query: "action:destroy AND subject_type:PRODUCT")'
            " { nodes { id createdAt ... on BasicEvent { subjectId } } } }"
        }
    )
    destroyed = {event["subjectId"] for event in answer["data"]["events"]["nodes"]}
    assert destroyed
    assert destroyed == set(world.snapshot().products.deleted)
    assert not destroyed & ids("products")
    gone = set(world.snapshot().shopify_customers.deleted)
    assert gone
    assert not gone & ids("customers")
    for gid in list(gone)[:3]:
        assert shop.answer({"query": f'{{ customer(id: "{gid}") {{ id }} }}'})["data"] == {"customer": None}
