from __future__ import annotations

import pytest
import requests

import sandbox
from tests.sandbox.conftest import START
from tests.sandbox.stripe_client import KEY, everything, get


def test_a_wrong_key_is_refused_in_stripes_shape(small_box: sandbox.Box) -> None:
    answer = get(small_box, "customers", Authorization="Bearer rk_test_wrong")
    assert answer.status_code == 401
    assert answer.json()["error"]["type"] == "invalid_request_error"
    assert "rk_test_wrong" not in answer.text
    assert requests.get(f"{small_box.url('stripe')}/v1/customers", timeout=10).status_code == 401


def test_basic_authentication_with_the_key_as_user(small_box: sandbox.Box) -> None:
    answer = requests.get(f"{small_box.url('stripe')}/v1/account", auth=("rk_test_engarde", ""), timeout=10)
    assert answer.json()["object"] == "account"


@pytest.mark.parametrize("limit", [1, 7, 100])
def test_walking_forward_meets_everything_once_newest_first(small_box: sandbox.Box, limit: int) -> None:
    found: list[str] = []
    created: list[int] = []
    more, after = True, ""
    while more and len(found) < 300:
        page = get(small_box, f"customers?limit={limit}{after}").json()
        found.extend(item["id"] for item in page["data"])
        created.extend(item["created"] for item in page["data"])
        more, after = page["has_more"], f"&starting_after={found[-1]}"
    assert len(found) == len(set(found))
    assert set(found) == set(small_box.world.snapshot().stripe_customers.live)
    assert created == sorted(created, reverse=True)


def test_walking_backward_is_the_same_way(small_box: sandbox.Box) -> None:
    forward = [item["id"] for item in everything(small_box, "charges")]
    page = get(small_box, f"charges?limit=5&ending_before={forward[20]}").json()
    assert [item["id"] for item in page["data"]] == forward[15:20]
    assert page["has_more"] is True
    page = get(small_box, f"charges?limit=5&ending_before={forward[3]}").json()
    assert [item["id"] for item in page["data"]] == forward[:3]
    assert page["has_more"] is False


def test_created_bounds(small_box: sandbox.Box) -> None:
    moments = sorted(item["created"] for item in everything(small_box, "charges"))
    middle = moments[len(moments) // 2]
    for bound, test in {
        "gt": lambda at: at > middle,
        "gte": lambda at: at >= middle,
        "lt": lambda at: at < middle,
        "lte": lambda at: at <= middle,
    }.items():
        found = [item["created"] for item in everything(small_box, f"charges?created[{bound}]={middle}")]
        assert sorted(found) == [at for at in moments if test(at)], bound
    exact = everything(small_box, f"charges?created={middle}")
    assert {item["created"] for item in exact} == {middle}


def test_filters(small_box: sandbox.Box) -> None:
    charge = next(item for item in everything(small_box, "charges") if item["customer"])
    of_customer = everything(small_box, f"charges?customer={charge['customer']}")
    assert charge["id"] in {item["id"] for item in of_customer}
    assert {item["customer"] for item in of_customer} == {charge["customer"]}
    payout = everything(small_box, "payouts")[3]
    items = everything(small_box, f"balance_transactions?payout={payout['id']}")
    assert {item["type"] for item in items} >= {"payout", "charge"}
    assert sum(item["net"] for item in items) == 0
    invoice = everything(small_box, "invoices")[0]
    lines = get(small_box, f"invoices/{invoice['id']}/lines").json()
    assert lines["data"] == invoice["lines"]["data"]


def test_canceled_subscriptions_are_left_out_unless_asked_for(small_box: sandbox.Box) -> None:
    usual, whole = everything(small_box, "subscriptions"), everything(small_box, "subscriptions?status=all")
    canceled = everything(small_box, "subscriptions?status=canceled")
    assert canceled
    assert "canceled" not in {item["status"] for item in usual}
    assert {item["id"] for item in whole} == {item["id"] for item in (*usual, *canceled)}


def test_expanding(small_box: sandbox.Box) -> None:
    page = get(
        small_box, "charges?limit=100&expand[]=data.balance_transaction&expand[]=data.customer&expand[]=data.refunds"
    )
    kinds = {type(item["balance_transaction"]) for item in page.json()["data"]}
    assert dict in kinds
    assert str not in kinds
    refunded = [item for item in page.json()["data"] if item["amount_refunded"]]
    assert all("refunds" in item for item in page.json()["data"])
    assert any(r["charge"] == item["id"] for item in refunded for r in item["refunds"]["data"])
    deep = get(small_box, "invoices?limit=1&expand[]=data.payment_intent.latest_charge").json()["data"][0]
    assert deep["payment_intent"] is None or isinstance(deep["payment_intent"], dict)
    assert get(small_box, "charges?expand[]=data.amount_of_nothing").status_code == 400


@pytest.mark.parametrize(
    ("query", "param"),
    [
        ("foo=1", "foo"),
        ("limit=101", "limit"),
        ("limit=0", "limit"),
        ("limit=ten", "limit"),
        ("created[since]=1", "created[since]"),
        ("starting_after=cus_missing", "starting_after"),
    ],
)
def test_bad_parameters_are_refused(small_box: sandbox.Box, query: str, param: str) -> None:
    answer = get(small_box, f"customers?{query}")
    assert answer.status_code == 400
    assert answer.json()["error"]["param"] == param


def test_single_objects_and_what_does_not_exist(small_box: sandbox.Box) -> None:
    first = everything(small_box, "customers")[0]
    assert get(small_box, f"customers/{first['id']}").json() == first
    missing = get(small_box, "customers/cus_missing")
    assert missing.status_code == 404
    assert missing.json()["error"]["code"] == "resource_missing"
    assert get(small_box, "nonsense").status_code == 404


def test_a_deleted_customer_leaves_a_stub() -> None:
    with sandbox.running(seed=7, people=1000, start=START) as box:
        made = next(iter(box.world.snapshot().stripe_customers.deleted))
        assert get(box, f"customers/{made}").json() == {"id": made, "object": "customer", "deleted": True}
        page = get(box, f"customers?limit=3&starting_after={made}")
        assert page.status_code == 200


def test_too_many_requests_a_second() -> None:
    with sandbox.running(people=20, settings=sandbox.Settings(stripe_requests_per_second=3)) as box:
        session = requests.Session()
        answers = [session.get(f"{box.url('stripe')}/v1/account", headers=KEY, timeout=10) for _ in range(12)]
        limited = [answer for answer in answers if answer.status_code == 429]
        assert 1 <= len(limited) <= 9
        assert limited[0].json()["error"]["code"] == "rate_limit"
