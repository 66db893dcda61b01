"""Decides whether a delivery came from the vendor, by what the platform's manifest says of its signatures.

Fails closed: no secret, no signature, an unreadable one or an unknown time all mean no. Who asks is told nothing but
that; `RefusedError` holds the reason for the operator.
"""

from __future__ import annotations

import base64
import hmac
import re
import zlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import OctKey
from requests.structures import CaseInsensitiveDict

from orchestrate.webhooks.certificate import CertificateError, signed_by
from orchestrate.webhooks.delivery import Delivery
from orchestrate.webhooks.reading import words_of
from orchestrate.webhooks.signature import Claim, claim_of, moment_of
from taps.engine.hooks import load_hook
from taps.engine.load import PLATFORMS
from taps.engine.webhooks import Verify

_HASHES = {"hmac_sha1": "sha1", "hmac_sha256": "sha256", "hmac_sha512": "sha512"}
_PLACE = re.compile(r"\{([^}]+)\}")
_NO_SECRET = "00" * 32
"""Hexadecimal and base64 at once. What it proves does not count."""
_SKEW = 60
"""Seconds by which a JWT's clock may differ."""


class RefusedError(Exception):
    """A delivery that is not proved to be the vendor's; the reason is for the operator, not for who sent it."""


@dataclass(frozen=True)
class Receiver:
    """What one endpoint knows: its platform, its secrets (two while they are changed), and settings that are signed."""

    platform: str
    secrets: Sequence[str]
    settings: Mapping[str, str]


def verify(receiver: Receiver, delivery: Delivery, now: datetime) -> None:
    """Returns if the delivery is the vendor's; raises `RefusedError`."""
    webhooks = words_of(receiver.platform)
    if webhooks is None:
        raise RefusedError(f"{receiver.platform} sends no webhooks")
    secrets = [secret for secret in receiver.secrets if secret]
    claim = claim_of(webhooks.verify, delivery)
    # Every secret is tried, and one where there is none, so that the time taken tells neither which fits nor whether
    # there is any.
    proofs = [_proved(webhooks.verify, receiver, delivery, claim, secret) for secret in secrets or [_NO_SECRET]]
    if not secrets:
        raise RefusedError("the endpoint has no secret")
    if not any(proofs):
        raise RefusedError("the signature is missing or wrong")
    _check_time(webhooks.verify, claim, now)


def _check_time(words: Verify, claim: Claim, now: datetime) -> None:
    if words.tolerance is None:
        return
    moment = moment_of(claim.time)
    if moment is None:
        raise RefusedError("the time of the signature cannot be read")
    if abs(now - moment) > timedelta(seconds=words.tolerance):
        raise RefusedError(f"the signature is from {moment.isoformat()}, over {words.tolerance:.0f} s away")


def _proved(words: Verify, receiver: Receiver, delivery: Delivery, claim: Claim, secret: str) -> bool:
    kinds: dict[str, Callable[[], bool]] = {
        "token": lambda: _is_token(words, delivery, secret),
        "basic": lambda: _is_basic(delivery, secret),
        "jwt": lambda: _is_jwt(words, delivery, secret),
        "hook": lambda: _by_hook(words, receiver.platform, delivery, secret),
        "rsa_sha256": lambda: _is_certified(words, receiver, delivery, claim),
    }
    if words.kind in kinds:
        return kinds[words.kind]()
    if words.kind not in _HASHES:
        raise RefusedError(f"signatures of kind {words.kind} cannot be verified yet")
    expected = hmac.new(_key(words, secret), _signed(words, receiver, delivery, claim), _HASHES[words.kind]).digest()
    return any(hmac.compare_digest(expected, given) for given in claim.signatures)


def _key(words: Verify, secret: str) -> bytes:
    try:
        match words.key:
            case "hex":
                return bytes.fromhex(secret)
            case "base64":
                return base64.b64decode(secret.removeprefix("whsec_"), validate=True)
    except ValueError:
        raise RefusedError(f"the endpoint's secret is not {words.key}") from None
    return secret.encode()


def _signed(words: Verify, receiver: Receiver, delivery: Delivery, claim: Claim) -> bytes:
    """The bytes that are signed; the body goes in as it came."""
    fields = delivery.fields
    known = {
        "time": claim.time.encode(),
        "body": delivery.body,
        "body.crc32": str(zlib.crc32(delivery.body)).encode(),
        "url": delivery.url.encode(),
        "method": delivery.method.encode(),
        "id": fields.get("webhook-id", "").encode(),
    }

    def value(place: str) -> bytes:
        if place.startswith("header."):
            return fields.get(place.removeprefix("header."), "").encode()
        if place.startswith("config."):
            return receiver.settings.get(place.removeprefix("config."), "").encode()
        return known[place]

    parts = _PLACE.split(words.signed or "{body}")
    return b"".join(value(part) if index % 2 else part.encode() for index, part in enumerate(parts))


def _is_token(words: Verify, delivery: Delivery, secret: str) -> bool:
    given = delivery.fields.get(words.header or "", "").removeprefix(words.prefix or "")
    return hmac.compare_digest(given.encode(), secret.encode())


def _is_basic(delivery: Delivery, secret: str) -> bool:
    expected = f"Basic {base64.b64encode(secret.encode()).decode()}"
    return hmac.compare_digest(delivery.fields.get("Authorization", "").encode(), expected.encode())


def _is_jwt(words: Verify, delivery: Delivery, secret: str) -> bool:
    """A token signed with the shared secret; it does not cover the body."""
    given = delivery.fields.get(words.header or "", "").removeprefix("Bearer ")
    try:
        token = jwt.decode(given, OctKey.import_key(secret), algorithms=["HS256"])
        jwt.JWTClaimsRegistry(leeway=_SKEW).validate(token.claims)
    except (JoseError, ValueError):
        return False
    return True


def _by_hook(words: Verify, platform: str, delivery: Delivery, secret: str) -> bool:
    # The header is the receiver's own: whatever a sender wrote there is replaced.
    headers = CaseInsensitiveDict({**delivery.fields, "X-Original-Url": delivery.url})
    try:
        return bool(load_hook(PLATFORMS / platform, words.hook or "", "webhook.verify")(delivery.body, headers, secret))
    except (ValueError, TypeError, UnicodeError):
        return False


def _is_certified(words: Verify, receiver: Receiver, delivery: Delivery, claim: Claim) -> bool:
    assert words.certificate is not None
    url = delivery.fields.get(words.certificate.header, "")
    signed = _signed(words, receiver, delivery, claim)
    try:
        return any(signed_by(url, words.certificate.hosts, signed, given) for given in claim.signatures)
    except CertificateError as refused:
        raise RefusedError(str(refused)) from None
