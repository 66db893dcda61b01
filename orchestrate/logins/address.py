"""This service's own address, as vendors know it: never what a request says of it."""

from __future__ import annotations

import os
from urllib.parse import urlsplit

from taps.engine.egress import is_loopback

DEFAULT = "http://127.0.0.1:8080"


class PublicAddressError(Exception):
    """ENGARDE_URL is no address that a browser could come back to safely."""


def public_url() -> str:
    """ENGARDE_URL without a slash at its end; raises `PublicAddressError`."""
    given = (os.environ.get("ENGARDE_URL") or DEFAULT).rstrip("/")
    parts = urlsplit(given)
    safe = parts.scheme == "https" or (parts.scheme == "http" and is_loopback(parts.hostname or ""))
    if not safe or not parts.hostname or parts.query or parts.fragment:
        raise PublicAddressError("ENGARDE_URL is the address of this service, such as https://engarde.example.com")
    return given


def redirect_uri(platform: str) -> str:
    """Where the vendor sends the browser back: exactly this is registered with the app at the vendor.

    Each platform has its own, so that one vendor's answer cannot be passed off as another's (RFC 9700, section 4.4).
    """
    return f"{public_url()}/api/v1/oauth/callback/{platform}"
