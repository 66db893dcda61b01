"""What Adyen does that the manifest grammar cannot say."""

import base64
import binascii
import hashlib
import hmac
import json
from collections.abc import Mapping

SIGNED = ("pspReference", "originalReference", "merchantAccountCode", "merchantReference")
"""The fields of an item that are signed, before amount, event code and success."""


def verify_items(body: bytes, headers: Mapping[str, str], secret: str) -> bool:  # noqa: ARG001 - the signature of each
    """Adyen signs every item of a delivery by itself, over eight of its fields, with a key written in hexadecimal.

    The signature stands in the item's `additionalData.hmacSignature`. True only where each item's is right; source:
    https://docs.adyen.com/development-resources/webhooks/secure-webhooks/verify-hmac-signatures
    """
    try:
        key = binascii.unhexlify(secret)
        items = [each["NotificationRequestItem"] for each in json.loads(body)["notificationItems"]]
        return bool(items) and all(_is_signed(item, key) for item in items)
    except (ValueError, KeyError, TypeError):
        return False


def _is_signed(item: Mapping[str, object], key: bytes) -> bool:
    amount = item["amount"]
    extra = item["additionalData"]
    if not isinstance(amount, Mapping) or not isinstance(extra, Mapping):
        return False
    parts = [str(item.get(name) or "") for name in SIGNED]
    parts += [str(amount["value"]), str(amount["currency"]), str(item["eventCode"]), str(item["success"])]
    text = ":".join(parts).encode()
    expected = base64.b64encode(hmac.new(key, text, hashlib.sha256).digest()).decode()
    return hmac.compare_digest(expected, str(extra["hmacSignature"]))
