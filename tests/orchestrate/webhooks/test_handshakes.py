"""First questions of vendors, by the words of their manifests: answered as asked, and no way in for anybody else."""

from __future__ import annotations

import hmac
import json

from fastapi.testclient import TestClient
from sqlalchemy import text

from orchestrate.api.app import create_app
from orchestrate.connections.service import Connections
from orchestrate.store.tables import PlatformConnection, new_id
from orchestrate.webhooks.delivery import Delivery
from orchestrate.webhooks.endpoints import ShownWebhook, place_of
from orchestrate.webhooks.handshake import Answer, handshake
from orchestrate.webhooks.reading import words_of
from orchestrate.webhooks.receiver import Endpoint
from orchestrate.webhooks.verify import Receiver
from tests.orchestrate.webhooks.deliveries import path_of, webhooks_of


def endpoint(connections: Connections, platform: str) -> tuple[ShownWebhook, Endpoint]:
    with connections.store.transaction(connections.tenant_id) as session:
        row = PlatformConnection(tenant_id=connections.tenant_id, id=new_id(), platform=platform, name=platform)
        session.add(row)
    shown = webhooks_of(connections).add(platform)
    place = place_of(shown.address.rpartition("/")[2])
    assert place is not None
    return shown, Endpoint(*place, shown.address, Receiver(platform, [], {}))


def asked(connections: Connections, platform: str, at: Endpoint | None, delivery: Delivery) -> Answer | None:
    words = words_of(platform)
    assert words is not None
    return handshake(connections.store, connections.vault, words, at, delivery)


def test_asana_tells_the_secret_once_and_hears_it_again(connections: Connections) -> None:
    shown, at = endpoint(connections, "asana")
    first = Delivery("POST", "", b"", {"x-hook-secret": "made-by-asana"})
    assert asked(connections, "asana", None, first) is None
    answer = asked(connections, "asana", at, first)
    assert answer is not None and dict(answer.headers) == {"X-Hook-Secret": "made-by-asana"}
    assert webhooks_of(connections).show(shown.id).secrets == 1
    assert asked(connections, "asana", at, Delivery("POST", "", b"", {"X-Hook-Secret": "made-by-a-thief"})) is None
    assert webhooks_of(connections).show(shown.id).secrets == 1
    assert asked(connections, "asana", at, Delivery("POST", "", b"{}", {})) is None


def test_a_question_in_the_body_is_answered_with_its_value_and_no_more(connections: Connections) -> None:
    for platform, question in (
        ("slack", {"type": "url_verification", "challenge": "c-1"}),
        ("monday", {"challenge": "c-1"}),
    ):
        answer = asked(connections, platform, None, Delivery("POST", "", json.dumps(question).encode(), {}))
        assert answer is not None and answer.json == {"challenge": "c-1"}
        for other in (b"{}", b"[]", b"x", b'{"type": "event_callback", "challenge": 7}'):
            assert asked(connections, platform, None, Delivery("POST", "", other, {})) is None


def test_a_code_for_a_person_to_type_is_shown_with_its_address(connections: Connections) -> None:
    shown, at = endpoint(connections, "clover")
    assert webhooks_of(connections).show(shown.id).code is None
    for code in ("ce7643c1-83ea-4218-abe6-000000000001", "ce7643c1-83ea-4218-abe6-000000000002"):
        question = Delivery("POST", "", json.dumps({"verificationCode": code}).encode(), {})
        assert asked(connections, "clover", at, question) == asked(connections, "clover", None, question) == Answer()
        assert webhooks_of(connections).show(shown.id).code == code
    for other in ("<b>code</b>", "", 7, "x" * 101):
        question = Delivery("POST", "", json.dumps({"verificationCode": other}).encode(), {})
        assert asked(connections, "clover", at, question) is None
    assert webhooks_of(connections).show(shown.id).code == "ce7643c1-83ea-4218-abe6-000000000002"


def test_notions_code_is_its_secret_too_and_no_more_shown_once_it_proved_a_delivery(connections: Connections) -> None:
    client = TestClient(create_app(connections.store, connections.vault))
    shown, _ = endpoint(connections, "notion")

    def send(body: bytes, secret: str = "") -> int:
        proof = {"X-Notion-Signature": f"sha256={hmac.digest(secret.encode(), body, 'sha256').hex()}"} if secret else {}
        return client.post(path_of(shown), content=body, headers=proof).status_code

    def code() -> tuple[str | None, int]:
        now = webhooks_of(connections).show(shown.id)
        return now.code, now.secrets

    for each in ("secret_first", "secret_second"):
        assert send(json.dumps({"verification_token": each}).encode()) == 200
        assert code() == (each, 1), "who asks Notion to send it again gets another"
    with connections.store.transaction(connections.tenant_id) as session:
        assert "secret_second" not in str(session.execute(text("SELECT * FROM platform_webhooks")).all())
    assert send(b'{"id": "e", "type": "page.moved"}', "secret_first") == 401
    assert send(b'{"id": "e", "type": "page.moved"}', "secret_second") == 200
    assert send(b'{"verification_token": "secret_of_a_thief"}') == 200
    assert code() == (None, 1) and send(b'{"id": "f", "type": "page.moved"}', "secret_of_a_thief") == 401


def test_a_body_too_large_for_a_question_is_not_read_before_it_is_proved(connections: Connections) -> None:
    question = {"type": "url_verification", "challenge": "c-1", "padding": "x" * 20_000}
    assert asked(connections, "slack", None, Delivery("POST", "", json.dumps(question).encode(), {})) is None


def test_a_question_in_the_query_is_answered_as_text(connections: Connections) -> None:
    for platform in ("facebook", "meta_ads"):
        query = "?hub.mode=subscribe&hub.verify_token=any&hub.challenge=1158201444"
        answer = asked(connections, platform, None, Delivery("GET", query, b"", {}))
        assert answer is not None and (answer.text, answer.json) == ("1158201444", None)
        other = "?hub.mode=unsubscribe&hub.challenge=1"
        assert asked(connections, platform, None, Delivery("GET", other, b"", {})) is None
