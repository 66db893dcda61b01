"""Deliveries as the vendors' official SDKs sign them, or accept them where an SDK only verifies.

`make webhook-vectors` installs the SDKs apart and writes vectors.json, each version in it. The secrets are made up.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import sys
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

AT = int(time.time())
URL = "https://engarde.example/hooks/1?source=shop"
BODY = json.dumps({"id": "evt_1", "type": "order.paid", "name": "Zoë \U0001f600", "amount": 12.5}, ensure_ascii=False)
SECRET = "s3cret-of-a-test"
Vector = dict[str, Any]


def _vector(
    platform: str, package: str, headers: dict[str, str], secret: str = SECRET, body: str = BODY, url: str = URL
) -> Vector:
    at = datetime.fromtimestamp(AT, UTC).isoformat()
    return {
        "platform": platform, "made_by": f"{package} {version(package)}", "at": at,
        "method": "POST", "url": url, "headers": headers, "secret": secret, "body": body,
    }  # fmt: skip


def _hmac(text: str, name: str = "sha256", secret: str = SECRET) -> bytes:
    return hmac.new(secret.encode(), text.encode(), name).digest()


def stripe() -> Iterator[Vector]:
    from stripe import WebhookSignature

    header = f"t={AT},v1={'0' * 64},v1={_hmac(f'{AT}.{BODY}').hex()},v0=ignored"
    assert WebhookSignature.verify_header(BODY, header, SECRET, tolerance=300)
    yield _vector("stripe", "stripe", {"Stripe-Signature": header})


def slack() -> Iterator[Vector]:
    from slack_sdk.signature import SignatureVerifier

    signature = SignatureVerifier(SECRET).generate_signature(timestamp=str(AT), body=BODY)
    assert signature
    yield _vector("slack", "slack-sdk", {"X-Slack-Signature": signature, "X-Slack-Request-Timestamp": str(AT)})


def twilio() -> Iterator[Vector]:
    from twilio.request_validator import RequestValidator

    fields = {"MessageSid": "SM1", "Body": "Zoë & co", "From": "+15005550006", "Empty": ""}
    signature = RequestValidator(SECRET).compute_signature(URL, fields)
    yield _vector("twilio", "twilio", {"X-Twilio-Signature": signature}, body=urlencode(fields))
    body = f"[{BODY}]"
    url = f"{URL}&bodySHA256={RequestValidator(SECRET).compute_hash(body)}"
    signature = RequestValidator(SECRET).compute_signature(url, {})
    assert RequestValidator(SECRET).validate(url, body, signature)
    yield _vector("twilio", "twilio", {"X-Twilio-Signature": signature}, body=body, url=url)


def make() -> Iterator[Vector]:
    from standardwebhooks import Webhook

    secret = "whsec_" + base64.b64encode(b"twenty-four bytes of key").decode()
    signature = Webhook(secret).sign("msg_1", datetime.fromtimestamp(AT, UTC), BODY)
    headers = {"webhook-id": "msg_1", "webhook-timestamp": str(AT), "webhook-signature": f"v1,{'A' * 44} {signature}"}
    yield _vector("make", "standardwebhooks", headers, secret)


def razorpay() -> Iterator[Vector]:
    from razorpay import Client

    signature = _hmac(BODY).hex()
    assert Client(auth=("id", "key")).utility.verify_webhook_signature(BODY, signature, SECRET)
    yield _vector("razorpay", "razorpay", {"X-Razorpay-Signature": signature})


def sendgrid() -> Iterator[Vector]:
    from cryptography.hazmat.primitives.asymmetric import ec
    from cryptography.hazmat.primitives.hashes import SHA256
    from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
    from sendgrid.helpers.eventwebhook import EventWebhook

    key = ec.generate_private_key(ec.SECP256R1())
    public = base64.b64encode(key.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)).decode()
    signature = base64.b64encode(key.sign(f"{AT}{BODY}".encode(), ec.ECDSA(SHA256()))).decode()
    hook = EventWebhook()
    assert hook.verify_signature(BODY, signature, str(AT), hook.convert_public_key_to_ecdsa(public))
    headers = {"X-Twilio-Email-Event-Webhook-Signature": signature, "X-Twilio-Email-Event-Webhook-Timestamp": str(AT)}
    yield _vector("sendgrid", "sendgrid", headers, public)


def square() -> Iterator[Vector]:
    from square.utils.webhooks_helper import verify_signature

    signature = base64.b64encode(_hmac(URL + BODY)).decode()
    assert verify_signature(request_body=BODY, signature_header=signature, signature_key=SECRET, notification_url=URL)
    for platform in ("square", "square_pos"):
        yield _vector(platform, "squareup", {"X-Square-HmacSha256-Signature": signature})


def adyen() -> Iterator[Vector]:
    from Adyen.util import generate_notification_sig, is_valid_hmac_notification

    key = hashlib.sha256(SECRET.encode()).hexdigest()
    item = {
        "pspReference": "7914073381342284", "originalReference": "", "merchantAccountCode": "Acme",
        "merchantReference": "order 1", "amount": {"value": 1130, "currency": "EUR"}, "eventCode": "AUTHORISATION",
        "success": "true",
    }  # fmt: skip
    made = generate_notification_sig(dict(item), key)
    item["additionalData"] = {"hmacSignature": made.decode() if isinstance(made, bytes) else made}
    body = json.dumps({"live": "false", "notificationItems": [{"NotificationRequestItem": item}]})
    assert is_valid_hmac_notification(json.loads(json.dumps(item)), key)
    yield _vector("adyen", "Adyen", {}, key, body)


def hubspot() -> Iterator[Vector]:
    from hubspot.utils.signature import Signature

    at = str(AT * 1000)
    signature = Signature.get_signature(SECRET, BODY, "v3", http_uri=URL, http_method="POST", timestamp=at)
    yield _vector(
        "hubspot", "hubspot-api-client", {"X-HubSpot-Signature-v3": signature, "X-HubSpot-Request-Timestamp": at}
    )


MAKERS: list[Callable[[], Iterator[Vector]]] = [
    stripe, slack, twilio, make, razorpay, sendgrid, square, adyen, hubspot,
]  # fmt: skip


if __name__ == "__main__":
    vectors = [vector for maker in MAKERS for vector in maker()]
    Path(__file__).with_name("vectors.json").write_text(json.dumps(vectors, indent=1) + "\n", encoding="utf-8")
    sys.stdout.write(f"{len(vectors)} deliveries\n")
