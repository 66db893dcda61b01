"""Rate limits through the client: never a request inside the forbidden time, and never waiting for ever."""

import threading
import time
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest

from taps.engine.errors import Errors, NoPermission, QuotaSpent, RateLimited
from taps.engine.http import Client, Request
from taps.engine.rate import Resets, Wait
from tests.engine.http.conftest import DOCS, as_json, rate
from tests.engine.http.vendor import FakeClock, Vendor, ok, status

ERRORS = Errors(docs=DOCS, status={"403": "permission"})


def test_no_request_before_retry_after_is_over_in_real_time(vendor: Vendor, make_client) -> None:
    client = make_client(clock=None)
    url = vendor.answers("/things", status(429, Retry_After="0.4"), ok())
    client.fetch(Request(url), read=as_json)
    first, second = vendor.asked("/things")
    assert 0.4 <= second.at - first.at < 1.0


def test_a_limit_holds_every_thread_of_the_bucket(vendor: Vendor, make_client) -> None:
    client = make_client(clock=None, buckets={"account": rate()})
    limited = vendor.answers("/limited", status(429, Retry_After="0.5"), ok())
    free = vendor.answers("/free", ok())
    thread = threading.Thread(
        target=client.fetch, args=(Request(limited, rate=("account",)),), kwargs={"read": as_json}
    )
    thread.start()
    while not vendor.asked("/limited"):
        time.sleep(0.005)
    time.sleep(0.1)
    client.fetch(Request(free, rate=("account",)), read=as_json)
    thread.join()
    assert vendor.asked("/free")[0].at - vendor.asked("/limited")[0].at >= 0.5


@pytest.mark.parametrize(("code", "said"), [(429, 37), (503, 37), (403, 37)])
def test_retry_after_is_obeyed_whatever_the_status(
    vendor: Vendor, client: Client, clock: FakeClock, code, said
) -> None:
    url = vendor.answers("/things", status(code, Retry_After=str(said)), ok())
    client.fetch(Request(url), errors=ERRORS, read=as_json)
    assert clock.waits == [pytest.approx(said)]


@pytest.mark.parametrize("skew", [timedelta(0), timedelta(minutes=10), timedelta(minutes=-10)])
def test_a_retry_after_date_goes_by_the_vendors_clock(vendor: Vendor, client: Client, clock: FakeClock, skew) -> None:
    vendor.skew = skew

    def limited(handler) -> None:
        moment = datetime.now(UTC) + skew + timedelta(seconds=40)
        status(429, Retry_After=format_datetime(moment, usegmt=True))(handler)

    url = vendor.answers("/things", limited, ok())
    client.fetch(Request(url), read=as_json)
    assert 38 < sum(clock.waits) <= 41


def test_a_ten_minute_limit_does_not_fail_a_run(vendor: Vendor, client: Client, clock: FakeClock) -> None:
    url = vendor.answers("/things", status(429, Retry_After="600"), ok())
    assert client.fetch(Request(url), read=as_json) == {"data": [1, 2]}
    assert clock.passed >= 600


def test_a_longer_limit_ends_the_run_and_says_when_to_go_on(vendor: Vendor, client: Client, clock: FakeClock) -> None:
    url = vendor.answers("/things", status(429, Retry_After="3600"), ok())
    with pytest.raises(RateLimited, match="run again after .* UTC") as caught:
        client.fetch(Request(url, stream="things"), read=as_json)
    assert caught.value.retry_after is not None
    assert caught.value.retry_after - clock.now() == timedelta(hours=1)
    assert len(vendor.log) == 1
    assert clock.passed == 0


def test_an_endless_429_stops_within_its_budget(vendor: Vendor, client: Client, clock: FakeClock) -> None:
    url = vendor.answers("/things", status(429))
    with pytest.raises(RateLimited):
        client.fetch(Request(url), read=as_json)
    assert 700 < clock.passed <= 900


def test_a_403_with_nothing_remaining_is_a_limit_and_without_is_not(vendor: Vendor, make_client, clock) -> None:
    spent = {"X_Left": "0", "X_Reset": "90"}
    account = rate(remaining="header:X-Left", resets=Resets(at="header:X-Reset", format="seconds"))
    client = make_client(buckets={"account": account})
    url = vendor.answers("/things", status(403, **spent), ok(X_Left="99", X_Reset="90"))
    client.fetch(Request(url, rate=("account",)), errors=ERRORS, read=as_json)
    assert clock.passed == pytest.approx(90, abs=1)
    url = vendor.answers("/secret", status(403, X_Left="98", X_Reset="90"))
    with pytest.raises(NoPermission):
        client.fetch(Request(url, rate=("account",)), errors=ERRORS, read=as_json)


def test_an_empty_bucket_is_waited_for_before_the_vendor_refuses(vendor: Vendor, make_client, clock: FakeClock) -> None:
    account = rate(remaining="header:X-Left", resets=Resets(at="header:X-Reset", format="epoch"))
    client = make_client(buckets={"account": account})
    reset = str(int(clock.now().timestamp()) + 50)
    url = vendor.answers("/things", ok(X_Left="0", X_Reset=reset), ok(X_Left="100", X_Reset=reset))
    for _ in range(2):
        client.fetch(Request(url, rate=("account",)), read=as_json)
    assert clock.passed == pytest.approx(50, abs=2)


def test_the_wait_may_stand_in_the_body_of_a_200(vendor: Vendor, make_client, clock: FakeClock) -> None:
    errors = Errors(docs=DOCS, at="error.code", code={"throttled": "rate_limit"})
    client = make_client(buckets={"account": rate(wait=Wait(at="error.wait_ms", format="ms"))})
    url = vendor.answers("/things", ok({"error": {"code": "throttled", "wait_ms": 7500}}), ok())
    client.fetch(Request(url, rate=("account",)), errors=errors, read=as_json)
    assert clock.waits == [pytest.approx(7.5)]


def test_points_are_waited_for_after_a_throttled_query_and_before_the_next(vendor: Vendor, make_client, clock) -> None:
    def cost(asked: int, left: int, **more) -> dict:
        throttle = {"maximumAvailable": 1000, "currentlyAvailable": left, "restoreRate": 50}
        return {**more, "extensions": {"cost": {"requestedQueryCost": asked, "throttleStatus": throttle}}}

    points = rate(
        budget="extensions.cost.throttleStatus.currentlyAvailable",
        refill="extensions.cost.throttleStatus.restoreRate",
        cost="extensions.cost.requestedQueryCost",
        limit="extensions.cost.throttleStatus.maximumAvailable",
    )
    errors = Errors(docs=DOCS, at="errors.extensions.code", code={"THROTTLED": "rate_limit"})
    client = make_client(buckets={"points": points})
    throttled = cost(500, 100, errors=[{"extensions": {"code": "THROTTLED"}}])
    url = vendor.answers("/graphql", ok(throttled), ok(cost(500, 0, data={})), ok(cost(500, 0, data={})))
    request = Request(url, "POST", rate=("points",), stream="orders")
    client.fetch(request, errors=errors, read=as_json)
    assert clock.passed == pytest.approx((500 - 100) / 50)
    client.fetch(request, errors=errors, read=as_json)
    assert clock.passed == pytest.approx(8 + 500 / 50)
    assert len(vendor.log) == 3


def test_a_spent_quota_says_when_it_starts_anew(vendor: Vendor, make_client, clock: FakeClock) -> None:
    errors = Errors(docs=DOCS, at="errorCode", code={"607": "quota"})
    client = make_client(buckets={"day": rate(resets=Resets(clock="00:00", zone="America/Chicago"))})
    url = vendor.answers("/things", status(429, {"errorCode": 607}))
    with pytest.raises(QuotaSpent, match="607") as caught:
        client.fetch(Request(url, rate=("day",)), errors=errors, read=as_json)
    resets = caught.value.resets_at
    assert resets is not None
    assert resets.minute == 0
    assert resets.hour in {5, 6}
    assert timedelta(0) < resets - clock.now() <= timedelta(days=1)
    assert len(vendor.log) == 1


def test_long_waits_are_warned_of_and_short_retries_are_not(vendor: Vendor, client: Client, caplog) -> None:
    caplog.set_level("DEBUG")
    url = vendor.answers("/things", status(429, Retry_After="30"), status(500), ok())
    client.fetch(Request(url, stream="things"), read=as_json)
    said = {record.getMessage(): record.levelname for record in caplog.records if record.name == "tap-acme"}
    assert [level for text, level in said.items() if "asked to wait, going on in 30" in text] == ["WARNING"]
    assert [level for text, level in said.items() if "waiting 30 s for the rate limit" in text] == ["INFO"]
    assert [level for text, level in said.items() if "500: trying http://127.0.0.1" in text] == ["DEBUG"]


def test_the_vendors_clock_is_told_from_ours(vendor: Vendor, client: Client, clock: FakeClock) -> None:
    assert client.server_now() == clock.now()
    vendor.skew = timedelta(minutes=-10)
    client.fetch(Request(vendor.answers("/things", ok())), read=as_json)
    assert client.server_now() - clock.now() == pytest.approx(timedelta(minutes=-10), abs=timedelta(seconds=3))
