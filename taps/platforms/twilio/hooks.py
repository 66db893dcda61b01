"""What Twilio does that the manifest cannot say."""

import base64
import hashlib
import hmac
from collections.abc import Mapping
from urllib.parse import parse_qs, parse_qsl, urlsplit


def verify(body: bytes, headers: Mapping[str, str], secret: str) -> bool:
    """Twilio signs the address and every form field, sorted by name, with no sign between them (HMAC-SHA1, base64).

    A body that is no form (Event Streams) is signed by its SHA-256, which stands in the address as `bodySHA256`.
    The address that Twilio called is expected in the header `X-Original-Url`, which the receiver sets, because a proxy
    may have changed it: https://www.twilio.com/docs/usage/webhooks/webhooks-security and
    https://www.twilio.com/docs/api/errors/57012
    """
    text = headers.get("X-Original-Url", "")
    digests = parse_qs(urlsplit(text).query).get("bodySHA256", [])
    if not digests:
        text += "".join(name + value for name, value in sorted(parse_qsl(body.decode(), keep_blank_values=True)))
    elif digests != [hashlib.sha256(body).hexdigest()]:
        return False
    made = base64.b64encode(hmac.new(secret.encode(), text.encode(), hashlib.sha1).digest()).decode()
    return hmac.compare_digest(made, headers.get("X-Twilio-Signature", ""))
