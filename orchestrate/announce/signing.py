"""Secrets and signatures as Standard Webhooks has them.

https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md
"""

from __future__ import annotations

import base64
import hmac
import secrets
from collections.abc import Sequence
from datetime import datetime

_PREFIX = "whsec_"
_BYTES = 32


def new_secret() -> str:
    """A secret for one address, which is told it once."""
    return _PREFIX + base64.b64encode(secrets.token_bytes(_BYTES)).decode()


def headers(message: str, at: datetime, body: bytes, with_secrets: Sequence[str]) -> dict[str, str]:
    """The headers of one attempt: a signature for every secret, so that the receiver may still know the old one."""
    second = str(int(at.timestamp()))
    signed = f"{message}.{second}.".encode() + body
    given = [hmac.digest(base64.b64decode(each.removeprefix(_PREFIX)), signed, "sha256") for each in with_secrets]
    return {
        "webhook-id": message,
        "webhook-timestamp": second,
        "webhook-signature": " ".join(f"v1,{base64.b64encode(each).decode()}" for each in given),
    }
