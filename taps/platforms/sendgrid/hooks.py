"""What SendGrid does that the manifest cannot say."""

import base64
from collections.abc import Mapping

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import load_der_public_key


def verify(body: bytes, headers: Mapping[str, str], secret: str) -> bool:
    """SendGrid signs time and body with ECDSA on P-256; `secret` is the public key that its settings show.

    https://www.twilio.com/docs/sendgrid/for-developers/tracking-events/getting-started-event-webhook-security-features
    """
    signed = headers.get("X-Twilio-Email-Event-Webhook-Timestamp", "").encode() + body
    signature = base64.b64decode(headers.get("X-Twilio-Email-Event-Webhook-Signature", ""))
    key = load_der_public_key(base64.b64decode(secret))
    if not isinstance(key, ec.EllipticCurvePublicKey):
        return False
    try:
        key.verify(signature, signed, ec.ECDSA(hashes.SHA256()))
    except InvalidSignature:
        return False
    return True
