from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import requests

import sandbox
from tests.sandbox.conftest import START

LOGIN = {
    "client_id": "engarde",
    "client_secret": "engarde-secret",
    "refresh_token": "1//engarde",
    "grant_type": "refresh_token",
}
MANAGER, US, EUROPE = "1000000000", "2000000001", "2000000002"
Ask = Callable[..., list[dict[str, Any]]]


def headers(box: sandbox.Box) -> dict[str, str]:
    token = requests.post(f"{box.url('google_ads')}/oauth/token", data=LOGIN, timeout=10).json()["access_token"]
    return {
        "Authorization": f"Bearer {token}",
        "developer-token": "engarde-developer",
        "login-customer-id": MANAGER,
    }


def post(box: sandbox.Box, customer: str, query: str, method: str = "searchStream", **more: Any) -> requests.Response:
    sent = more.pop("headers", None) or headers(box)
    url = f"{box.url('google_ads')}/v25/customers/{customer}/googleAds:{method}"
    return requests.post(url, json={"query": query, **more}, headers=sent, timeout=10)


@pytest.fixture(scope="module")
def ask(small_box: sandbox.Box) -> Ask:
    sent = headers(small_box)

    def rows(customer: str, query: str) -> list[dict[str, Any]]:
        answer = post(small_box, customer, query, headers=sent)
        assert answer.status_code == 200, answer.text
        return [row for chunk in answer.json() for row in chunk.get("results", [])]

    return rows


def failure(answer: requests.Response) -> tuple[int, str, dict[str, str]]:
    body = answer.json()
    error = (body[0] if isinstance(body, list) else body)["error"]
    assert error["code"] == answer.status_code
    return answer.status_code, error["status"], error["details"][0]["errors"][0]["errorCode"]


@pytest.mark.parametrize(
    ("change", "status", "error"),
    [
        ({"refresh_token": "1//revoked"}, 400, "invalid_grant"),
        ({"client_secret": "wrong"}, 401, "invalid_client"),
        ({"grant_type": "password"}, 400, "unsupported_grant_type"),
    ],
)
def test_tokens_are_refused(small_box: sandbox.Box, change: dict[str, str], status: int, error: str) -> None:
    answer = requests.post(f"{small_box.url('google_ads')}/oauth/token", data=LOGIN | change, timeout=10)
    assert (answer.status_code, answer.json()["error"]) == (status, error)


def test_tokens_expire() -> None:
    with sandbox.running(people=20, settings=sandbox.Settings(google_token_seconds=0)) as box:
        answer = post(box, US, "SELECT customer.id FROM customer")
        assert failure(answer) == (401, "UNAUTHENTICATED", {"authenticationError": "OAUTH_TOKEN_EXPIRED"})
        assert isinstance(answer.json(), list)


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"Authorization": "Bearer no"}, (401, "UNAUTHENTICATED", {"authenticationError": "OAUTH_TOKEN_INVALID"})),
        ({"Authorization": ""}, (401, "UNAUTHENTICATED", {"authenticationError": "AUTHENTICATION_ERROR"})),
        (
            {"developer-token": None},
            (400, "INVALID_ARGUMENT", {"requestError": "DEVELOPER_TOKEN_PARAMETER_MISSING"}),
        ),
        ({"developer-token": "no"}, (401, "UNAUTHENTICATED", {"authenticationError": "DEVELOPER_TOKEN_INVALID"})),
        (
            {"login-customer-id": None},
            (403, "PERMISSION_DENIED", {"authorizationError": "USER_PERMISSION_DENIED"}),
        ),
        (
            {"login-customer-id": "100-000-0000"},
            (400, "INVALID_ARGUMENT", {"headerError": "INVALID_LOGIN_CUSTOMER_ID"}),
        ),
    ],
)
def test_headers_are_checked(small_box: sandbox.Box, change: dict[str, Any], expected: tuple[Any, ...]) -> None:
    sent = {name: value for name, value in (headers(small_box) | change).items() if value is not None}
    assert failure(post(small_box, US, "SELECT customer.id FROM customer", headers=sent)) == expected
    assert failure(post(small_box, US, "SELECT customer.id FROM customer", "search", headers=sent)) == expected


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ("SELECT campaign.nope FROM campaign", "UNRECOGNIZED_FIELD"),
        ("SELECT campaign.id FROM nowhere", "BAD_RESOURCE_TYPE_IN_FROM_CLAUSE"),
        ("SELECT ad_group.id FROM campaign", "PROHIBITED_RESOURCE_TYPE_IN_SELECT_CLAUSE"),
        ("SELECT campaign.id FROM campaign WHERE ad_group.id = 1", "PROHIBITED_RESOURCE_TYPE_IN_WHERE_CLAUSE"),
        ("SELECT metrics.clicks FROM customer_client", "PROHIBITED_METRIC_IN_SELECT_OR_WHERE_CLAUSE"),
        ("SELECT campaign.id, segments.date FROM campaign", "EXPECTED_FILTERS_ON_DATE_RANGE"),
        ("SELECT campaign.id FROM campaign WHERE campaign.status = 'RUNNING'", "BAD_ENUM_CONSTANT"),
        ("SELECT campaign.id FROM campaign WHERE segments.date = '2025-13-01'", "INVALID_DATE_FORMAT"),
        ("SELECT campaign.id FROM campaign WHERE segments.date DURING EVER", "INVALID_VALUE_WITH_DURING_OPERATOR"),
        ("SELECT campaign.id FROM campaign WHERE campaign.id IN ()", "PROHIBITED_EMPTY_LIST_IN_CONDITION"),
        ("SELECT campaign.id FROM campaign LIMIT 0", "BAD_LIMIT_VALUE"),
        ("SELECT campaign.id FROM campaign WHERE", "UNEXPECTED_END_OF_QUERY"),
        ("SELECT campaign.id", "EXPECTED_FROM"),
        ("FROM campaign", "EXPECTED_SELECT"),
        ("SELECT campaign.id FROM campaign; DROP", "UNEXPECTED_INPUT"),
    ],
)
def test_queries_are_refused(small_box: sandbox.Box, query: str, code: str) -> None:
    assert failure(post(small_box, US, query)) == (400, "INVALID_ARGUMENT", {"queryError": code})


def test_clicks_are_asked_for_day_by_day(small_box: sandbox.Box, ask: Ask) -> None:
    wide = "SELECT click_view.gclid FROM click_view WHERE segments.date DURING LAST_7_DAYS"
    expected = (400, "INVALID_ARGUMENT", {"clickViewError": "EXPECTED_FILTER_ON_A_SINGLE_DAY"})
    assert failure(post(small_box, US, wide)) == expected
    clicked = {o.visit.gclid: o.visit for o in small_box.world.snapshot().orders.live.values() if o.visit}
    visit = next(v for gclid, v in reversed(clicked.items()) if gclid and v.campaign and v.at < START - 2 * 86400)
    found = {}
    for account, zone in ((US, "America/New_York"), (EUROPE, "Europe/Berlin"), ("2000000003", "America/Los_Angeles")):
        day = datetime.fromtimestamp(visit.at, UTC).astimezone(ZoneInfo(zone)).date()
        query = f"SELECT click_view.gclid, campaign.id FROM click_view WHERE segments.date = '{day}'"
        found |= {row["clickView"]["gclid"]: row["campaign"]["id"] for row in ask(account, query)}
    assert found[visit.gclid] == visit.campaign


def test_metrics_of_a_manager_are_refused(small_box: sandbox.Box) -> None:
    answer = post(small_box, MANAGER, "SELECT metrics.clicks FROM customer")
    assert failure(answer) == (400, "INVALID_ARGUMENT", {"queryError": "REQUESTED_METRICS_FOR_MANAGER"})


def test_a_manager_sees_its_clients(small_box: sandbox.Box, ask: Ask) -> None:
    url = f"{small_box.url('google_ads')}/v25/customers:listAccessibleCustomers"
    assert requests.get(url, headers=headers(small_box), timeout=10).json() == {
        "resourceNames": [f"customers/{MANAGER}"]
    }
    rows = ask(
        MANAGER, "SELECT customer_client.id, customer_client.level, customer_client.manager FROM customer_client"
    )
    found = {row["customerClient"]["id"]: row["customerClient"]["level"] for row in rows}
    assert found == {MANAGER: "0", US: "1", EUROPE: "1", "2000000003": "1"}
    clients = ask(MANAGER, "SELECT customer_client.id FROM customer_client WHERE customer_client.manager = FALSE")
    assert MANAGER not in {row["customerClient"]["id"] for row in clients}


def test_fields_of_a_campaign(ask: Ask) -> None:
    row = ask(EUROPE, "SELECT campaign.id, campaign.name, customer.currency_code FROM campaign LIMIT 1")[0]
    made = row["campaign"]["id"]
    assert row["campaign"]["resourceName"] == f"customers/{EUROPE}/campaigns/{made}"
    assert row["customer"] == {"resourceName": f"customers/{EUROPE}", "currencyCode": "EUR"}


@pytest.mark.parametrize(
    ("where", "test"),
    [
        ("campaign.status = 'PAUSED'", lambda c: c["status"] == "PAUSED"),
        ("campaign.status != PAUSED", lambda c: c["status"] != "PAUSED"),
        ("campaign.status IN ('PAUSED', 'REMOVED')", lambda c: c["status"] == "PAUSED"),
        ("campaign.status NOT IN ('PAUSED')", lambda c: c["status"] != "PAUSED"),
        ("campaign.name LIKE '%Brand%'", lambda c: "Brand" in c["name"]),
        ("campaign.id >= 21000300000", lambda c: int(c["id"]) >= 21_000_300_000),
        ("campaign.id BETWEEN 21000200000 AND 21000400000", lambda c: 21_000_200_000 <= int(c["id"]) <= 21_000_400_000),
        ("campaign.end_date_time IS NULL", lambda c: "endDateTime" not in c),
        ("campaign.end_date_time IS NOT NULL AND campaign.status = 'ENABLED'", lambda c: False),
    ],
)
def test_conditions(ask: Ask, where: str, test: Callable[[dict[str, Any]], bool]) -> None:
    select = "SELECT campaign.id, campaign.name, campaign.status, campaign.end_date_time FROM campaign"
    every = [row["campaign"] for row in ask(US, select)]
    found = [row["campaign"] for row in ask(US, f"{select} WHERE {where}")]
    assert found == [campaign for campaign in every if test(campaign)]
    assert len(found) < len(every)


def test_order_and_limit(ask: Ask) -> None:
    rows = ask(US, "SELECT campaign.name FROM campaign ORDER BY campaign.name DESC LIMIT 3")
    names = [row["campaign"]["name"] for row in rows]
    assert names == sorted(names, reverse=True)
    assert len(names) == 3


def test_days_add_up_to_months_and_to_the_whole(ask: Ask) -> None:
    where = "WHERE segments.date BETWEEN '2025-03-01' AND '2025-04-30'"

    def total(rows: list[dict[str, Any]], name: str) -> float:
        return sum(float(row["metrics"][name]) for row in rows)

    days = ask(US, f"SELECT segments.date, campaign.id, metrics.cost_micros, metrics.clicks FROM campaign {where}")
    months = ask(US, f"SELECT segments.month, metrics.cost_micros, metrics.clicks FROM campaign {where}")
    whole = ask(US, f"SELECT metrics.cost_micros, metrics.clicks FROM customer {where}")
    words = ask(US, f"SELECT ad_group.id, metrics.cost_micros, metrics.clicks FROM ad_group {where}")
    assert {row["segments"]["date"] for row in days} == {
        (date(2025, 3, 1) + timedelta(days=n)).isoformat() for n in range(61)
    }
    assert {row["segments"]["month"] for row in months} == {"2025-03-01", "2025-04-01"}
    assert len(whole) == 1
    assert total(days, "costMicros") == total(months, "costMicros") == total(whole, "costMicros") > 0
    assert 0 < total(words, "clicks") <= total(whole, "clicks")
    assert isinstance(days[0]["metrics"]["costMicros"], str)


def test_named_ranges_are_in_the_time_zone_of_the_account(small_box: sandbox.Box, ask: Ask) -> None:
    today = datetime.fromtimestamp(START, UTC).astimezone(ZoneInfo("Europe/Berlin")).date()
    rows = ask(EUROPE, "SELECT segments.date, metrics.clicks FROM customer WHERE segments.date DURING LAST_7_DAYS")
    assert [row["segments"]["date"] for row in rows] == [
        (today - timedelta(days=n)).isoformat() for n in range(7, 0, -1)
    ]


def test_conversions_of_recent_days_are_restated() -> None:
    query = (
        "SELECT campaign.id, segments.date, metrics.conversions, metrics.cost_micros FROM campaign "
        "WHERE segments.date BETWEEN '2025-05-20' AND '2025-06-12'"
    )

    def known(box: sandbox.Box) -> dict[tuple[str, str], tuple[float, str]]:
        chunks = post(box, US, query).json()
        return {
            (row["campaign"]["id"], row["segments"]["date"]): (
                row["metrics"]["conversions"],
                row["metrics"]["costMicros"],
            )
            for chunk in chunks
            for row in chunk["results"]
        }

    with sandbox.running(seed=7, people=300, start=START) as box:
        before = known(box)
        box.advance(days=7)
        after = known(box)
    assert before.keys() == after.keys()
    assert any(after[day][0] > before[day][0] for day in before)
    assert all(after[day][0] >= before[day][0] and after[day][1] == before[day][1] for day in before)


def test_pages_and_chunks_hold_everything_once() -> None:
    query = "SELECT campaign.id, segments.date, metrics.clicks FROM campaign WHERE segments.date > '2025-01-01'"
    settings = sandbox.Settings(google_rows_per_chunk=100, google_rows_per_page=150)
    with sandbox.running(people=30, start=START, settings=settings) as box:
        chunks = post(box, US, query).json()
        streamed = [row for chunk in chunks for row in chunk["results"]]
        assert len(chunks) > 3
        assert {chunk["fieldMask"] for chunk in chunks} == {"campaign.id,segments.date,metrics.clicks"}
        paged: list[dict[str, Any]] = []
        token = ""
        while True:
            page = post(box, US, query, "search", pageToken=token).json()
            paged.extend(page["results"])
            token = page.get("nextPageToken", "")
            if not token:
                break
        assert paged == streamed
        refused = post(box, US, query, "search", pageToken="bm90aGluZw==")
        assert failure(refused)[2] == {"requestError": "INVALID_PAGE_TOKEN"}
        refused = post(box, US, query, "search", pageSize=10)
        assert failure(refused)[2] == {"requestError": "PAGE_SIZE_NOT_SUPPORTED"}


def test_orders_with_a_click_id_are_conversions_of_their_campaign(small_box: sandbox.Box, ask: Ask) -> None:
    clicked = [o.visit for o in small_box.world.snapshot().orders.live.values() if o.visit and o.visit.gclid]
    expected = {visit.campaign for visit in clicked if visit.at < START - 15 * 86400}
    found = set()
    for account in (US, EUROPE, "2000000003"):
        rows = ask(account, "SELECT campaign.id, metrics.conversions FROM campaign WHERE metrics.conversions >= 1")
        found |= {row["campaign"]["id"] for row in rows}
    assert expected
    assert expected <= found
