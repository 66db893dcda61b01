"""Connections that know the request's deadline and connect only to addresses that were checked.

The checked addresses are the ones connected to, so that a name cannot change its mind in between (DNS rebinding).
"""

import contextvars
import socket
from dataclasses import dataclass
from typing import Any

from requests.adapters import HTTPAdapter
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.exceptions import ConnectTimeoutError, NameResolutionError, NewConnectionError

from taps.engine.deadline import Deadline
from taps.engine.egress import Egress, look_up

_CONNECT_AT_MOST = 10.0


@dataclass(frozen=True, slots=True)
class Exchange:
    """What a connection must know of the request it carries."""

    deadline: Deadline
    egress: Egress


CURRENT: contextvars.ContextVar[Exchange] = contextvars.ContextVar("exchange")


def _connect(connection: "_Plain | _Secure", scheme: str) -> socket.socket:
    exchange = CURRENT.get()
    host, port = connection.host, connection.port or 0
    try:
        found = look_up(host, port, exchange.deadline.left)
    except socket.gaierror as unknown:
        raise NameResolutionError(host, connection, unknown) from None
    if not connection.proxy:
        exchange.egress.check_zone(scheme, host, port, [address[0] for _, address in found])
    fault: OSError | None = None
    for family, address in found:
        if exchange.deadline.expired:
            break
        opened = socket.socket(family, socket.SOCK_STREAM)
        try:
            opened.settimeout(min(_CONNECT_AT_MOST, exchange.deadline.left))
            opened.connect(address)
        except OSError as refused:
            opened.close()
            fault = refused
            continue
        opened.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        opened.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
        opened.settimeout(exchange.deadline.left)
        connection.take_handle(opened)
        return opened
    if fault is None or isinstance(fault, TimeoutError):
        raise ConnectTimeoutError(connection, "no connection in time")
    raise NewConnectionError(connection, "no connection") from fault


class _Watched:
    """A second handle on the connection's socket (TLS hides the first during its handshake), for the watchdog."""

    handle: socket.socket | None = None

    def take_handle(self, opened: socket.socket) -> None:
        self.drop_handle()
        self.handle = opened.dup()
        CURRENT.get().deadline.holds(self.handle)

    def drop_handle(self) -> None:
        if self.handle is not None:
            self.handle.close()
            self.handle = None


class _Plain(_Watched, HTTPConnection):
    def _new_conn(self) -> socket.socket:
        return _connect(self, "http")

    def request(self, *args: Any, **kwargs: Any) -> None:
        CURRENT.get().deadline.holds(self.handle)
        super().request(*args, **kwargs)

    def close(self) -> None:
        super().close()
        self.drop_handle()


class _Secure(_Watched, HTTPSConnection):
    def _new_conn(self) -> socket.socket:
        return _connect(self, "https")

    def request(self, *args: Any, **kwargs: Any) -> None:
        CURRENT.get().deadline.holds(self.handle)
        super().request(*args, **kwargs)

    def close(self) -> None:
        super().close()
        self.drop_handle()


class _PlainPool(HTTPConnectionPool):
    ConnectionCls = _Plain


class _SecurePool(HTTPSConnectionPool):
    ConnectionCls = _Secure


_POOLS = {"http": _PlainPool, "https": _SecurePool}


class WatchedAdapter(HTTPAdapter):
    """requests' pooled transport over these connections; it neither retries nor follows redirects."""

    def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:
        """The pool of connections to servers."""
        super().init_poolmanager(*args, **kwargs)
        self.poolmanager.pool_classes_by_scheme = _POOLS

    def proxy_manager_for(self, *args: Any, **kwargs: Any) -> Any:
        """The pool of connections to a proxy."""
        found = super().proxy_manager_for(*args, **kwargs)
        found.pool_classes_by_scheme = _POOLS
        return found
