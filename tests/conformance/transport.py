"""The engine's connections replaced by calls: its own code up to the wire, no socket, no server."""

import io
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from unittest import mock
from urllib.parse import parse_qsl, urlsplit

import requests
import urllib3

from sandbox.fixtures.asked import Answered, Asked

Serve = Callable[[Asked], "Answered | Spoiled | Exception"]


@dataclass
class Spoiled:
    """An answer as it comes over a bad line: fewer bytes than announced, or bytes that take their time."""

    answered: Answered
    announced: int | None = None
    seconds_a_byte: float = 0.0


@dataclass
class Exchanged:
    """One request and the status it was answered with."""

    asked: Asked
    status: int


@dataclass
class Line:
    """Where requests go: `serve` answers them, every one is written down."""

    serve: Serve
    wait: Callable[[float], None]
    log: list[Exchanged] = field(default_factory=list)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def send(self, prepared: requests.PreparedRequest) -> requests.Response:
        """Carries one request."""
        asked = asked_of(prepared)
        with self._lock:
            given = self.serve(asked)
            status = given.answered.status if isinstance(given, Spoiled) else getattr(given, "status", 0)
            self.log.append(Exchanged(asked, status))
        if isinstance(given, Exception):
            raise given
        spoiled = given if isinstance(given, Spoiled) else Spoiled(given)
        return _response(spoiled, self.wait)


def asked_of(prepared: requests.PreparedRequest) -> Asked:
    """A prepared request as a vendor sees it."""
    parts = urlsplit(str(prepared.url))
    body = prepared.body
    return Asked(
        method=str(prepared.method),
        place=f"{parts.scheme}://{parts.netloc}",
        path=parts.path or "/",
        pairs=parse_qsl(parts.query, keep_blank_values=True),
        headers={name.lower(): str(value) for name, value in prepared.headers.items()},
        body=body if isinstance(body, bytes) else str(body or "").encode(),
    )


class _Dripping(io.RawIOBase):
    """Bytes one at a time, each after a while."""

    def __init__(self, content: bytes, wait: Callable[[float], None], seconds: float) -> None:
        self._inner, self._wait, self._seconds = io.BytesIO(content), wait, seconds

    def readable(self) -> bool:
        return True

    def read(self, size: int = -1) -> bytes:
        self._wait(self._seconds)
        return self._inner.read(1)


def _response(spoiled: Spoiled, wait: Callable[[float], None]) -> requests.Response:
    answered = spoiled.answered
    content = answered.body
    headers: Mapping[str, Any] = {"Content-Type": "application/json", **answered.headers}
    length = len(content) if spoiled.announced is None else spoiled.announced
    slow = spoiled.seconds_a_byte > 0
    given = requests.Response()
    given.status_code = answered.status
    given.headers.update({name: str(value) for name, value in headers.items()})
    given.headers["Content-Length"] = str(length)
    body: Any = io.BytesIO(content)
    if slow:
        body = _Dripping(content, wait, spoiled.seconds_a_byte)
    given.raw = urllib3.HTTPResponse(
        body=body, headers=dict(given.headers), status=answered.status, preload_content=False
    )
    if slow:
        given.raw.stream = lambda *_args, **_named: iter(lambda: body.read(1), b"")  # type: ignore[method-assign]
    return given


@contextmanager
def connected(line: Line) -> Iterator[Line]:
    """Every client made meanwhile sends its requests into this line."""

    class Adapter:
        def __init__(self, *_args: Any, **_named: Any) -> None:
            return

        def send(self, prepared: requests.PreparedRequest, **_named: Any) -> requests.Response:
            return line.send(prepared)

        def close(self) -> None:
            return

    with mock.patch("taps.engine.http_exchange.WatchedAdapter", Adapter):
        yield line
