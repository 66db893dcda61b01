"""OAuth 1.0a signatures (RFC 5849) in the Authorization header."""

import base64
import hmac
import secrets
import time
from dataclasses import dataclass, field, replace
from typing import Literal
from urllib.parse import parse_qsl, quote

from authlib.oauth1.rfc5849.parameters import prepare_headers
from authlib.oauth1.rfc5849.signature import construct_base_string

from taps.engine.http_request import Request, with_headers

_FORM = "application/x-www-form-urlencoded"


@dataclass(frozen=True, slots=True)
class Keys:
    """A consumer's and a token's key pair."""

    consumer_key: str
    consumer_secret: str = field(repr=False)
    token: str | None = None
    token_secret: str | None = field(default=None, repr=False)
    realm: str | None = None
    method: Literal["HMAC-SHA256", "HMAC-SHA1"] = "HMAC-SHA256"


def _escape(text: str) -> str:
    return quote(text, safe="~")


def signature(request: Request, keys: Keys, oauth: dict[str, str]) -> str:
    """The signature over method, address, query, form fields and OAuth parameters (RFC 5849, 3.4).

    Other bodies are not part of it.
    """
    kind = next((value for name, value in request.headers.items() if name.lower() == "content-type"), "")
    form = parse_qsl((request.body or b"").decode(), keep_blank_values=True) if kind.startswith(_FORM) else []
    signed = [*request.params, *form, *((name, _escape(value)) for name, value in oauth.items())]  # authlib unescapes
    text = construct_base_string(request.method, request.url, signed)
    key = f"{_escape(keys.consumer_secret)}&{_escape(keys.token_secret or '')}"
    digest = {"HMAC-SHA256": "sha256", "HMAC-SHA1": "sha1"}[keys.method]
    return base64.b64encode(hmac.new(key.encode(), text.encode(), digest).digest()).decode()


def sign_oauth1(request: Request, keys: Keys, *, nonce: str | None = None, timestamp: int | None = None) -> Request:
    """The request with its OAuth header; nonce and time are made anew for every try."""
    oauth = {
        "oauth_nonce": nonce or secrets.token_hex(16),
        "oauth_timestamp": str(timestamp if timestamp is not None else int(time.time())),
        "oauth_version": "1.0",
        "oauth_signature_method": keys.method,
        "oauth_consumer_key": keys.consumer_key,
    }
    if keys.token:
        oauth["oauth_token"] = keys.token
    oauth["oauth_signature"] = signature(request, keys, oauth)
    headers = prepare_headers(list(oauth.items()), realm=keys.realm)
    return replace(request, headers=with_headers(request.headers, headers))
