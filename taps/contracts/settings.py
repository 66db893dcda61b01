"""Settings with which a tap can run although nobody has an account: a value for each option that it would accept."""

import re
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any

from taps.descriptions.patterns import text_for
from taps.engine.auth import Auth, Jwt
from taps.engine.auth_choice import options_of
from taps.engine.manifest import Manifest
from taps.engine.options import Option

_TEXTS = ("acme", "1234567890", "abc-123", "acme.vendor.example", "https://acme.vendor.example", "ab12", "A1B2C3",
          "ada@customer.example", "3f2b0f0e-6a51-4c8e-9d0c-2a1f4f6f1c11", "us1", "EU", "123-456-7890", "a" * 32,
          "us-east-1", "2026-01-31", "UTC", "AC" + "0" * 32, "sk_test_1", "pk_1")  # fmt: skip


def pretended(manifest: Manifest, login: str | None = None) -> dict[str, Any]:
    """Settings for one login (the first if none is named), reading the last two days."""
    name = login or next(iter(manifest.auth))
    chosen = {stream.parent.only for stream in manifest.streams.values() if stream.parent}
    given: dict[str, Any] = {
        each: _value(each, option) for each, option in manifest.config.items() if f"{{config.{each}}}" not in chosen
    }
    auth = manifest.auth[name]
    given |= _for_login(auth)
    for other in manifest.auth.values():  # logins that hosts and streams name are needed too
        given |= {each: value for each, value in _for_login(other).items() if _needed(manifest, other)}
    given |= {"auth_method": name, "start_date": (datetime.now(UTC) - timedelta(days=2)).date().isoformat()}
    for each, fact in manifest.account.items():
        if fact.from_ == "callback":
            given.setdefault(each, "1234567890")
    return {each: value for each, value in given.items() if value is not None}


def _needed(manifest: Manifest, auth: Auth) -> bool:
    names = {host.auth for host in manifest.http.hosts.values()} | {each.auth for each in manifest.streams.values()}
    return any(manifest.auth[name] is auth for name in names if name and name in manifest.auth)


def _for_login(auth: Auth) -> dict[str, Any]:
    given = {name: _value(name, option) for name, option in options_of(auth).items()}
    if auth.kind == "oauth2":
        given |= {"client_id": "client-1", "client_secret": "client-secret-1"}
        given["refresh_token"] = "refresh-1" if auth.refresh != "none" else None
        given["access_token"] = "access-1" if auth.refresh == "none" else None
        given.pop("access_token_expires_at", None)
    if isinstance(auth, Jwt) and auth.algorithm != "HS256":
        for name in re.findall(r"\{config\.(\w+)\}", auth.key):
            given[name] = _pem(auth.algorithm)
    return given


def _value(name: str, option: Option) -> Any:
    match option.type:
        case "choice":
            return option.default or next(iter(option.choices))
        case "boolean":
            return option.default if option.default is not None else False
        case "integer":
            return option.default or 1
        case "date" | "datetime":
            return option.default or (datetime.now(UTC) - timedelta(days=2)).date().isoformat()
        case "list":
            return option.default or [option.example or ("1" if option.of == "integer" else "abc123")]
        case "pick":
            return None
        case _:
            return _text(name, option)


def _text(name: str, option: Any) -> str | None:
    texts = [*filter(None, [option.default, option.example]), *([f"{name}-secret"] if option.type == "secret" else [])]
    for text in (*texts, *_TEXTS):
        if option.pattern is None or re.search(option.pattern, text):
            return str(text)
    return text_for(option.pattern) if option.pattern else None


@cache
def _pem(algorithm: str) -> str:
    from cryptography.hazmat.primitives import serialization
    from cryptography.hazmat.primitives.asymmetric import ec, rsa

    curves: dict[str, ec.EllipticCurve] = {"ES256": ec.SECP256R1(), "ES384": ec.SECP384R1()}
    key = ec.generate_private_key(curves[algorithm]) if algorithm in curves else rsa.generate_private_key(65537, 2048)
    return key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    ).decode()
