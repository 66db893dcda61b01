"""Where events may be sent: public https addresses, those that the operator names, and by mail."""

from __future__ import annotations

import os
from urllib.parse import urlsplit

from orchestrate.announce import mail
from taps.engine.egress import AddressRefused, Egress, zone_of

ALLOWED = "ENGARDE_ANNOUNCE_ALLOW"
"""Addresses (scheme://host:port, parted by commas) that may be plain http or on a private network."""

_PORTS = {"http": 80, "https": 443}


def egress() -> Egress:
    """What requests are checked by, when they are sent and again when they connect."""
    return Egress([each.strip() for each in os.environ.get(ALLOWED, "").split(",") if each.strip()], strict=True)


def refuse(url: str) -> str | None:
    """Why an address cannot be sent to, as far as it alone tells; None for one that can."""
    to = mail.address_of(url)
    if to is not None:
        return mail.refuse(to)
    parts = urlsplit(url)
    if parts.username or parts.password or parts.fragment:
        return "leave out a login and what stands after #"
    checked = egress()
    try:
        checked.check(url)
        host = parts.hostname or ""
        checked.check_zone(parts.scheme, host, parts.port or _PORTS[parts.scheme], _literal(host))
    except AddressRefused as refused:
        return f"{refused}; give a public https address, or name it in {ALLOWED}"
    except ValueError:
        return "it is no address"
    return None


def _literal(host: str) -> list[str]:
    """The host, where it is written as an IP address."""
    try:
        zone_of(host)
    except ValueError:
        return []
    return [host]
