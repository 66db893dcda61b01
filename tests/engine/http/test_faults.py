"""The fault matrix, part HTTP: what a misbehaving server or network may do, and what must come of it."""

import gzip
import socket
import threading
import time
import tracemalloc
import zlib
from pathlib import Path

import pytest

from taps.engine.errors import BadAnswer, Empty, Stopped, TapError, TooBig, Unreachable, VendorRefused
from taps.engine.http import Client, Request, Settings
from tests.engine.http.conftest import as_json
from tests.engine.http.vendor import FakeClock, Vendor, body, cut_off, drip, ok, reset_in_body, silent, status

HTML = body(200, b"<!DOCTYPE html><html>Maintenance for ada@example.com</html>", {"Content-Type": "text/html"})


@pytest.mark.parametrize(
    "fault",
    [
        pytest.param(reset_in_body, id="reset in the middle of the body"),
        pytest.param(cut_off, id="body shorter than Content-Length"),
        pytest.param(body(200, b'{"data": [1, 2'), id="cut-off JSON of the right length"),
        pytest.param(body(200, b"\x1f\x8b garbage", {"Content-Encoding": "gzip"}), id="gzip garbage"),
        pytest.param(body(200, gzip.compress(b'{"a": 1}' * 99)[:-20], {"Content-Encoding": "gzip"}), id="gzip cut off"),
        pytest.param(HTML, id="web page with 200"),
        pytest.param(body(200, b""), id="empty body"),
        pytest.param(body(200, b"null"), id="null"),
        pytest.param(body(204, b""), id="204 where data was promised"),
        pytest.param(status(500), id="500"),
        pytest.param(status(502), id="502"),
        pytest.param(status(503), id="503"),
        pytest.param(status(504), id="504"),
        pytest.param(status(408), id="408"),
    ],
)
def test_a_passing_fault_is_retried_and_leaves_no_trace(vendor: Vendor, client: Client, fault) -> None:
    url = vendor.answers("/things", fault, ok({"data": [7]}))
    assert client.fetch(Request(url), read=as_json) == {"data": [7]}
    assert len(vendor.asked("/things")) == 2


@pytest.mark.parametrize(
    ("fault", "said"),
    [
        (HTML, "web page"),
        (body(200, b""), "empty body"),
        (body(200, b"null"), "null"),
        (body(200, b'{"data": ["ada@example.com"'), "cut-off JSON"),
        (cut_off, "shorter than announced"),
        (body(200, b"\x1f\x8b garbage", {"Content-Encoding": "gzip"}), "unpacked"),
    ],
)
def test_a_wrong_body_for_ever_is_an_error_that_quotes_nothing(vendor: Vendor, client: Client, fault, said) -> None:
    url = vendor.answers("/things", fault)
    with pytest.raises(BadAnswer, match=said) as caught:
        client.fetch(Request(url, params=(("key", "q"),), stream="things"), read=as_json)
    assert 2 <= len(vendor.asked("/things")) <= 5
    assert (caught.value.platform, caught.value.stream) == ("acme", "things")
    assert str(caught.value).startswith("acme: things: http://127.0.0.1:")
    assert "ada@" not in str(caught.value)
    assert "?" not in str(caught.value)


def test_no_content_means_no_records_only_where_the_stream_says_so(vendor: Vendor, client: Client) -> None:
    url = vendor.answers("/things", body(204, b""))
    with pytest.raises(Empty):
        client.fetch(Request(url, absent_ok=True), read=as_json)
    assert len(vendor.asked("/things")) == 1


@pytest.mark.parametrize(
    "fault",
    [
        pytest.param(silent, id="silent"),
        pytest.param(drip(b""), id="drip in the status line"),
        pytest.param(drip(b"HTTP/1.1 200 OK\r\nX-Slow: "), id="drip in a header"),
        pytest.param(drip(b"HTTP/1.1 200 OK\r\nContent-Length: 9000\r\n\r\n"), id="drip in the body"),
        pytest.param(drip(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2000\r\n"), id="drip in a chunk"),
    ],
)
def test_the_deadline_ends_every_kind_of_slowness(vendor: Vendor, make_client, fault) -> None:
    client = make_client(settings={"request_timeout": 0.3})
    url = vendor.answers("/things", fault, ok())
    started = time.monotonic()
    assert client.fetch(Request(url), read=as_json) == {"data": [1, 2]}
    assert 0.25 < time.monotonic() - started < 1.0


def test_an_endless_5xx_stops_within_its_budget(vendor: Vendor, client: Client, clock: FakeClock) -> None:
    url = vendor.answers("/things", status(503))
    with pytest.raises(Unreachable, match="503 Service Unavailable"):
        client.fetch(Request(url), read=as_json)
    assert 200 < clock.passed <= 300
    assert len(vendor.asked("/things")) > 5


def test_waits_grow_and_are_jittered(vendor: Vendor, client: Client, clock: FakeClock) -> None:
    url = vendor.answers("/things", status(500))
    with pytest.raises(Unreachable):
        client.fetch(Request(url), read=as_json)
    ceilings = [0.5 * 2**step for step in range(7)]
    assert all(wait <= ceiling for wait, ceiling in zip(clock.waits, ceilings, strict=False))
    assert len({round(wait / ceiling, 3) for wait, ceiling in zip(clock.waits, ceilings, strict=False)}) > 3


def test_a_host_that_refuses_connections_is_given_up_soon_and_named(make_client, clock: FakeClock) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    client = make_client(settings={"addresses": (f"http://127.0.0.1:{port}",)})
    with pytest.raises(Unreachable, match=rf"127\.0\.0\.1:{port}/x could not be reached.*refused.*check the network"):
        client.fetch(Request(f"http://127.0.0.1:{port}/x"), read=as_json)
    assert clock.passed <= 20


def test_a_name_without_address_is_retried(vendor: Vendor, make_client, monkeypatch) -> None:
    real, calls = socket.getaddrinfo, []

    def resolver(host, *rest, **more):
        calls.append(host)
        if len(calls) == 1:
            raise socket.gaierror(socket.EAI_AGAIN, "temporary failure")
        return real("127.0.0.1", *rest, **more)

    monkeypatch.setattr(socket, "getaddrinfo", resolver)
    vendor.answers("/things", ok())
    base = f"http://api.acme.test:{vendor.server_address[1]}"
    client = make_client(settings={"addresses": (base,)})
    assert client.fetch(Request(f"{base}/things"), read=as_json) == {"data": [1, 2]}
    assert calls == ["api.acme.test", "api.acme.test"]


def test_a_black_hole_before_a_good_address_is_passed_by(vendor: Vendor, make_client, monkeypatch) -> None:
    port = vendor.server_address[1]
    found = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (host, port)) for host in ("127.0.0.9", "127.0.0.1")]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *rest, **more: found)
    vendor.answers("/things", ok())
    base = f"http://api.acme.test:{port}"
    client = make_client(settings={"addresses": (base,)})
    assert client.fetch(Request(f"{base}/things"), read=as_json) == {"data": [1, 2]}


def test_a_resolver_that_hangs_does_not_outlive_the_deadline(make_client, monkeypatch) -> None:
    monkeypatch.setattr(socket, "getaddrinfo", lambda *rest, **more: time.sleep(2) or [])
    settings = {"addresses": ("http://api.acme.test",), "request_timeout": 0.1, "first_contact_budget": 0}
    client = make_client(settings=settings)
    started = time.monotonic()
    with pytest.raises(Unreachable):
        client.fetch(Request("http://api.acme.test/things"), read=as_json)
    assert time.monotonic() - started < 1


def test_a_zip_bomb_stops_at_the_cap_in_little_memory(vendor: Vendor, make_client) -> None:
    packer = zlib.compressobj(9, zlib.DEFLATED, 31)
    bomb = b"".join(packer.compress(b" " * 1_000_000) for _ in range(300)) + packer.flush()
    client = make_client(settings={"max_bytes": 5_000_000, "request_timeout": 10})
    url = vendor.answers("/things", body(200, bomb, {"Content-Encoding": "gzip"}))
    tracemalloc.start()
    with pytest.raises(TooBig, match="5 MB"):
        client.fetch(Request(url), read=as_json)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 30_000_000
    assert len(vendor.asked("/things")) == 1


def test_a_page_beyond_the_cap_is_not_read_to_its_end(vendor: Vendor, make_client) -> None:
    client = make_client(settings={"max_bytes": 100_000})
    url = vendor.answers("/things", body(200, b"x" * 1_000_000))
    with pytest.raises(TooBig):
        client.fetch(Request(url), read=as_json)


def test_gone_for_good_says_so(vendor: Vendor, client: Client) -> None:
    url = vendor.answers("/v1/things", status(410))
    with pytest.raises(VendorRefused, match="switched off.*newer version"):
        client.fetch(Request(url), read=as_json)


def test_a_sunset_header_is_announced_once(vendor: Vendor, client: Client, caplog) -> None:
    url = vendor.answers("/things", ok(Sunset="Sat, 31 Dec 2027 23:59:59 GMT"))
    for _ in range(3):
        client.fetch(Request(url, stream="things"), read=as_json)
    said = [record.getMessage() for record in caplog.records if "switch" in record.getMessage()]
    assert len(said) == 1
    assert "2027" in said[0]


def test_a_stop_ends_waits_and_requests_at_once(vendor: Vendor) -> None:
    settings = Settings(request_timeout=30, addresses=(vendor.base,))
    client = Client(platform="acme", logins={}, default_login=None, buckets={}, settings=settings)
    waiting = vendor.answers("/waiting", status(429, Retry_After="600"))
    hanging = vendor.answers("/hanging", silent)
    ended: list[BaseException] = []

    def run(url: str) -> None:
        try:
            client.fetch(Request(url), read=as_json)
        except TapError as error:
            ended.append(error)

    threads = [threading.Thread(target=run, args=(url,)) for url in (waiting, hanging)]
    for thread in threads:
        thread.start()
    time.sleep(0.2)
    started = time.monotonic()
    client.stop()
    for thread in threads:
        thread.join(2)
    assert time.monotonic() - started < 0.5
    assert [type(error) for error in ended] == [Stopped, Stopped]


def test_a_download_appears_only_when_it_is_whole(vendor: Vendor, client: Client, tmp_path: Path) -> None:
    url = vendor.answers("/file", cut_off, status(500), body(200, b"a,b\n1,2\n"))
    target = tmp_path / "file.csv"
    answer = client.stream_to(Request(url, login="none"), path=target)
    assert target.read_bytes() == b"a,b\n1,2\n"
    assert (answer.status, answer.body) == (200, b"")
    assert list(tmp_path.iterdir()) == [target]


def test_a_refused_download_leaves_no_file(vendor: Vendor, client: Client, tmp_path: Path) -> None:
    url = vendor.answers("/file", status(403))
    with pytest.raises(VendorRefused):
        client.stream_to(Request(url), path=tmp_path / "file")
    assert list(tmp_path.iterdir()) == []


def test_a_download_may_take_longer_than_a_page_as_long_as_it_moves(vendor: Vendor, make_client, tmp_path) -> None:
    def steady(handler) -> None:
        handler.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Length: 700000\r\n\r\n")
        for _ in range(10):
            handler.wfile.write(b"x" * 70_000)
            handler.wfile.flush()
            time.sleep(0.05)

    client = make_client(settings={"request_timeout": 0.2})
    url = vendor.answers("/file", steady)
    client.stream_to(Request(url), path=tmp_path / "file")
    assert (tmp_path / "file").stat().st_size == 700_000
    assert len(vendor.asked("/file")) == 1


def test_a_full_disk_is_told_as_such(vendor: Vendor, client: Client) -> None:
    url = vendor.answers("/file", body(200, b"x" * 100_000))
    with pytest.raises(TapError, match="cannot be stored"):
        client.stream_to(Request(url), path=Path("/proc/file"))
    assert len(vendor.asked("/file")) <= 1
