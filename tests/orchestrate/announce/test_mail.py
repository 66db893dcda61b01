"""Events by mail: what arrives, what is tried again, to whom none is sent, and that no password goes in the open."""

from __future__ import annotations

import os
from collections.abc import Iterator
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult

from orchestrate.announce import announce
from orchestrate.announce.deliver import deliver
from orchestrate.announce.service import Announcements, AnnounceRefusedError
from orchestrate.connections.service import Connections
from tests.orchestrate.stores import somebody
from tests.servers import free_port


class Box:
    """Keeps what it is sent, answers with `answer`, and notes logins that were tried."""

    def __init__(self) -> None:
        self.answer, self.got, self.logins = "250 OK", list[tuple[list[str], EmailMessage]](), 0

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Any) -> str:
        read = message_from_bytes(envelope.content, policy=policy.default)
        assert isinstance(read, EmailMessage)
        self.got.append((envelope.rcpt_tos, read))
        return self.answer

    def login(self, *_: Any) -> AuthResult:
        self.logins += 1
        return AuthResult(success=True)


@pytest.fixture
def box(monkeypatch: pytest.MonkeyPatch) -> Iterator[Box]:
    """A mail server without TLS."""
    found, port = Box(), free_port()
    server = Controller(
        found, "127.0.0.1", port, auth_require_tls=False, authenticator=found.login, auth_required=False,
    )  # fmt: skip
    server.start()
    monkeypatch.setenv("ENGARDE_SMTP", f"smtp://127.0.0.1:{port}")
    monkeypatch.setenv("ENGARDE_MAIL_FROM", "EnGarde <engarde@example.com>")
    monkeypatch.setenv("ENGARDE_URL", "https://engarde.example.com")
    yield found
    server.stop()


@pytest.fixture
def announcements(connections: Connections) -> Announcements:
    return Announcements(connections.store, connections.vault, connections.tenant_id, "user test")


def happens(to: Announcements, kind: str, **body: object) -> int:
    with to.store.transaction(to.tenant_id) as session:
        announce(session, to.tenant_id, kind, body)
    return deliver(to.store, to.vault, to.tenant_id)


def test_an_event_arrives_with_what_happened_and_where_it_is_mended(announcements: Announcements, box: Box) -> None:
    shown, secret = announcements.subscribe("ops@example.com", ["connection.broken", "run.finished"])
    assert (shown.url, secret) == ("mailto:ops@example.com", "")
    broken = {"connection": "main", "platform": "stripe", "status": "reconnect", "reason": "the key\r\nBcc: x@y.zz"}
    assert happens(announcements, "connection.broken", **broken) == 1
    assert happens(announcements, "run.finished", run="r1", connection=None, cause="decision", status="done") == 1
    (to, mail), (_, other) = box.got
    assert (to, mail["Subject"]) == (["ops@example.com"], "EnGarde: main no longer works")
    assert mail["Bcc"] is None and mail["Auto-Submitted"] == "auto-generated"
    assert "reason: the key" in mail.get_content()
    assert "https://engarde.example.com/connections/main/login" in mail.get_content()
    assert other["Subject"] == "EnGarde: Sync of decision: done" and "/runs/r1" in other.get_content()
    assert {each.state for each in announcements.sent(10)} == {"delivered"}


def test_what_the_server_does_not_take_is_sent_again_later(announcements: Announcements, box: Box) -> None:
    announcements.subscribe("mailto:ops@example.com", ["conflict.found"])
    box.answer = "451 later"
    assert happens(announcements, "conflict.found", run="r1", pairs=3, first=["a"]) == 1
    [sent] = announcements.sent(10)
    assert (sent.state, sent.said) == ("waiting", "the mail server answered 451")
    box.answer = "250 OK"
    announcements.send_again(sent.id)
    assert deliver(announcements.store, announcements.vault, announcements.tenant_id) == 1
    assert box.got[-1][1]["Subject"] == "EnGarde: 3 new pairs wait for review"
    assert box.got[0][1]["Message-ID"] == box.got[1][1]["Message-ID"]


def test_a_password_is_not_sent_without_tls(
    announcements: Announcements, box: Box, monkeypatch: pytest.MonkeyPatch
) -> None:
    announcements.subscribe("ops@example.com", ["run.finished"])
    monkeypatch.setenv("ENGARDE_SMTP", os.environ["ENGARDE_SMTP"].replace("//", "//me:canary-77@"))
    assert happens(announcements, "run.finished", run="r1", status="done") == 1
    [sent] = announcements.sent(10)
    assert sent.state == "waiting" and "offers no TLS" in str(sent.said) and "canary" not in str(sent.said)
    assert (box.logins, box.got) == (0, [])


def test_what_is_no_e_mail_address_is_refused(announcements: Announcements, box: Box) -> None:
    for url in ("mailto:", "mailto:a b@x.de", "mailto:a@x.de?bcc=b@y.de", "a@x.de,b@y.de", "mailto:a@x"):
        with pytest.raises(AnnounceRefusedError, match="no e-mail address"):
            announcements.subscribe(url, ["run.finished"])


def test_without_a_server_and_to_strangers_no_mail_is_sent(
    announcements: Announcements, box: Box, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ENGARDE_HOSTED", "1")
    somebody(announcements.store, announcements.tenant_id, "ada@example.com", "viewer")
    with pytest.raises(AnnounceRefusedError, match="invite them first"):
        announcements.subscribe("stranger@example.com", ["run.finished"])
    mine = announcements.subscribe("Ada@example.com", ["run.finished"])[0]
    with pytest.raises(AnnounceRefusedError, match="has no secret"):
        announcements.change_secret(mine.id)
    monkeypatch.delenv("ENGARDE_SMTP")
    with pytest.raises(AnnounceRefusedError, match="sends no mail; whoever runs it sets ENGARDE_SMTP"):
        announcements.subscribe("ada@example.com", ["run.finished"])
