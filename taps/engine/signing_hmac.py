"""A vendor's own signature: an HMAC over a text made of the request's parts, put where the vendor reads it."""

import base64
import hashlib
import hmac
import secrets
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from urllib.parse import quote, urlencode, urlsplit

from taps.engine.auth import Hmac
from taps.engine.http_request import Request, with_headers, with_params
from taps.engine.references import Scope, fill_text

_TIMES: dict[str, Callable[[datetime], str]] = {
    "epoch": lambda now: str(int(now.timestamp())),
    "epoch_ms": lambda now: str(int(now.timestamp() * 1000)),
    "datetime": lambda now: now.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
}
_KEYS: dict[str, Callable[[str], bytes]] = {"text": str.encode, "hex": bytes.fromhex, "base64": base64.b64decode}


def digest(text: str, key: bytes, algorithm: str, encoding: str) -> str:
    """The HMAC of a text (RFC 2104)."""
    found = hmac.new(key, text.encode(), algorithm).digest()
    return found.hex() if encoding == "hex" else base64.b64encode(found).decode()


def sign_hmac(request: Request, auth: Hmac, scope: Scope, now: datetime, nonce: str | None = None) -> Request:
    """The request with its signature and what else goes along; the query is sent as it was signed."""
    made = {"time": _TIMES[auth.time](now), "nonce": nonce or secrets.token_hex(16)}
    early = {
        name: fill_text(text, {**scope, **made}) for name, text in auth.params.items() if "{signature}" not in text
    }
    request = replace(request, params=with_params(request.params, early))
    text = fill_text(auth.signed, {**scope, **made, **_parts(request)})
    key = _KEYS[auth.key_format](fill_text(auth.key, scope))
    made["signature"] = digest(text, key, auth.algorithm, auth.encoding)
    headers = {name: fill_text(text, {**scope, **made}) for name, text in auth.headers.items()}
    late = {name: fill_text(text, {**scope, **made}) for name, text in auth.params.items() if name not in early}
    query = urlencode([*request.params, *late.items()], quote_via=quote)
    url = f"{request.url}?{query}" if query else request.url
    return replace(request, url=url, params=(), headers=with_headers(request.headers, headers))


def _parts(request: Request) -> dict[str, object]:
    parts, body = urlsplit(request.url), request.body or b""
    query = urlencode(request.params, quote_via=quote)
    return {
        "method": request.method,
        "host": parts.netloc,
        "path": parts.path or "/",
        "query": query,
        "url": f"{request.url}?{query}" if query else request.url,
        "body": body.decode(),
        "body_sha256": hashlib.sha256(body).hexdigest(),
    }
