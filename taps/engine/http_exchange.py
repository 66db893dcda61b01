"""One exchange with a server: a request out, a whole answer back, or a `Fault` that says what went wrong.

No retries, no logins, no meaning. The library's exceptions end here: their texts hold addresses with their queries.
"""

import http.client
import logging
import os
import socket
import ssl
import threading
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Literal, Protocol
from urllib.parse import urlencode, urlsplit

import requests
import urllib3.exceptions
from requests.structures import CaseInsensitiveDict
from requests.utils import get_environ_proxies, select_proxy

from taps.engine.deadline import Deadline, Watchdog
from taps.engine.egress import AddressRefused, Egress, is_loopback
from taps.engine.http_answer import Answer
from taps.engine.http_clock import Clock
from taps.engine.http_connection import CURRENT, Exchange, WatchedAdapter
from taps.engine.http_request import Request

_CHUNK = 65536
_SLOWEST_DOWNLOAD = 10_000  # bytes a second below which a download counts as stuck
_LONGEST_REFUSAL = 1_000_000

FaultKind = Literal["timeout", "connection", "name", "tls", "cut_off", "too_big", "address", "unsendable", "stopped"]
Sink = Callable[[bytes], object]


@dataclass(frozen=True, slots=True)
class Fault:
    """What went wrong on the way, in words that hold no address and no content."""

    kind: FaultKind
    text: str


@dataclass(frozen=True, slots=True)
class Settings:
    """The settings every tap has for its requests: seconds, bytes; budgets are seconds of trying again."""

    request_timeout: float = 60.0
    user_agent: str = "engarde"
    ca_bundle: str | None = None
    proxy: str | None = None
    max_concurrency: int = 8
    allow_insecure: bool = False
    max_bytes: int = 200_000_000
    max_download_bytes: int = 20_000_000_000
    retry_budget: float = 300.0
    limit_budget: float = 900.0
    first_contact_budget: float = 20.0
    """How long a host that never answered is tried."""
    addresses: tuple[str, ...] = ()
    """Every address the tap is set up with: its base, its other hosts, its token endpoints."""


def _silence(record: logging.LogRecord) -> bool:
    return record.levelno >= logging.ERROR


for _name in ("urllib3.connectionpool", "urllib3.connection", "urllib3.util.retry"):
    logging.getLogger(_name).addFilter(_silence)  # it logs whole addresses, keys in their queries included


class Transport(Protocol):
    """The way to the servers; whoever wants to see the requests of a tap puts another in its place."""

    def send(self, request: Request, sink: Sink | None = None) -> Answer | Fault:
        """The whole answer to a signed request, or what went wrong."""
        ...

    def close(self) -> None:
        """Ends what is under way."""
        ...


class Wire:
    """The way to the servers: pooled connections, deadlines, size limits, and where requests may go."""

    def __init__(self, settings: Settings, egress: Egress, clock: Clock) -> None:
        self._settings, self._egress, self._clock = settings, egress, clock
        self._under_way = threading.BoundedSemaphore(settings.max_concurrency)
        size = max(4, settings.max_concurrency)
        self._adapter = WatchedAdapter(pool_connections=size, pool_maxsize=size, max_retries=0)
        self._watchdog = Watchdog()
        self._verify = settings.ca_bundle or os.environ.get("REQUESTS_CA_BUNDLE") or True

    def send(self, request: Request, sink: Sink | None = None) -> Answer | Fault:
        """The whole answer, or what went wrong; a success goes into `sink` piece by piece where one is given."""
        with self._under_way:
            return Fault("stopped", "stopped") if self._clock.stopped else self._send(request, sink)

    def _send(self, request: Request, sink: Sink | None) -> Answer | Fault:
        deadline = Deadline(self._settings.request_timeout)
        token = CURRENT.set(Exchange(deadline, self._egress))
        self._watchdog.watch(deadline)
        try:
            self._egress.check(request.url)
            return self._exchange(request, deadline, sink)
        except AddressRefused as refused:
            return Fault("address", str(refused))
        except _FAULTS as broken:
            return self._fault(broken, deadline)
        finally:
            deadline.finish()
            CURRENT.reset(token)

    def close(self) -> None:
        """Cuts what is under way."""
        self._watchdog.close()
        self._adapter.close()

    def _exchange(self, request: Request, deadline: Deadline, sink: Sink | None) -> Answer | Fault:
        headers = {"User-Agent": self._settings.user_agent, "Accept-Encoding": "gzip, deflate", **request.headers}
        params = urlencode(request.params, safe=request.safe)
        prepared = requests.Request(
            request.method, request.url, params=params, headers=headers, data=request.body
        ).prepare()
        asked_at = self._clock.monotonic()
        response = self._adapter.send(
            prepared,
            stream=True,
            timeout=(deadline.left, deadline.left),
            verify=self._verify,
            proxies=self._proxies(request.url),
        )
        whole = False
        try:
            began_after = self._clock.monotonic() - asked_at
            outcome = self._receive(request, response, deadline, sink)
            if isinstance(outcome, Answer):
                outcome.began_after, whole = began_after, True
            return outcome
        finally:
            if not whole:
                response.close()

    def _receive(
        self, request: Request, response: requests.Response, deadline: Deadline, sink: Sink | None
    ) -> Answer | Fault:
        success = response.status_code < 300
        most = self._settings.max_bytes
        if sink is not None:
            most = self._settings.max_download_bytes if success else _LONGEST_REFUSAL
        parts: list[bytes] = []
        take = sink if sink is not None and success else parts.append
        received = 0
        for chunk in self._chunks(request, response):
            received += len(chunk)
            if received > most:
                return Fault("too_big", f"an answer of more than {most / 1e6:,.0f} MB")
            take(chunk)
            if sink is not None:
                deadline.ends = deadline.started + self._settings.request_timeout + received / _SLOWEST_DOWNLOAD
            if deadline.expired or deadline.was_cut:
                return self._fault(TimeoutError(), deadline)
        return Answer(
            status=response.status_code,
            headers=CaseInsensitiveDict(response.headers),
            body=b"".join(parts),
            url=request.url,
            received_at=self._clock.now(),
        )

    @staticmethod
    def _chunks(request: Request, response: requests.Response) -> Iterator[bytes]:
        if request.method != "HEAD":
            yield from response.raw.stream(_CHUNK, decode_content=True)

    def _proxies(self, url: str) -> dict[str, str]:
        if is_loopback(urlsplit(url).hostname or ""):
            return {}
        if self._settings.proxy:
            return {"http": self._settings.proxy, "https": self._settings.proxy}
        found = select_proxy(url, get_environ_proxies(url))
        return {urlsplit(url).scheme: found} if found else {}

    def _fault(self, broken: BaseException, deadline: Deadline) -> Fault:
        if self._clock.stopped:
            return Fault("stopped", "stopped")
        if deadline.expired or deadline.was_cut:
            return Fault("timeout", f"no complete answer within {deadline.ends - deadline.started:.0f} s")
        return _classify(broken)


_FAULTS = (
    requests.RequestException,
    urllib3.exceptions.HTTPError,
    http.client.HTTPException,
    OSError,
    UnicodeError,
    zlib.error,
)


_MEANS: tuple[tuple[tuple[type[BaseException], ...], FaultKind, str], ...] = (
    ((UnicodeError, requests.exceptions.InvalidHeader), "unsendable", "a header holds characters that cannot be sent"),
    ((ssl.SSLCertVerificationError,), "tls", "its certificate is not accepted"),
    ((socket.gaierror, urllib3.exceptions.NameResolutionError), "name", "its name leads to no address"),
    ((urllib3.exceptions.DecodeError, zlib.error), "cut_off", "a compressed answer that cannot be unpacked"),
    ((urllib3.exceptions.IncompleteRead, http.client.IncompleteRead), "cut_off", "an answer shorter than announced"),
    ((ConnectionRefusedError,), "connection", "connection refused"),
    ((ConnectionError, http.client.RemoteDisconnected), "connection", "the connection was reset"),
    ((ssl.SSLError,), "connection", "TLS failed"),
    ((TimeoutError, urllib3.exceptions.TimeoutError), "timeout", "no answer in time"),
)
"""What the library's exceptions mean; the first line that fits anything in the chain counts."""


def _classify(broken: BaseException) -> Fault:
    chain = list(_causes(broken))
    for types, kind, text in _MEANS:
        for cause in chain:
            if isinstance(cause, types):
                reason = getattr(cause, "verify_message", "") or (
                    getattr(cause, "reason", "") if kind != "name" else ""
                )
                detail = f" ({reason})" if isinstance(cause, ssl.SSLError) and reason else ""
                return Fault(kind, text + detail)
    return Fault("connection", f"the connection failed ({type(chain[-1]).__name__})")


def _causes(broken: BaseException) -> Iterator[BaseException]:
    """The exception and everything it was made from, whether chained, wrapped or given as an argument."""
    seen: set[int] = set()
    todo: list[BaseException] = [broken]
    while todo:
        cause = todo.pop(0)
        if id(cause) in seen:
            continue
        seen.add(id(cause))
        yield cause
        inner = [cause.__cause__, cause.__context__, getattr(cause, "reason", None), *cause.args]
        todo.extend(item for item in inner if isinstance(item, BaseException))
