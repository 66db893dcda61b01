"""Where requests may go: which addresses a tap may name, and which machines a name may lead to."""

import ipaddress
import socket
import threading
from collections.abc import Iterable
from functools import lru_cache
from typing import Literal
from urllib.parse import urlsplit

from taps.engine.errors import BadSetting

Zone = Literal["public", "private", "loopback", "link_local"]

_PORTS = {"http": 80, "https": 443}
_NAT64 = ipaddress.IPv6Network("64:ff9b::/96")
_LONGEST_LOOKUP = 10.0


class AddressRefused(Exception):
    """A request may not go to this address; the text names the host and the reason."""


@lru_cache(maxsize=1024)
def origin(url: str) -> str:
    """`scheme://host:port` of an address, in lower case and with the port written out; raises `AddressRefused`."""
    try:
        parts = urlsplit(url)
        port, known = parts.port, parts.scheme in _PORTS and bool(parts.hostname)
    except ValueError:
        known = False
    if not known or not parts.hostname:
        msg = "an address that is neither http nor https"
        raise AddressRefused(msg)
    host = f"[{parts.hostname}]" if ":" in parts.hostname else parts.hostname.lower().rstrip(".")
    return f"{parts.scheme}://{host}:{port or _PORTS[parts.scheme]}"


def zone_of(address: str) -> Zone:
    """What kind of network an IP address belongs to; IPv4 inside IPv6 counts as what it is."""
    ip = ipaddress.ip_address(address.partition("%")[0])
    if isinstance(ip, ipaddress.IPv6Address):
        inside = ipaddress.IPv4Address(ip.packed[-4:]) if ip in _NAT64 else None
        ip = ip.ipv4_mapped or ip.sixtofour or (ip.teredo[1] if ip.teredo else None) or inside or ip
    if ip.is_loopback or ip.is_unspecified:
        return "loopback"
    if ip.is_link_local:
        return "link_local"
    return "public" if ip.is_global and not ip.is_multicast else "private"


def is_loopback(host: str) -> bool:
    """Whether a host is this machine by its name alone: `localhost`, `127.0.0.1`, `::1`."""
    host = host.strip("[]").lower().rstrip(".")
    if host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        return zone_of(host) == "loopback"
    except ValueError:
        return False


def check_address(url: str, setting_name: str, allow_insecure: bool = False) -> str:
    """The address, if a tap may send its login there; raises `BadSetting` for one that is no https address.

    Plain http is accepted on loopback, or with `allow_insecure`.
    """
    try:
        origin(url)
    except AddressRefused:
        msg = f"setting {setting_name!r} is not an address: write it as https://host/path"
        raise BadSetting(msg) from None
    parts = urlsplit(url)
    if parts.username or parts.password:
        msg = f"setting {setting_name!r} holds a login: leave out what stands before the @"
        raise BadSetting(msg)
    if parts.scheme != "https" and not allow_insecure and not is_loopback(parts.hostname or ""):
        msg = (
            f"setting {setting_name!r} is not https, so the login could be read on the way: use https, or set "
            "allow_insecure: true if you mean it"
        )
        raise BadSetting(msg)
    return url


class Egress:
    """The addresses of one tap: those it is set up with may be anywhere, every other one must be public and https.

    If one of the tap's own is on loopback (a sandbox, a test), others may be there too, unless it is `strict`. A tap
    with other people's settings has none of its own: `taps.engine.hosted`.
    """

    def __init__(self, addresses: Iterable[str], strict: bool = False) -> None:
        self._own = {origin(address) for address in addresses}
        self._loopback = not strict and any(is_loopback(urlsplit(address).hostname or "") for address in self._own)

    def check(self, url: str) -> None:
        """Raises `AddressRefused` where the address alone already shows that nothing may go there."""
        if (here := origin(url)) in self._own:
            return
        parts = urlsplit(here)
        host = (parts.hostname or "").strip("[]")
        if parts.scheme != "https" and not (self._loopback and is_loopback(host)):
            msg = f"{host} is another host and not https"
            raise AddressRefused(msg)

    def check_zone(self, scheme: str, host: str, port: int, addresses: Iterable[str]) -> None:
        """Raises `AddressRefused` if a name leads to a machine of a network that the vendor has no business in."""
        if origin(f"{scheme}://{f'[{host}]' if ':' in host else host}:{port}") in self._own:
            return
        for address in addresses:
            zone = zone_of(address)
            if zone != "public" and not (zone == "loopback" and self._loopback):
                msg = f"{host} leads to a {zone.replace('_', '-')} address"
                raise AddressRefused(msg)


def look_up(host: str, port: int, seconds: float) -> list[tuple[socket.AddressFamily, tuple[str, int]]]:
    """The addresses of a host; raises `socket.gaierror`, also when the resolver does not answer in time."""
    found: list[tuple[socket.AddressFamily, tuple[str, int]]] = []
    failed: list[socket.gaierror] = []

    def resolve() -> None:
        try:
            for family, _, _, _, address in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM):
                found.append((family, (str(address[0]), int(address[1]))))
        except socket.gaierror as fault:
            failed.append(fault)
        except UnicodeError:
            failed.append(socket.gaierror(socket.EAI_NONAME, "not a host name"))

    thread = threading.Thread(target=resolve, name="look-up", daemon=True)  # getaddrinfo has no timeout of its own
    thread.start()
    thread.join(min(seconds, _LONGEST_LOOKUP))
    if thread.is_alive():
        raise socket.gaierror(socket.EAI_AGAIN, "the resolver does not answer")
    if failed or not found:
        raise failed[0] if failed else socket.gaierror(socket.EAI_NONAME, "no address")
    return found
