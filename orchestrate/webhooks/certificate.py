"""Signatures by a certificate that the delivery names: fetched from the vendor's own hosts alone, and kept."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from functools import lru_cache
from urllib.parse import urlsplit

import requests
from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from urllib3.exceptions import HTTPError

_SECONDS = 10
_LARGEST = 64 * 1024


class CertificateError(Exception):
    """The certificate is not the vendor's, or cannot be had."""


def signed_by(url: str, hosts: Sequence[str], signed: bytes, signature: bytes) -> bool:
    """Whether the certificate at `url` made this RSA-SHA256 signature; raises `CertificateError`."""
    _check_address(url, hosts)
    certificate = _certificate(url)
    now = datetime.now(UTC)
    if not certificate.not_valid_before_utc <= now <= certificate.not_valid_after_utc:
        _certificate.cache_clear()
        raise CertificateError(f"the certificate {url} is not valid now")
    key = certificate.public_key()
    if not isinstance(key, rsa.RSAPublicKey):
        raise CertificateError(f"the certificate {url} has no RSA key")
    try:
        key.verify(signature, signed, padding.PKCS1v15(), hashes.SHA256())
    except InvalidSignature:
        return False
    return True


def _check_address(url: str, hosts: Sequence[str]) -> None:
    """A delivery is not yet believed, and neither is the address that it names."""
    try:
        parts = urlsplit(url)
        sound = parts.scheme == "https" and parts.netloc in hosts
    except ValueError:
        sound = False
    if not sound:
        raise CertificateError(f"the certificate lies at none of {', '.join(hosts)}")


@lru_cache(maxsize=32)
def _certificate(url: str) -> x509.Certificate:
    try:
        return x509.load_pem_x509_certificate(fetched(url))
    except ValueError:
        raise CertificateError(f"there is no certificate at {url}") from None


def fetched(url: str) -> bytes:
    """The bytes at an address that was checked: no redirects, no more than 64 kB."""
    try:
        with requests.get(url, timeout=_SECONDS, allow_redirects=False, stream=True) as answer:
            body = answer.raw.read(_LARGEST + 1)
    except (requests.RequestException, HTTPError) as broken:
        raise CertificateError(f"the certificate {url} cannot be had: {type(broken).__name__}") from None
    if answer.status_code != 200 or len(body) > _LARGEST:
        raise CertificateError(f"the certificate {url} cannot be had: {answer.status_code}")
    return bytes(body)
