"""OAuth 1.0a signatures (RFC 5849) in the Authorization header."""

import base64
import hashlib
import hmac
from dataclasses import replace
from typing import Any
from urllib.parse import quote, urlencode

from authlib.oauth1.rfc5849.client_auth import ClientAuth
from authlib.oauth1.rfc5849.signature import generate_signature_base_string

from taps.engine.http_request import Request, with_headers

_FORM = "application/x-www-form-urlencoded"


def _hmac_sha256(client: Any, request: Any) -> str:
    """As HMAC-SHA1 (RFC 5849, 3.4.2) with SHA-256, which NetSuite asks for and authlib lacks."""
    key = "&".join(quote(secret or "", safe="~") for secret in (client.client_secret, client.token_secret))
    digest = hmac.new(key.encode(), generate_signature_base_string(request).encode(), hashlib.sha256).digest()
    return base64.b64encode(digest).decode()


ClientAuth.register_signature_method("HMAC-SHA256", _hmac_sha256)


def sign_oauth1(request: Request, client: ClientAuth) -> Request:
    """The request with its OAuth header; form fields are part of the signature, other bodies are not."""
    headers = dict(request.headers)
    url = f"{request.url}?{urlencode(request.params, quote_via=quote)}" if request.params else request.url
    kind = next((value for name, value in headers.items() if name.lower() == "content-type"), "")
    form = (request.body or b"").decode() if kind.startswith(_FORM) else b""
    signing = {"Content-Type": _FORM} if form else {}
    _, signed, _ = client.sign(request.method, url, signing, form)
    return replace(request, headers=with_headers(headers, {"Authorization": signed["Authorization"]}))
