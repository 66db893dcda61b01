"""Runs a platform's tap against its descriptions and keeps every request: in this process, with nothing sent."""

import io
import logging
import threading
import time
from collections import Counter
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import contextmanager
from copy import deepcopy
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import msgspec
from requests.structures import CaseInsensitiveDict

from taps.contracts.answering import Answering, value_or_none
from taps.contracts.edits import add
from taps.contracts.settings import pretended
from taps.contracts.vendor import Found, Vendor
from taps.descriptions.index import Entry, samples
from taps.descriptions.samples import Samples
from taps.descriptions.schemas import Undescribed
from taps.engine.auth import OAuth2
from taps.engine.build import build
from taps.engine.connection import Connection
from taps.engine.http_answer import Answer
from taps.engine.http_clock import Clock
from taps.engine.http_exchange import Fault, Sink
from taps.engine.http_request import Request
from taps.engine.load import PLATFORMS
from taps.engine.manifest import Manifest
from taps.engine.nodes import Node
from taps.engine.run import Run
from taps.engine.settings import connect
from taps.engine.state import State
from taps.engine.sync import sync
from taps.engine.writer import Writer

_AT_MOST = 400
"""Requests of one run: a tap that goes on asking is stopped."""


@dataclass(frozen=True)
class Sent:
    """One request as it left the tap, and what the description says it means."""

    request: Request
    stream: str
    found: Found | None
    refusal: str = ""
    given: bool = False
    """Whether the address was the vendor's own: the next page's, a file's."""
    login: str = ""

    @property
    def accept(self) -> str:
        """The media type asked for."""
        return next((value for name, value in self.request.headers.items() if name.lower() == "accept"), "")


class _Quick(Clock):
    """Waits take no time but are seen by whoever looks at the clock."""

    def __init__(self) -> None:
        super().__init__()
        self._skipped = 0.0

    def monotonic(self) -> float:
        return time.monotonic() + self._skipped

    def wait(self, seconds: float) -> None:
        self._skipped += max(0.0, seconds)


class Pretended:
    """The transport that answers from descriptions."""

    def __init__(self, vendor: Vendor, answering: Answering, login: str) -> None:
        self.vendor, self.answering, self.login = vendor, answering, login
        self.sent: list[Sent] = []
        self.bases: tuple[str, ...] = ()
        self.token_urls: frozenset[str] = frozenset()
        self._pages: Counter[tuple[str, str, str]] = Counter()
        self._given: set[str] = set()
        self._lock = threading.Lock()

    def close(self) -> None:
        """Nothing is open."""

    def send(self, request: Request, sink: Sink | None = None) -> Answer | Fault:
        """The described answer of a request."""
        with self._lock:
            sent = self._recorded(request)
            if len(self.sent) > _AT_MOST:
                return Fault("unsendable", f"the tap goes on asking after {_AT_MOST} requests")
            content = self._content(request, sent)
        body = content if isinstance(content, bytes) else msgspec.json.encode(content)
        if sink is not None:
            sink(body)
        headers = CaseInsensitiveDict({"Content-Type": "application/json"})
        return Answer(200, headers, body, request.url, datetime.now(UTC))

    def _recorded(self, request: Request) -> Sent:
        found, refusal = None, ""
        try:
            found = self.vendor.find(request.method, request.url, self.bases, request.body)
        except Undescribed as undescribed:
            refusal = str(undescribed)
        sent = Sent(request, request.stream, found, refusal, self._address(request) in self._given, self.login)
        self.sent.append(sent)
        return sent

    def _content(self, request: Request, sent: Sent) -> Any:
        if request.url in self.token_urls:
            return _token(self.answering.manifest)
        answer = (
            value_or_none(self.answering, sent.found.operation, sent.accept, request.stream) if sent.found else None
        )
        if answer is None:
            if sent.given or self.answering.comes_in_a_file(request.stream):
                return self.answering.empty_file(request.stream)
            answer = self.answering.invented(request.stream)
        elif sent.found is not None:
            answer = self.answering.filled(answer, sent.found.operation, request.stream)
        key = (request.stream, request.method, request.url.partition("?")[0])
        number, self._pages[key] = self._pages[key], self._pages[key] + 1
        next_url = f"{request.url}?next=1" if request.url.startswith("https://") else request.url
        turned = self.answering.turned(answer, request.stream, urlsplit(request.url).path, number, next_url)
        self._given |= {next_url, *_addresses(turned)}
        return turned

    def _address(self, request: Request) -> str:
        return request.url


def _addresses(value: Any) -> set[str]:
    """Every address in an answer: the tap may go there, and what it asks there is the vendor's own."""
    if isinstance(value, dict):
        return {found for each in value.values() for found in _addresses(each)}
    if isinstance(value, list):
        return {found for each in value for found in _addresses(each)}
    return {value} if isinstance(value, str) and value.startswith(("https://", "http://")) else set()


def _token(manifest: Manifest) -> Any:
    """An answer of a token endpoint, with the account's facts that are told there."""
    answer: dict[str, Any] = {"token_type": "Bearer", "expires_in": 3600, "access_token": "access-2"}
    for auth in manifest.auth.values():
        if isinstance(auth, OAuth2):
            for place in auth.take.values():
                add(answer, place, "access-2")
    for fact in manifest.account.values():
        if fact.from_ == "token":
            add(answer, fact.take, "https://account.vendor.example")
    return answer


@dataclass
class Recording:
    """What a platform's tap asked and what became of the answers."""

    sent: list[Sent] = field(default_factory=list)
    nodes: dict[str, Node] = field(default_factory=dict)
    failures: dict[str, str] = field(default_factory=dict)
    """Stream (or `login x`) -> what the tap could not make of a described answer."""
    rows: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    answered: dict[str, Any] = field(default_factory=dict)
    """Stream -> the first record that it was answered with."""
    named: dict[str, frozenset[str]] = field(default_factory=dict)
    """Stream -> the listed names that its requests ask for, once they were looked for."""
    whole: bool = True
    """Whether the vendor's descriptions are more than collections of examples."""
    samples: list[tuple[Entry, Samples]] = field(default_factory=list)
    """Objects that the vendor publishes beside its descriptions."""

    def of(self, stream: str) -> list[Sent]:
        """The requests made for a stream."""
        return [each for each in self.sent if each.stream == stream]


def record(manifest: Manifest, platform: str, vendor: Vendor, folder: Path | None = None) -> Recording:
    """A full run, an increment after it, and a first page with every other login."""
    place = folder or PLATFORMS / platform
    found = Recording(samples=samples(platform), whole=vendor.whole)
    answering = Answering(manifest, records=found.answered)
    first = _run(manifest, place, vendor, found, None, answering, None)
    if first is not None:
        answering.later = True
        _run(manifest, place, vendor, found, None, answering, _a_day_before(first.copy()))
    for login in list(manifest.auth)[1:]:
        if not _named(manifest, login):
            _run(manifest, place, vendor, found, login, Answering(manifest), None)
    return found


def _named(manifest: Manifest, login: str) -> bool:
    hosts = manifest.http.hosts.values()
    return login in {*(each.auth for each in hosts), *(each.auth for each in manifest.streams.values())}


def _run(
    manifest: Manifest, place: Path, vendor: Vendor, found: Recording, login: str | None, answering: Answering,
    state: dict[str, Any] | None,
) -> State | None:  # fmt: skip
    wire = Pretended(vendor, answering, login or next(iter(manifest.auth)))
    about = f"login {wire.login}"
    try:
        connection = connection_against(manifest, place, wire, login)
        top = build(manifest, place, connection, "default")
        output = io.BytesIO()
        kept = State(deepcopy(state))
        run = Run(
            connection=connection,
            writer=Writer(place.name, kept, output),
            state=kept,
            max_concurrency=1,
            first_page_only=login is not None,
        )
        nodes = {node.name: node for each in top for node in each.walk()}
        answering.aliases = _aliases(manifest, nodes)
        for node in top[:1] if login is not None else nodes.values():
            node.selected = True
            run.writer.schema(node.name, {}, [], [])
        with _unheard(f"tap-{place.name}"):
            sync(run, top)
    except Exception as failed:
        found.failures.setdefault(about, getattr(failed, "what", f"{type(failed).__name__}: {failed}"))
        found.sent += wire.sent
        return None
    found.sent += [replace(each, stream=answering.aliases.get(each.stream, each.stream)) for each in wire.sent]
    _keep(found, run, nodes if login is None else {}, output.getvalue(), answering.aliases)
    return kept


def connection_against(manifest: Manifest, place: Path, wire: Pretended, login: str | None = None) -> Connection:
    """A connection whose requests go to the pretended vendor."""
    connection = connect(manifest, place, pretended(manifest, login), transport=wire, clock=_Quick())
    addresses = connection.asker.addresses
    wire.bases = (addresses.base, *addresses.hosts.values())
    wire.token_urls = frozenset(filter(None, [connection.login.token_address if connection.login else None]))
    return connection


def read_against(
    manifest: Manifest, place: Path, wire: Pretended, names: Collection[str], read: Callable[[Run, list[Node]], None]
) -> tuple[dict[str, list[dict[str, Any]]], dict[str, str]]:
    """Has these streams read in a way of its own; gives back their rows, and what was wrong with which of them."""
    connection = connection_against(manifest, place, wire)
    top, output, kept = build(manifest, place, connection, "default"), io.BytesIO(), State(None)
    run = Run(connection=connection, writer=Writer(place.name, kept, output), state=kept, max_concurrency=1)
    for node in (node for each in top for node in each.walk()):
        node.selected = node.name in names
        run.writer.schema(node.name, {}, [], [])
    with _unheard(f"tap-{place.name}"):
        read(run, top)
    rows: dict[str, list[dict[str, Any]]] = {}
    for message in map(msgspec.json.decode, output.getvalue().splitlines()):
        if message["type"] == "RECORD" and message["record"].get("_sdc_deleted_at") is None:
            rows.setdefault(message["stream"], []).append(message["record"])
    problems = {name: run.outcome(name).error or run.outcome(name).refused for name in names}
    return rows, {name: problem.what for name, problem in problems.items() if problem is not None}


@contextmanager
def _unheard(name: str) -> Iterator[None]:
    """What a tap says of pretended answers is nobody's news; what it says afterwards is."""
    log = logging.getLogger(name)
    level = log.level
    log.setLevel(logging.CRITICAL)
    try:
        yield
    finally:
        log.setLevel(level)


def _aliases(manifest: Manifest, nodes: Mapping[str, Node]) -> dict[str, str]:
    """Streams that were made for the account's own objects -> the stream of the manifest that they were made from."""
    patterns = {name: manifest.resolved(name) for name, stream in manifest.streams.items() if stream.each is not None}
    return {
        node.name: name
        for node in nodes.values()
        for name, stream in patterns.items()
        if stream.model_copy(update={"object": node.stream.object}) == node.stream
    }


def _keep(found: Recording, run: Run, nodes: dict[str, Node], output: bytes, aliases: Mapping[str, str]) -> None:
    for name, node in nodes.items():
        found.nodes.setdefault(aliases.get(name, name), node)
        outcome = run.outcome(name)
        problem = outcome.error or outcome.refused
        if problem is not None:
            found.failures.setdefault(aliases.get(name, name), problem.what)
    for line in output.splitlines():
        message = msgspec.json.decode(line)
        if message["type"] == "RECORD":
            stream = aliases.get(message["stream"], message["stream"])
            found.rows.setdefault(stream, []).append(message["record"])


def _a_day_before(state: dict[str, Any]) -> dict[str, Any]:
    """The bookmarks as they would be had the run been yesterday, so that the increment has something to ask for."""
    for bookmark in state["bookmarks"].values():
        for holder in (bookmark, *bookmark.get("partitions", [])):
            value = holder.get("replication_key_value")
            if isinstance(value, str) and (moment := _moment(value)):
                holder["replication_key_value"] = (moment - timedelta(days=1)).isoformat()
    return state


def _moment(text: str) -> datetime | None:
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        return None
