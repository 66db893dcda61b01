"""Searching in the pretend HubSpot account: filters, sorts, the ceiling of 10,000 results, and the limits."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
import requests

from sandbox.hubspot.limits import Window
from sandbox.hubspot.records import Record
from sandbox.running import Box, running
from tests.sandbox.hubspot_client import LOGIN, START, search, unlimited, walk


@pytest.fixture(scope="module")
def box() -> Iterator[Box]:
    with unlimited(seed=6, people=600) as found:
        yield found


def test_searching_changes_in_order_finds_exactly_them(box: Box) -> None:
    everything = walk(box, "contacts", 100)
    times = sorted(record["updatedAt"] for record in everything)
    low, high = times[len(times) // 4], times[3 * len(times) // 4]
    filters = [
        {"propertyName": "lastmodifieddate", "operator": "GTE", "value": low},
        {"propertyName": "lastmodifieddate", "operator": "LT", "value": high},
    ]
    found: list[dict[str, Any]] = []
    after = "0"
    while True:
        page = search(
            box, "contacts", filterGroups=[{"filters": filters}], sorts=["lastmodifieddate"], limit=13, after=after
        )
        found += page["results"]
        if "paging" not in page:
            break
        after = page["paging"]["next"]["after"]
    assert page["total"] == len(found)
    assert [record["updatedAt"] for record in found] == sorted(record["updatedAt"] for record in found)
    assert {record["id"] for record in found} == {r["id"] for r in everything if low <= r["updatedAt"] < high}


Holds = Callable[[dict[str, Any]], bool]


@pytest.mark.parametrize(
    ("asked", "holds"),
    [
        ({"operator": "GT", "value": "200"}, lambda p: p["amount"] is not None and float(p["amount"]) > 200),
        ({"operator": "LTE", "value": "99.5"}, lambda p: p["amount"] is not None and float(p["amount"]) <= 99.5),
        ({"operator": "BETWEEN", "value": "50", "highValue": "100"}, lambda p: 50 <= float(p["amount"]) <= 100),
        ({"propertyName": "order_number", "operator": "HAS_PROPERTY"}, lambda p: p["order_number"] is not None),
        ({"propertyName": "order_number", "operator": "NOT_HAS_PROPERTY"}, lambda p: p["order_number"] is None),
        (
            {"propertyName": "deal_currency_code", "operator": "EQ", "value": "USD"},
            lambda p: p["deal_currency_code"] == "USD",
        ),
        (
            {"propertyName": "deal_currency_code", "operator": "NEQ", "value": "USD"},
            lambda p: p["deal_currency_code"] != "USD",
        ),
        (
            {"propertyName": "deal_currency_code", "operator": "IN", "values": ["eur", "gbp"]},
            lambda p: p["deal_currency_code"] in ("EUR", "GBP"),
        ),
        (
            {"propertyName": "deal_currency_code", "operator": "NOT_IN", "values": ["EUR"]},
            lambda p: p["deal_currency_code"] != "EUR",
        ),
    ],
)
def test_search_operators(box: Box, asked: dict[str, Any], holds: Holds) -> None:
    columns = ["amount", "order_number", "deal_currency_code"]
    everything = walk(box, "deals", 100, properties=",".join(columns))
    group = {"filters": [{"propertyName": "amount"} | asked]}
    found = search(box, "deals", filterGroups=[group], properties=columns)
    assert {record["id"] for record in found["results"]} == {r["id"] for r in everything if holds(r["properties"])}
    assert 0 < found["total"] < len(everything)


def test_groups_are_alternatives_and_sorts_can_fall(box: Box) -> None:
    group = [
        {"filters": [{"propertyName": "deal_currency_code", "operator": "EQ", "value": code}]}
        for code in ("USD", "EUR")
    ]
    found = search(
        box,
        "deals",
        filterGroups=group,
        properties=["amount", "deal_currency_code"],
        sorts=[{"propertyName": "amount", "direction": "DESCENDING"}],
    )
    amounts = [float(record["properties"]["amount"]) for record in found["results"]]
    assert amounts == sorted(amounts, reverse=True)
    assert {record["properties"]["deal_currency_code"] for record in found["results"]} == {"USD", "EUR"}


@pytest.mark.parametrize(
    "asked",
    [
        {"limit": 201},
        {"after": "9900"},
        {"after": "x"},
        {"sorts": ["amount", "createdate"]},
        {"filterGroups": [{"filters": []}] * 6},
        {"filterGroups": [{"filters": [{"propertyName": "amount", "operator": "LIKE", "value": "1"}]}]},
        {"filterGroups": [{"filters": [{"propertyName": "amount", "operator": "EQ"}]}]},
        {"filterGroups": [{"filters": [{"propertyName": "createdate", "operator": "GT", "value": "yesterday"}]}]},
    ],
)
def test_searches_that_the_vendor_refuses(box: Box, asked: dict[str, Any]) -> None:
    body = {"filterGroups": [], "limit": 200} | asked
    answer = requests.post(box.url("hubspot") + "/crm/v3/objects/deals/search", json=body, headers=LOGIN, timeout=10)
    assert answer.status_code == 400
    assert answer.json()["category"] == "VALIDATION_ERROR"


class Account:
    """A small account of its own, with limits of its own."""

    def __init__(self, box: Box, settings: dict[str, int]) -> None:
        self.address = box.url("hubspot")
        assert requests.post(self.address + "/_settings", json=settings, timeout=10).status_code == 200
        self.session = requests.Session()
        self.session.headers.update(LOGIN)

    def search(self, **asked: Any) -> requests.Response:
        return self.session.post(self.address + "/crm/v3/objects/companies/search", json=asked, timeout=10)

    def list(self, **asked: Any) -> requests.Response:
        return self.session.get(self.address + "/crm/v3/objects/companies", params=asked, timeout=10)


@pytest.fixture
def small() -> Iterator[Box]:
    with running(seed=6, people=20, start=START) as found:
        yield found


def many_companies(monkeypatch: pytest.MonkeyPatch, many: int) -> None:
    """Put that many made-up companies in place of the business's."""
    start = 1_700_000_000
    made = [Record(str(n), start + n, start + n, None, {"hs_object_id": str(n)}) for n in range(1, many + 1)]
    monkeypatch.setattr("sandbox.hubspot.crm.records", lambda _kind, _snapshot: made)


def test_a_search_ends_at_ten_thousand_results(small: Box, monkeypatch: pytest.MonkeyPatch) -> None:
    many_companies(monkeypatch, 10_150)
    account = Account(small, {"searches_per_second": 1000})
    seen: list[str] = []
    after = "0"
    for _ in range(50):
        answer = account.search(limit=200, after=after).json()
        seen += [record["id"] for record in answer["results"]]
        after = answer["paging"]["next"]["after"]
    assert len(set(seen)) == 10_000
    assert answer["total"] == 10_150
    assert account.search(limit=200, after=after).status_code == 400
    narrowed = [{"filters": [{"propertyName": "hs_object_id", "operator": "GT", "value": seen[-1]}]}]
    assert account.search(limit=200, filterGroups=narrowed).json()["total"] == 150


def test_searches_and_requests_have_limits_of_their_own(small: Box) -> None:
    account = Account(small, {"requests_per_ten_seconds": 3, "searches_per_second": 2})
    searches = [account.search() for _ in range(3)]
    assert [answer.status_code for answer in searches] == [200, 200, 429]
    assert searches[-1].json()["policyName"] == "SECONDLY"
    assert searches[-1].json()["errorType"] == "RATE_LIMIT"
    assert "X-HubSpot-RateLimit-Remaining" not in searches[0].headers
    lists = [account.list() for _ in range(4)]
    assert [answer.status_code for answer in lists] == [200, 200, 200, 429]
    assert [answer.headers["X-HubSpot-RateLimit-Remaining"] for answer in lists[:3]] == ["2", "1", "0"]
    assert lists[-1].json()["policyName"] == "TEN_SECONDLY_ROLLING"


def test_a_window_opens_again_in_time() -> None:
    clock = [0.0]
    window = Window(2, 10.0, lambda: clock[0])
    assert [window.take(), window.take(), window.take()] == [True, True, False]
    clock[0] = 10.0
    assert window.take()


def test_search_may_lag_behind(small: Box, monkeypatch: pytest.MonkeyPatch) -> None:
    many_companies(monkeypatch, 30)
    account = Account(small, {})
    assert account.search().json()["total"] == 30
    lagging = Account(small, {"search_delay": small.world.now - 1_700_000_010})
    assert lagging.search().json()["total"] == 10
    assert len(lagging.list(limit=100).json()["results"]) == 30
