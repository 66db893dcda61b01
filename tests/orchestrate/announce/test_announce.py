"""Events on their way out, on both stores: written with what they tell of, signed by the standard, sent until taken."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
import time_machine
from standardwebhooks.webhooks import Webhook, WebhookVerificationError

from orchestrate.announce import KINDS, announce
from orchestrate.announce.deliver import _LEASE, DISABLED_AFTER, WAITS, _taken, deliver
from orchestrate.announce.outbox import KEPT, clear
from orchestrate.announce.service import Announcements, AnnounceRefusedError, NoSubscriptionError
from orchestrate.connections.service import Connections
from orchestrate.store.tables import Subscription, now
from orchestrate.syncs.keeping import Keeping
from orchestrate.syncs.queue import claim
from orchestrate.syncs.service import Syncs


class Receiver(ThreadingHTTPServer):
    """Keeps what it is sent and answers with `status`."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Taker)
        self.status, self.got = 204, list[tuple[dict[str, str], bytes]]()
        self.url = f"http://127.0.0.1:{self.server_port}/events"


class _Taker(BaseHTTPRequestHandler):
    def do_POST(self) -> None:
        assert isinstance(self.server, Receiver)
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.got.append((dict(self.headers), body))
        self.send_response(self.server.status)
        self.send_header("Location", "/elsewhere")
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_: object) -> None:
        return


@pytest.fixture
def receiver(monkeypatch: pytest.MonkeyPatch) -> Iterator[Receiver]:
    server = Receiver()
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    monkeypatch.setenv("ENGARDE_ANNOUNCE_ALLOW", server.url)
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def announcements(connections: Connections) -> Announcements:
    return Announcements(connections.store, connections.vault, connections.tenant_id, "user test")


def happens(to: Announcements, kind: str = "run.finished", **body: str) -> int:
    with to.store.transaction(to.tenant_id) as session:
        return announce(session, to.tenant_id, kind, body or {"run": "r1"})


def delivered(to: Announcements) -> int:
    return deliver(to.store, to.vault, to.tenant_id)


def test_an_event_arrives_signed_as_the_official_library_wants_it(
    announcements: Announcements, receiver: Receiver
) -> None:
    _, secret = announcements.subscribe(receiver.url, ["run.finished"])
    assert happens(announcements, state="done", run="r-é") == 1
    assert happens(announcements, "conflict.found") == 0
    assert (delivered(announcements), delivered(announcements)) == (1, 0)
    [(headers, body)] = receiver.got
    told = Webhook(secret).verify(body, headers)
    assert (told["type"], told["data"]) == ("run.finished", {"state": "done", "run": "r-é"})
    assert told["timestamp"].endswith("Z") and headers["webhook-id"].startswith("msg_")
    with pytest.raises(WebhookVerificationError):
        Webhook(secret).verify(body.replace(b"done", b"dome"), headers)
    [sent] = announcements.sent(10)
    assert (sent.state, sent.attempts, sent.said) == ("delivered", 1, "answered 204")


def test_what_is_taken_back_is_not_told(announcements: Announcements, receiver: Receiver) -> None:
    announcements.subscribe(receiver.url, list(KINDS))
    with pytest.raises(RuntimeError), announcements.store.transaction(announcements.tenant_id) as session:
        announce(session, announcements.tenant_id, "run.finished", {})
        raise RuntimeError
    assert delivered(announcements) == 0 and receiver.got == []
    with pytest.raises(ValueError, match=r"run\.ended"):
        happens(announcements, "run.ended")


def test_an_address_that_fails_is_tried_again_ever_later_and_at_last_disabled(
    announcements: Announcements, receiver: Receiver
) -> None:
    shown, _ = announcements.subscribe(receiver.url, ["run.finished"])
    receiver.status = 302  # redirects are not followed
    with time_machine.travel(now(), tick=False) as clock:
        happens(announcements)
        assert (delivered(announcements), delivered(announcements)) == (1, 0)
        for wait in WAITS:
            clock.shift(wait - timedelta(seconds=1))
            assert delivered(announcements) == 0
            clock.shift(1)
            assert delivered(announcements) == 1
        [sent] = announcements.sent(10)
        assert (sent.state, sent.attempts, sent.said) == ("dead", 10, "answered 302")
        assert len({headers["webhook-id"] for headers, _ in receiver.got}) == 1
        assert announcements.show(shown.id).enabled
        clock.shift(DISABLED_AFTER)
        happens(announcements)
        delivered(announcements)
        disabled = announcements.show(shown.id)
        assert (disabled.enabled, disabled.reason) == (False, "the last event was not taken: answered 302")
        assert happens(announcements) == 0
        receiver.status = 200
        announcements.enable(shown.id)
        announcements.send_again(sent.id)
        assert delivered(announcements) == 1
        assert announcements.show(shown.id).failing_since is None
        assert {each.state for each in announcements.sent(10) if each.id == sent.id} == {"delivered"}


def test_an_address_that_is_gone_is_disabled_at_once(announcements: Announcements, receiver: Receiver) -> None:
    shown, _ = announcements.subscribe(receiver.url, ["run.finished"])
    receiver.status = 410
    happens(announcements)
    happens(announcements)
    delivered(announcements)
    assert not announcements.show(shown.id).enabled
    assert len(receiver.got) == 1
    assert delivered(announcements) == 0
    assert {each.state for each in announcements.sent(10)} == {"dead"}


def test_what_a_killed_worker_had_taken_is_sent_by_the_next(announcements: Announcements, receiver: Receiver) -> None:
    announcements.subscribe(receiver.url, ["run.finished"])
    happens(announcements)
    assert _taken(announcements.store, announcements.vault, announcements.tenant_id) is not None
    assert delivered(announcements) == 0
    with time_machine.travel(now() + _LEASE):
        assert delivered(announcements) == 1


def test_while_a_secret_is_changed_both_verify(announcements: Announcements, receiver: Receiver) -> None:
    shown, first = announcements.subscribe(receiver.url, ["run.finished"])
    second = announcements.change_secret(shown.id)
    happens(announcements)
    delivered(announcements)
    for secret in (first, second):
        Webhook(secret).verify(receiver.got[0][1], receiver.got[0][0])
    with time_machine.travel(now() + timedelta(days=1, seconds=1)):
        happens(announcements)
        delivered(announcements)
        headers, body = receiver.got[1]
        Webhook(second).verify(body, headers)
        with pytest.raises(WebhookVerificationError):
            Webhook(first).verify(body, headers)


@pytest.mark.parametrize(
    "url",
    [
        "http://example.com/", "https://127.0.0.1/x", "https://[::1]/", "https://10.0.0.1/", "https://169.254.169.254/",
        "https://[::ffff:127.0.0.1]/", "file:///etc/passwd", "ftp://example.com/", "https://user:pw@example.com/", "x",
        "https://",
    ],
)  # fmt: skip
def test_an_address_inside_is_refused(announcements: Announcements, url: str) -> None:
    with pytest.raises(AnnounceRefusedError, match="cannot be sent there"):
        announcements.subscribe(url, ["run.finished"])
    assert announcements.part(10) == []


def test_a_name_that_leads_inside_is_not_connected_to(
    announcements: Announcements, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    announcements.subscribe(f"https://localtest.example:{receiver.server_port}/", ["run.finished"])
    found = [(2, 1, 6, "", ("127.0.0.1", receiver.server_port))]
    monkeypatch.setattr("socket.getaddrinfo", lambda *_, **__: found)
    happens(announcements)
    delivered(announcements)
    monkeypatch.undo()
    [sent] = announcements.sent(10)
    assert sent.said == "localtest.example leads to a loopback address"
    assert receiver.got == []


def test_another_tenants_subscriptions_are_unknown(announcements: Announcements, receiver: Receiver) -> None:
    shown, secret = announcements.subscribe(receiver.url, ["run.finished"])
    happens(announcements)
    [sent] = announcements.sent(1)
    other = Announcements(
        announcements.store, announcements.vault, announcements.store.tenant("stranger"), "user stranger"
    )
    assert other.part(10) == [] and other.sent(10) == [] and delivered(other) == 0
    assert happens(other) == 0
    for ask in (other.show, other.enable, other.change_secret, other.remove):
        with pytest.raises(NoSubscriptionError):
            ask(shown.id)
    with pytest.raises(NoSubscriptionError):
        other.send_again(sent.id)
    with announcements.store.transaction(announcements.tenant_id) as session:
        row = session.get_one(Subscription, (announcements.tenant_id, shown.id))
        assert secret.encode() not in row.sealed and json.loads(
            announcements.vault.unseal(session, row.place, row.sealed)
        ) == [secret]


def test_a_run_that_ends_is_told_of(announcements: Announcements, connections: Connections, receiver: Receiver) -> None:
    announcements.subscribe(receiver.url, ["run.finished"])
    connections.add("hubspot", "main", {"access_token": "pat-canary-1"})
    run = Syncs(connections.store, connections.tenant_id, "user test").trigger("main")
    claimed = claim(connections.store)
    assert claimed is not None
    Keeping(connections.store, claimed).end("failed", "the vendor is away", {})
    assert delivered(announcements) == 1
    assert json.loads(receiver.got[0][1])["data"] == {
        "run": run, "connection": "main", "platform": "hubspot", "cause": "person", "status": "failed",
        "reason": "the vendor is away",
    }  # fmt: skip


def test_old_announcements_are_dropped_and_those_that_wait_are_not(
    announcements: Announcements, receiver: Receiver
) -> None:
    announcements.subscribe(receiver.url, ["run.finished"])
    happens(announcements)
    delivered(announcements)
    happens(announcements)
    with time_machine.travel(now() + KEPT + timedelta(seconds=1)):
        assert clear(announcements.store, announcements.tenant_id) == 1
    assert [each.state for each in announcements.sent(10)] == ["waiting"]
