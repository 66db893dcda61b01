import logging
import threading
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from taps.engine.http_clock import Clock
from taps.engine.rate import Rate, Resets
from taps.engine.rate_bucket import Bucket, LimitFarAway
from tests.engine.http.conftest import DOCS, rate
from tests.engine.http.test_answer import answer
from tests.engine.http.vendor import FakeClock

LOG = logging.getLogger("test")


def turns(words: Rate, count: int) -> list[float]:
    clock = FakeClock()
    bucket = Bucket("account", words, clock, LOG)
    taken = []
    for _ in range(count):
        bucket.acquire()
        taken.append(clock.passed)
        bucket.release()
    return taken


@given(requests=st.integers(1, 20), per=st.sampled_from([1.0, 10.0, 60.0]), count=st.integers(1, 80))
@settings(max_examples=50, deadline=None)
def test_no_stretch_of_time_holds_more_requests_than_stated(requests: int, per: float, count: int) -> None:
    taken = turns(rate(requests=requests, per=per), count)
    for first, after in zip(taken, taken[requests:], strict=False):
        assert after - first >= per - 1e-6
    assert taken[-1] == pytest.approx((count - 1) // requests * per)


def test_a_leaky_bucket_lets_a_burst_through_and_then_its_rate() -> None:
    assert turns(rate(requests=2, per=1, burst=4), 8) == pytest.approx([0, 0, 0, 0, 0.5, 1, 1.5, 2])


@pytest.mark.parametrize(("said", "free"), [("6", 6), ("2", 2)])
def test_the_limit_is_the_accounts_own_where_the_answer_tells_it(said: str, free: int) -> None:
    clock = FakeClock()
    bucket = Bucket("account", rate(requests=3, per=10, limit="header:Limit"), clock, LOG)
    taken = []
    for _ in range(8):
        bucket.acquire()
        taken.append(clock.passed)
        bucket.observe(answer(headers={"Limit": said}))
        bucket.release()
    assert sum(at < 10 for at in taken) == free


def test_it_slows_down_when_little_is_left() -> None:
    clock = FakeClock()
    words = rate(remaining="header:Left", limit="header:Limit", resets=Resets(at="header:Reset", format="seconds"))
    bucket = Bucket("account", words, clock, LOG)
    for left, passed in [("500", 0), ("500", 0), ("5", 0), ("4", 10), ("3", 20)]:
        bucket.acquire()
        assert clock.passed == pytest.approx(passed, abs=3)
        bucket.observe(answer(headers={"Left": left, "Limit": "1000", "Reset": str(60 - int(clock.passed))}))
        bucket.release()


def test_it_adapts_to_the_rate_the_vendor_permits() -> None:
    clock = FakeClock()
    bucket = Bucket("account", rate(adapt="header:X-Rate"), clock, LOG)
    for _ in range(3):
        bucket.acquire()
        bucket.observe(answer(headers={"X-Rate": "0.5"}))
        bucket.release()
    assert clock.passed == pytest.approx(4)


def test_a_turn_too_far_away_is_not_waited_for() -> None:
    bucket = Bucket("account", rate(requests=1, per=3600), FakeClock(), LOG)
    bucket.acquire()
    with pytest.raises(LimitFarAway) as caught:
        bucket.acquire()
    assert caught.value.seconds == pytest.approx(3600)


def test_no_more_at_once_than_allowed() -> None:
    bucket = Bucket("account", rate(concurrent=2), Clock(), LOG)
    inside, most, lock = [0], [0], threading.Lock()

    def work() -> None:
        bucket.acquire()
        with lock:
            inside[0] += 1
            most[0] = max(most[0], inside[0])
        time.sleep(0.01)
        with lock:
            inside[0] -= 1
        bucket.release()

    threads = [threading.Thread(target=work) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert most == [2]


def test_threads_that_wait_when_a_pause_comes_wait_for_its_end() -> None:
    bucket = Bucket("account", rate(requests=1, per=1), Clock(), LOG)
    bucket.acquire()
    started, taken = time.monotonic(), []

    def work() -> None:
        bucket.acquire()
        taken.append(time.monotonic() - started)

    threads = [threading.Thread(target=work) for _ in range(2)]
    for thread in threads:
        thread.start()
    time.sleep(0.05)
    bucket.pause(1.5)
    for thread in threads:
        thread.join()
    first, second = sorted(taken)
    assert first >= 1.5
    assert second - first >= 0.5  # a busy machine may have told the first one's time late


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ({"burst": 5}, "`burst` needs `requests`"),
        ({"budget": "left"}, "`budget` needs `refill`"),
        ({"requests": 0}, "greater than 0"),
        ({"resets": {"clock": "24:00"}}, "should match pattern"),
        ({"resets": {}}, "either `at`"),
        ({"resets": {"clock": "00:00", "zone": "Mars/Olympus"}}, "not a time zone"),
        ({"request": 5}, "Extra inputs"),
    ],
)
def test_a_rate_that_makes_no_sense_is_refused(words, said) -> None:
    with pytest.raises(ValidationError, match=said):
        Rate.model_validate({"docs": DOCS, **words})
