"""Deliveries that the vendors' own SDKs signed or accept are taken; whatever differs from them is not."""

from __future__ import annotations

import base64
import json
import zlib
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import jwt
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID

from orchestrate.webhooks import certificate
from orchestrate.webhooks.delivery import Delivery
from orchestrate.webhooks.verify import Receiver, RefusedError, verify
from taps.engine.load import load
from taps.kinds import platforms

VECTORS: list[dict[str, Any]] = json.loads(Path(__file__).with_name("vectors.json").read_text(encoding="utf-8"))
GITHUB = {
    "platform": "github",
    "made_by": "https://docs.github.com/en/webhooks/using-webhooks/validating-webhook-deliveries",
    "at": "2026-11-26T00:00:00+00:00", "method": "POST", "url": "https://engarde.example/hooks/2",
    "headers": {"X-Hub-Signature-256": "sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17"},
    "secret": "It's a Secret to Everybody", "body": "Hello, World!",
}  # fmt: skip
EVERY = [*VECTORS, GITHUB]
TIMED = [vector for vector in EVERY if load(vector["platform"]).webhooks.verify.tolerance]  # type: ignore[union-attr]
NOW = datetime(2026, 11, 26, 12, tzinfo=UTC)


def of(vector: dict[str, Any]) -> tuple[Receiver, Delivery, datetime]:
    delivery = Delivery(vector["method"], vector["url"], vector["body"].encode(), vector["headers"])
    return Receiver(vector["platform"], [vector["secret"]], {}), delivery, datetime.fromisoformat(vector["at"])


def name(vector: dict[str, Any]) -> str:
    return f"{vector['platform']} by {vector['made_by'].partition('/')[0]}"


each = pytest.mark.parametrize("vector", EVERY, ids=name)


@each
def test_what_the_vendor_signs_is_taken(vector: dict[str, Any]) -> None:
    receiver, delivery, at = of(vector)
    verify(receiver, delivery, at)
    shouting = replace(delivery, headers={header.upper(): value for header, value in delivery.headers.items()})
    verify(receiver, shouting, at)


@each
def test_either_of_two_secrets_will_do_while_they_are_changed(vector: dict[str, Any]) -> None:
    receiver, delivery, at = of(vector)
    other = another(receiver.secrets[0])
    for secrets in ([other, receiver.secrets[0]], [receiver.secrets[0], other]):
        verify(replace(receiver, secrets=secrets), delivery, at)


def another(secret: str) -> str:
    """A secret of the same form that is another."""
    swapped = secret[-2] + secret[-1] if secret[-2] != secret[-1] else secret[-2] + "x"
    return "0" * len(secret) if set(secret) <= set("0123456789abcdef") else secret[:-2] + swapped[::-1]


def altered_body(receiver: Receiver, delivery: Delivery) -> tuple[Receiver, Delivery]:
    middle = len(delivery.body) // 2
    body = delivery.body[:middle] + bytes([delivery.body[middle] ^ 1]) + delivery.body[middle + 1 :]
    return receiver, replace(delivery, body=body)


def no_header(receiver: Receiver, delivery: Delivery) -> tuple[Receiver, Delivery]:
    body = delivery.body.replace(b"hmacSignature", b"hmacSignatura")
    return receiver, replace(delivery, headers={}, body=body)


def empty_signature(receiver: Receiver, delivery: Delivery) -> tuple[Receiver, Delivery]:
    body = delivery.body.replace(b"hmacSignature", b"hmacSignatura")
    return receiver, replace(delivery, headers=dict.fromkeys(delivery.headers, ""), body=body)


def wrong_secret(receiver: Receiver, delivery: Delivery) -> tuple[Receiver, Delivery]:
    return replace(receiver, secrets=[another(receiver.secrets[0])]), delivery


def empty_secret(receiver: Receiver, delivery: Delivery) -> tuple[Receiver, Delivery]:
    return replace(receiver, secrets=["", ""]), delivery


@each
@pytest.mark.parametrize("spoil", [altered_body, no_header, empty_signature, wrong_secret, empty_secret])
def test_what_is_spoilt_is_refused(
    vector: dict[str, Any], spoil: Callable[[Receiver, Delivery], tuple[Receiver, Delivery]]
) -> None:
    receiver, delivery, at = of(vector)
    with pytest.raises(RefusedError) as refused:
        verify(*spoil(receiver, delivery), at)
    assert receiver.secrets[0] not in str(refused.value)


@pytest.mark.parametrize("vector", TIMED, ids=name)
@pytest.mark.parametrize("away", [timedelta(minutes=6), timedelta(minutes=-6)], ids=["old", "future"])
def test_a_signature_of_another_time_is_refused(vector: dict[str, Any], away: timedelta) -> None:
    receiver, delivery, at = of(vector)
    verify(receiver, delivery, at + away / 2)
    with pytest.raises(RefusedError, match="over 300 s away"):
        verify(receiver, delivery, at + away)


def test_twilio_signs_the_address_that_it_called_and_a_sender_cannot_name_another() -> None:
    receiver, delivery, at = of(next(vector for vector in VECTORS if vector["platform"] == "twilio"))
    elsewhere = replace(delivery, url="https://engarde.example/hooks/3",
                        headers={**delivery.headers, "X-Original-Url": delivery.url})  # fmt: skip
    with pytest.raises(RefusedError):
        verify(receiver, elsewhere, at)


@pytest.mark.parametrize("body", [b"", b"MessageSid=SM1"])
def test_twilios_signature_of_an_address_is_good_for_the_body_alone_that_the_address_names(body: bytes) -> None:
    vector = next(vector for vector in VECTORS if "bodySHA256" in vector["url"])
    receiver, delivery, at = of(vector)
    with pytest.raises(RefusedError):
        verify(receiver, replace(delivery, body=body), at)


@pytest.fixture
def paypal(monkeypatch: pytest.MonkeyPatch) -> rsa.RSAPrivateKey:
    """PayPal's certificate host, with a certificate of our own."""
    key = rsa.generate_private_key(65537, 2048)
    names = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "messageverificationcerts.paypal.com")])
    made = x509.CertificateBuilder(
        names, names, key.public_key(), 1, NOW - timedelta(days=1), NOW + timedelta(days=999)
    )
    pem = made.sign(key, hashes.SHA256()).public_bytes(Encoding.PEM)
    monkeypatch.setattr(certificate, "fetched", lambda _: pem)
    certificate._certificate.cache_clear()
    return key


def paid(key: rsa.RSAPrivateKey, url: str = "https://api.paypal.com/v1/notifications/certs/CERT-1") -> Delivery:
    body = b'{"id": "WH-1", "event_type": "PAYMENT.CAPTURE.COMPLETED"}'
    signed = f"tid|{NOW.isoformat()}|WH-HOOK|{zlib.crc32(body)}".encode()
    headers = {
        "Paypal-Transmission-Id": "tid", "Paypal-Transmission-Time": NOW.isoformat(), "Paypal-Cert-Url": url,
        "Paypal-Transmission-Sig": base64.b64encode(key.sign(signed, padding.PKCS1v15(), hashes.SHA256())).decode(),
    }  # fmt: skip
    return Delivery("POST", "https://engarde.example/hooks/4", body, headers)


PAYPAL = Receiver("paypal", ["the endpoint's"], {"webhook_id": "WH-HOOK"})


def test_paypal_signs_by_a_certificate_for_one_webhook(paypal: rsa.RSAPrivateKey) -> None:
    verify(PAYPAL, paid(paypal), NOW)
    with pytest.raises(RefusedError, match="missing or wrong"):
        verify(replace(PAYPAL, settings={"webhook_id": "WH-OTHER"}), paid(paypal), NOW)
    with pytest.raises(RefusedError, match="missing or wrong"):
        verify(PAYPAL, replace(paid(paypal), body=b"{}"), NOW)


@pytest.mark.parametrize("secrets", [["the endpoint's"], []])
def test_an_endpoint_without_a_secret_takes_the_way_of_one_that_has_one(
    paypal: rsa.RSAPrivateKey, secrets: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Else the time of a refusal would tell them apart."""
    asked: list[str] = []

    def none_there(url: str) -> bytes:
        asked.append(url)
        return b""

    monkeypatch.setattr(certificate, "fetched", none_there)
    unknown = paid(paypal, "https://api.paypal.com/v1/notifications/certs/none")
    with pytest.raises(RefusedError):
        verify(replace(PAYPAL, secrets=secrets), unknown, NOW)
    assert len(asked) == 1


@each
def test_nothing_proves_a_delivery_to_an_endpoint_without_a_secret(vector: dict[str, Any]) -> None:
    receiver, delivery, at = of(vector)
    for secrets in ([], [""]):
        with pytest.raises(RefusedError):
            verify(replace(receiver, secrets=secrets), delivery, at)


@pytest.mark.parametrize(
    "url",
    [
        "https://api.paypal.com.evil.example/cert", "http://api.paypal.com/cert", "https://api.paypal.com:8443/cert",
        "https://api.paypal.com@evil.example/cert", "https://[", "file:///etc/passwd", "",
    ],
)  # fmt: skip
def test_a_certificate_from_elsewhere_is_not_even_fetched(
    paypal: rsa.RSAPrivateKey, url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(certificate, "fetched", lambda asked: pytest.fail(f"asked {asked}"))
    with pytest.raises(RefusedError, match=r"at none of api\.paypal\.com"):
        verify(PAYPAL, paid(paypal, url), NOW)


def test_monday_signs_a_token() -> None:
    secret = "a-signing-secret-of-monday-32-bytes"
    receiver = Receiver("monday", [secret], {})

    def sent(token: str) -> Delivery:
        return Delivery("POST", "https://engarde.example/hooks/5", b"{}", {"Authorization": token})

    soon = datetime.now(UTC) + timedelta(minutes=5)
    verify(receiver, sent(jwt.encode({"exp": soon}, secret, "HS256")), NOW)
    forged = [
        jwt.encode({"exp": soon}, "another-secret-of-monday-32-bytes!!", "HS256"),
        jwt.encode({"exp": datetime.now(UTC) - timedelta(minutes=5)}, secret, "HS256"),
        jwt.encode({"exp": soon}, None, "none"), "", "Bearer x.y.z",
    ]  # fmt: skip
    for token in forged:
        with pytest.raises(RefusedError):
            verify(receiver, sent(token), NOW)


def test_a_shared_token_is_compared_whole() -> None:
    receiver = Receiver("gitlab", ["glwt-1"], {})

    def sent(token: str) -> Delivery:
        return Delivery("POST", "https://engarde.example/hooks/6", b"{}", {"X-Gitlab-Token": token})

    verify(receiver, sent("glwt-1"), NOW)
    for token in ("glwt-", "glwt-11", "", "GLWT-1", "glwt-1é"):
        with pytest.raises(RefusedError):
            verify(receiver, sent(token), NOW)


def with_webhooks() -> list[str]:
    return [platform for platform in platforms("api") if load(platform).webhooks is not None]


@pytest.mark.parametrize("platform", with_webhooks())
def test_every_platform_refuses_what_nobody_signed(platform: str) -> None:
    words = load(platform).webhooks
    assert words is not None
    secret = "00" * 32 if words.verify.key in {"hex", "base64"} else "secret-of-a-test-32-bytes-long!!!"
    headers = {words.verify.header or "x": "0" * 64, words.verify.time or "y": NOW.isoformat()}
    with pytest.raises(RefusedError):
        verify(Receiver(platform, [secret], {}), Delivery("POST", "https://engarde.example/", b"{}", headers), NOW)


def test_a_platform_without_webhooks_is_refused() -> None:
    with pytest.raises(RefusedError, match="sends no webhooks"):
        verify(Receiver("amplitude", ["x"], {}), Delivery("POST", "https://engarde.example/", b"", {}), NOW)
