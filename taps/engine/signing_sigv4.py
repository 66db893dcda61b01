"""AWS Signature Version 4 (docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html)."""

import hashlib
import hmac
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from urllib.parse import quote, unquote, urlsplit

from taps.engine.http_request import Request, with_headers

_ALGORITHM = "AWS4-HMAC-SHA256"


@dataclass(frozen=True, slots=True)
class Keys:
    """An AWS key pair and what it signs for."""

    access_key: str
    secret_key: str = field(repr=False)
    region: str
    service: str
    session_token: str | None = field(default=None, repr=False)


def _hmac(key: bytes, text: str) -> bytes:
    return hmac.new(key, text.encode(), hashlib.sha256).digest()


def _canonical_path(path: str, service: str) -> str:
    """S3 signs the path as it is sent; every other service one encoding further and with `.` and `..` resolved."""
    if service == "s3":
        return quote(unquote(path or "/"), safe="/-_.~")
    parts: list[str] = []
    for part in path.split("/"):
        if part == "..":
            del parts[-1:]
        elif part not in ("", "."):
            parts.append(quote(part, safe="-_.~"))
    slash = "/" if parts and path.endswith("/") else ""
    return "/" + "/".join(parts) + slash


def _canonical_query(params: tuple[tuple[str, str], ...]) -> str:
    encoded = sorted((quote(name, safe="-_.~"), quote(value, safe="-_.~")) for name, value in params)
    return "&".join(f"{name}={value}" for name, value in encoded)


def canonical_request(request: Request, headers: dict[str, str], service: str) -> tuple[str, str]:
    """The canonical request and the names of its signed headers."""
    by_name: dict[str, str] = {}
    for name, value in headers.items():
        by_name[name.lower()] = " ".join(value.split())
    names = ";".join(sorted(by_name))
    lines = [
        request.method,
        _canonical_path(urlsplit(request.url).path, service),
        _canonical_query(request.params),
        *(f"{name}:{by_name[name]}" for name in sorted(by_name)),
        "",
        names,
        hashlib.sha256(request.body or b"").hexdigest(),
    ]
    return "\n".join(lines), names


def sign_sigv4(request: Request, keys: Keys, now: datetime) -> Request:
    """The request with its signature in the Authorization header; `now` in UTC, which AWS allows to be 5 min off."""
    stamp = now.astimezone(UTC).strftime("%Y%m%dT%H%M%SZ")
    parts = urlsplit(request.url)
    default = {"https": 443, "http": 80}.get(parts.scheme)
    host = parts.hostname or ""
    more = {"Host": host if parts.port in (None, default) else f"{host}:{parts.port}", "X-Amz-Date": stamp}
    if keys.session_token:
        more["X-Amz-Security-Token"] = keys.session_token
    if keys.service == "s3":
        more["X-Amz-Content-Sha256"] = hashlib.sha256(request.body or b"").hexdigest()
    headers = with_headers(request.headers, more)
    canonical, names = canonical_request(request, headers, keys.service)
    scope = f"{stamp[:8]}/{keys.region}/{keys.service}/aws4_request"
    to_sign = "\n".join([_ALGORITHM, stamp, scope, hashlib.sha256(canonical.encode()).hexdigest()])
    key = f"AWS4{keys.secret_key}".encode()
    for part in scope.split("/"):
        key = _hmac(key, part)
    signature = _hmac(key, to_sign).hex()
    credential = f"{keys.access_key}/{scope}"
    headers["Authorization"] = f"{_ALGORITHM} Credential={credential}, SignedHeaders={names}, Signature={signature}"
    query = _canonical_query(request.params)  # sent exactly as signed
    return replace(request, url=f"{request.url}?{query}" if query else request.url, params=(), headers=headers)
