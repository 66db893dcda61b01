"""Processes that ask the same account share its budget: together they never ask more than one may."""

import copy
import logging
import threading
import time
from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from taps.engine.http_clock import Clock
from taps.engine.load import load
from taps.engine.rate import Rate
from taps.engine.rate_accounts import accounts
from taps.engine.rate_bucket import Bucket, LimitFarAway
from taps.engine.rate_shared import SharedBucket, State, T
from tests.engine.http.conftest import rate
from tests.engine.http.vendor import FakeClock

LOG = logging.getLogger("test")


class Memory:
    """A ledger at hand, whose states go through a copy as through a store."""

    def __init__(self) -> None:
        self.states: dict[tuple[str, str], State] = {}
        self._lock = threading.Lock()

    def change(self, account: str, bucket: str, step: Callable[[State], T]) -> T:
        with self._lock:
            state = copy.deepcopy(self.states.get((account, bucket), {}))
            found = step(state)
            self.states[account, bucket] = state
            return found


def bucket(ledger: Memory, words: Rate, clock: Clock, account: str = "one") -> Bucket:
    """A process's bucket of an account."""
    return Bucket("calls", words, clock, LOG, SharedBucket(ledger, account, "calls", words, clock, LOG))


@given(
    requests=st.integers(1, 60), per=st.sampled_from([1.0, 10.0, 60.0]),
    who=st.lists(st.integers(0, 2), min_size=1, max_size=150),
)  # fmt: skip
@settings(max_examples=60, deadline=None)
def test_no_stretch_holds_more_requests_of_all_than_one_may_make(requests: int, per: float, who: list[int]) -> None:
    ledger, clock = Memory(), FakeClock()
    buckets = [bucket(ledger, rate(requests=requests, per=per), clock) for _ in range(3)]
    taken = []
    for each in who:
        buckets[each].acquire()
        taken.append(clock.passed)
        buckets[each].release()
    kept_back = 2 * max(1, requests // 20)  # turns that the others hold and may take a little later
    for first, after in zip(taken, taken[requests + kept_back :], strict=False):
        assert after - first >= per * (1 - 1 / 20) - 1e-6
    whole = len(who) + 3 * max(1, requests // 20) * (1 + clock.passed / per * 20)
    assert clock.passed <= (whole // requests + 1) * per


def test_another_account_has_a_budget_of_its_own() -> None:
    ledger, clock = Memory(), FakeClock()
    words = rate(requests=1, per=10)
    for account in ("one", "other"):
        bucket(ledger, words, clock, account).acquire()
    assert clock.passed == 0
    bucket(ledger, words, clock, "one").acquire()
    assert clock.passed == pytest.approx(10)


def test_a_leaky_bucket_lets_one_burst_through_for_all() -> None:
    ledger, clock = Memory(), FakeClock()
    both = [bucket(ledger, rate(requests=2, per=1, burst=4), clock) for _ in range(2)]
    taken = []
    for turn in range(8):
        both[turn % 2].acquire()
        taken.append(clock.passed)
        both[turn % 2].release()
    assert taken == pytest.approx([0, 0, 0, 0, 0.5, 1, 1.5, 2])


def test_a_pause_that_one_is_asked_for_holds_the_others() -> None:
    ledger, clock = Memory(), FakeClock()
    first, second = (bucket(ledger, rate(requests=5, per=1), clock) for _ in range(2))
    first.pause(40)
    second.acquire()
    assert clock.passed == pytest.approx(40)
    first.pause(3600)
    with pytest.raises(LimitFarAway):
        second.acquire()


@pytest.mark.parametrize(("at_once", "processes"), [(4, 2), (5, 2), (3, 3), (10, 4)])
def test_no_more_requests_of_all_are_under_way_than_one_may_have(at_once: int, processes: int) -> None:
    ledger, clock = Memory(), Clock()
    words = rate(concurrent=at_once)
    lock, under_way, most, done = threading.Lock(), 0, 0, [0] * processes

    def ask(number: int, mine: Bucket, until: float) -> None:
        nonlocal under_way, most
        while time.monotonic() < until:
            mine.acquire()
            with lock:
                under_way += 1
                most = max(most, under_way)
            time.sleep(0.01)
            with lock:
                under_way -= 1
                done[number] += 1
            mine.release()

    until = time.monotonic() + 3
    threads = []
    for number in range(processes):
        mine = bucket(ledger, words, clock)
        threads += [threading.Thread(target=ask, args=(number, mine, until)) for _ in range(at_once)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert most <= at_once
    assert min(done) > 0


def test_who_leaves_makes_room() -> None:
    ledger, clock = Memory(), FakeClock()
    words = rate(concurrent=4)
    first, second = (SharedBucket(ledger, "one", "calls", words, clock, LOG) for _ in range(2))
    assert [first.begin() for _ in range(5)] == [True] * 4 + [False]
    assert second.begin() is False
    for _ in range(4):
        first.end()
    first.leave()
    assert [second.begin() for _ in range(5)] == [True] * 4 + [False]


def test_a_ledger_that_fails_stops_nobody(caplog: pytest.LogCaptureFixture) -> None:
    class Broken:
        def change(self, account: str, bucket: str, step: Callable[[State], T]) -> T:
            raise OSError(f"password of {account}")

    words, clock = rate(requests=2, per=10, concurrent=2), FakeClock()
    alone = Bucket("calls", words, clock, LOG, SharedBucket(Broken(), "one", "calls", words, clock, LOG))
    for _ in range(3):
        alone.acquire()
        alone.release()
    assert clock.passed == pytest.approx(10)
    assert [each.getMessage() for each in caplog.records] == [
        "what others ask of this account is not known any more, its limit is not shared: OSError"
    ]


def of(platform: str, login: str, base: str = "https://example.com", **config: str) -> dict[str, str]:
    return accounts(load(platform), config, base, login, platform)


def test_a_key_is_an_account_and_another_key_may_be_another() -> None:
    stripe = load("stripe")
    login = next(name for name, auth in stripe.auth.items() if auth.kind in {"bearer", "basic"})
    one, again, other = (of("stripe", login, api_key=key) for key in ("rk_1", "rk_1", "rk_2"))
    assert one == again and one.keys() == stripe.rate.keys()
    assert set(one.values()).isdisjoint(other.values())
    assert "rk_1" not in str(one)


def test_the_address_names_the_account_whatever_logs_in() -> None:
    logins = list(load("shopify").auth)
    found = [
        of("shopify", login, "https://acme.myshopify.com", shop="acme", access_token=token)
        for login, token in ((logins[0], "a"), (logins[-1], "b"))
    ]
    assert found[0] and found[0] == found[1]
    assert of("shopify", logins[0], "https://other.myshopify.com", shop="other", access_token="a") != found[0]


def test_an_app_has_one_budget_for_all_who_agreed_to_it() -> None:
    both = [of("tiktok_ads", next(iter(load("tiktok_ads").auth)), client_id="app", access_token=t) for t in ("a", "b")]
    assert both[0] == both[1]


def test_nothing_is_shared_where_a_login_does_not_name_its_account() -> None:
    login = next(name for name, auth in load("hubspot").auth.items() if auth.kind == "oauth2")
    assert of("hubspot", login, client_id="app", refresh_token="a") == {}
