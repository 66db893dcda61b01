"""What Toast does that the manifest grammar cannot say."""

import base64
import binascii
import hashlib
import hmac
import json
from collections.abc import Mapping


def verify_message(body: bytes, headers: Mapping[str, str], secret: str) -> bool:
    """Toast signs a delivery's body followed by the timestamp that stands inside that body.

    The header `Toast-Signature` is the HMAC-SHA256 of the two, in base64; source:
    https://doc.toasttab.com/doc/devguide/apiMessageSigning.html
    """
    given = next((value for name, value in headers.items() if name.lower() == "toast-signature"), "")
    try:
        signed = body + str(json.loads(body)["timestamp"]).encode()
        signature = base64.b64decode(given, validate=True)
    except (ValueError, KeyError, TypeError, binascii.Error):
        return False
    return hmac.compare_digest(hmac.new(secret.encode(), signed, hashlib.sha256).digest(), signature)
