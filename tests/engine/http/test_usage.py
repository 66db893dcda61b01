"""What requests cost is counted as they are made, repetitions and all, and the vendor's limits as it told them."""

import json
from dataclasses import replace
from pathlib import Path

import pytest

from taps.engine.errors import TapError
from taps.engine.http import Request
from taps.engine.http_usage import Cost, metrics, read_metric
from taps.engine.rate import Resets
from tests.engine.http.conftest import as_json, rate
from tests.engine.http.vendor import FakeClock, Handler, Reply, Vendor, cut_off, ok, status
from tests.engine.vendor import STREAM, platform
from tests.engine.vendor import vendor as vendor_of


def test_requests_bytes_and_waits_of_each_stream(vendor: Vendor, make_client, clock: FakeClock, tmp_path: Path) -> None:
    client = make_client(buckets={"account": rate()})
    limited = vendor.answers("/things", status(429, Retry_After="37"), ok({"data": [1, 2, 3]}))
    client.fetch(Request(limited, stream="things", rate=("account",)), read=as_json)
    client.stream_to(Request(vendor.answers("/file", ok("x" * 100)), stream="files"), path=tmp_path / "file")
    costs = client.usage.costs()
    assert (costs["things"].requests, costs["files"].requests) == (2, 1)
    assert costs["files"].bytes == (tmp_path / "file").stat().st_size
    assert costs["things"].bytes > len('{"data":[1,2,3]}') - 1
    assert costs["things"].waited == pytest.approx(37)
    assert costs["files"].waited == 0


def after(seconds: float, reply: Reply, clock: FakeClock) -> Reply:
    """The reply, for which the vendor takes so long."""

    def slow(handler: Handler) -> None:
        clock.passed += seconds
        reply(handler)

    return slow


def test_how_long_answers_take_to_begin_and_the_slowest_of_them(
    vendor: Vendor, make_client, clock: FakeClock, tmp_path: Path
) -> None:
    client = make_client()
    busy = vendor.answers(
        "/things", after(1, status(503), clock), after(5, cut_off, clock), after(3, ok({"data": []}), clock)
    )
    client.fetch(Request(busy, stream="things"), read=as_json)
    client.stream_to(
        Request(vendor.answers("/file", after(2, ok("x" * 100), clock)), stream="files"), path=tmp_path / "file"
    )
    things, files = client.usage.costs()["things"], client.usage.costs()["files"]
    assert (things.requests, things.answers, files.answers) == (3, 2, 1), "what was cut off is no answer"
    assert (things.answering, things.slowest) == (pytest.approx(4, abs=0.2), pytest.approx(3, abs=0.1))
    assert (files.answering, files.slowest) == (pytest.approx(2, abs=0.1), pytest.approx(2, abs=0.1))
    said = dict(each for line in metrics({"things": things}, []) if isinstance(each := read_metric(line), tuple))
    assert said["things"] == replace(things, answering=round(things.answering, 3), slowest=round(things.slowest, 3))


def test_limits_are_kept_as_the_vendor_last_said_them(vendor: Vendor, make_client) -> None:
    told = rate(requests=100, per=60, remaining="header:X-Left", limit="header:X-Limit",
                resets=Resets(at="header:X-Reset", format="seconds"))  # fmt: skip
    client = make_client(buckets={"account": told, "unused": rate(requests=5)})
    for left in ("40", "39"):
        url = vendor.answers(f"/{left}", ok(X_Left=left, X_Limit="50", X_Reset="30"))
        client.fetch(Request(url, stream="things", rate=("account",)), read=as_json)
    (limit,) = client.limits()
    assert (limit.bucket, limit.used, limit.limit, limit.remaining) == ("account", 2, 50, 39)
    assert limit.permitted == "100 requests per 60 s"
    assert limit.resets_at is not None
    assert 28 <= (limit.resets_at - client.server_now()).total_seconds() <= 31
    lines = [json.loads(line.removeprefix("METRIC: ")) for line in metrics(client.usage.costs(), client.limits())]
    assert [(each["metric"], each["value"]) for each in lines] == [("http_request_count", 2), ("rate_limit_used", 2)]
    said = [read_metric(line) for line in metrics(client.usage.costs(), client.limits())]
    assert said[1] == limit
    near_zero = pytest.approx(0, abs=5)
    assert said[0] == ("things", Cost(2, client.usage.costs()["things"].bytes, near_zero, 2, near_zero, near_zero))


@pytest.mark.parametrize("line", ["done: 3 records", "METRIC: nothing", 'METRIC: {"metric": "rate_limit_used"}'])
def test_other_lines_are_no_metrics(line: str) -> None:
    assert read_metric(line) is None


def test_a_tap_tells_what_its_streams_cost_however_it_ends(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, capsysbinary: pytest.CaptureFixture[bytes]
) -> None:
    tap = platform(tmp_path / "acme", STREAM)
    caplog.set_level("INFO")
    refusing = False
    with vendor_of(lambda _: (401, {}) if refusing else {"data": [{"id": "1", "n": 1}]}) as found:
        tap(config={"api_key": "k", "api_url": found.url}).sync_all()
        refusing = True
        with pytest.raises(TapError, match="login"):
            tap(config={"api_key": "k", "api_url": found.url}).sync_all()
    assert b'"type":"RECORD"' in capsysbinary.readouterr().out
    told = [line for line in caplog.messages if line.startswith("METRIC: ")]
    costs = [json.loads(line.removeprefix("METRIC: ")) for line in told if '"http_request_count"' in line]
    assert [(each["tags"]["stream"], each["value"]) for each in costs] == [("items", 1), ("items", 1)]
    assert costs[0]["tags"]["bytes"] > 0
