"""From a stream's words, a scope and a page's position to one HTTP request."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import msgspec

from taps.engine import graphql
from taps.engine.errors import ENDS_ALL, TapError
from taps.engine.fields import FieldSpec, Type
from taps.engine.http_request import Request
from taps.engine.jobs import Fetch, Step
from taps.engine.manifest import Manifest, Stream, _Reading
from taps.engine.pages import NoPages, PagesWord, Position
from taps.engine.paths import split
from taps.engine.references import UNSET, ReferenceUnset, Scope, as_text, fill, fill_path, fill_value, names
from taps.engine.xml import escaped

_encode = msgspec.json.Encoder().encode
Words = _Reading | Step


@dataclass(frozen=True)
class Addresses:
    """Where the vendor is reached in this run: the manifest's addresses, or those the settings put in their place."""

    base: str
    hosts: Mapping[str, str] = field(default_factory=dict)

    def of(self, host: str | None) -> str:
        """The address of a named host, or the base; raises `TapError` for one whose settings are missing."""
        if host and host not in self.hosts:
            msg = f"the address {host!r} needs a setting that is not given"
            raise TapError(msg)
        return self.hosts[host] if host else self.base


@dataclass(frozen=True)
class Asker:
    """Builds a platform's requests; holds nothing that changes during a run."""

    manifest: Manifest
    folder: Path
    addresses: Addresses
    selections: Mapping[str, str] = field(default_factory=dict)
    """Stream -> the GraphQL selection of its columns."""

    def request(
        self, words: Words, scope: Scope, *, stream: str, pages: PagesWord | None = None, at: Position | None = None,
        more_headers: Mapping[str, str] | None = None, rate: str | list[str] | None = None,
    ) -> Request:  # fmt: skip
        """The request of one page; raises `TapError` where a needed reference has no value."""
        try:
            return self._request(words, scope, stream, _Paged(pages, at), more_headers or {}, rate)
        except ENDS_ALL:  # met where a fact of the account is read for the request
            raise
        except (ReferenceUnset, TapError) as unset:
            raise TapError(str(unset), platform=self.folder.name, stream=stream) from None

    def _request(
        self, words: Words, scope: Scope, stream: str, paged: "_Paged", more_headers: Mapping[str, str],
        rate: str | list[str] | None,
    ) -> Request:  # fmt: skip
        at = paged.at
        url = at.url if at is not None and at.url else self._url(words, scope, paged)
        params: list[tuple[str, str]] = []
        if at is None or at.url is None:
            params = self._params(words, scope, paged)
        signed_link = isinstance(words, Step) and words.url is not None and words.auth == "none"
        common = {} if signed_link else self.manifest.http.headers  # they may hold keys, and a link needs none
        headers = {**common, **more_headers, **words.headers}
        filled = {name: as_text(value) for name, value in fill_value(headers, scope).items()}
        body, kind = self._body(words, scope, paged)
        if kind and not any(name.lower() == "content-type" for name in filled):
            filled["Content-Type"] = kind
        host = self.manifest.http.hosts.get(words.host) if words.host else None
        return Request(
            url=url,
            method=words.method or ("POST" if body is not None else "GET"),
            params=tuple(params),
            safe=self.manifest.http.safe,
            headers=filled | paged.headers,
            body=body,
            login=words.auth or (host.auth if host else None),
            rate=tuple([names_] if isinstance(names_ := words.rate or rate, str) else names_ or []),
            bucket_key=self._bucket_keys(words.rate or rate, scope, stream),
            stream=stream,
            elsewhere=isinstance(words, Fetch) and words.elsewhere,
        )

    def _url(self, words: Words, scope: Scope, paged: "_Paged") -> str:
        text = words.url if isinstance(words, Step) and words.url else words.path
        if paged.pages and paged.pages.then and paged.later and paged.pages.then.path:
            text = paged.pages.then.path
        address = fill_path(text, {**scope, "page": paged.scope}) if text else ""
        return address if address.startswith(("https://", "http://")) else self.addresses.of(words.host) + address

    def _params(self, words: Words, scope: Scope, paged: "_Paged") -> list[tuple[str, str]]:
        then = paged.pages.then if paged.pages and paged.later else None
        own = then.params if then and "params" in then.model_fields_set else words.params
        common = {} if isinstance(words, Step) and words.url else self.manifest.http.params
        given = {**common, **own}
        wanted = {name: value for name, value in given.items() if paged.resent is None or name in paged.resent}
        filled = fill_value(wanted, {**scope, "page": paged.scope}) | paged.params
        return [pair for name, value in filled.items() for pair in self._pairs(name, value)]

    def _pairs(self, name: str, value: Any) -> list[tuple[str, str]]:
        if isinstance(value, dict):
            return [(name, json.dumps(value, separators=(",", ":")))]
        if not isinstance(value, list):
            return [(name, as_text(value))] if value is not None else []
        match self.manifest.http.lists:
            case "comma":
                return [(name, as_text(value))]
            case "json":
                return [(name, json.dumps(value, separators=(",", ":")))]
        return [pair for item in value for pair in self._pairs(name, item)]

    def _body(self, words: Words, scope: Scope, paged: "_Paged") -> tuple[bytes | None, str | None]:
        scope = {**scope, "page": paged.scope}
        if words.form is not None:
            filled = fill_value(words.form, scope) | paged.form
            pairs = [pair for name, value in filled.items() for pair in self._pairs(name, value)]
            return urlencode(pairs).encode(), "application/x-www-form-urlencoded"
        if words.graphql is not None:
            file = words.graphql
            if paged.pages and paged.pages.then and paged.later and paged.pages.then.graphql:
                file = paged.pages.then.graphql
            variables = fill_value(words.variables, scope) | paged.variables
            body = {"query": self.graphql(file, scope, stream_name(scope))}
            return _encode(body | ({"variables": variables} if variables else {})), "application/json"
        if words.body is not None:
            return _written(words.body, scope, paged.body)
        return None, None

    def graphql(self, file: str, scope: Scope, stream: str) -> str:
        """The filled text of a query file of the platform."""
        selections = {**self.selections, "": self.selections.get(stream, "")}
        return graphql.fill(graphql.read(self.folder / file), scope, selections)

    def _bucket_keys(self, buckets: str | list[str] | None, scope: Scope, stream: str) -> dict[str, str]:
        keys: dict[str, str] = {}
        for name in [buckets] if isinstance(buckets, str) else buckets or []:
            kept_per = self.manifest.rate[name].bucket
            if kept_per == "stream":
                keys[name] = stream
            elif kept_per and kept_per.startswith("{"):
                value = fill(kept_per, scope)
                keys[name] = value if isinstance(value, str) else ""
        return keys


class _Paged:
    """What a page's position adds to each part of its request."""

    def __init__(self, pages: PagesWord | None, at: Position | None) -> None:
        self.pages, self.at = pages, at
        self.params: dict[str, Any] = {}
        self.variables: dict[str, Any] = {}
        self.body: dict[str, Any] = {}
        self.form: dict[str, Any] = {}
        self.headers: dict[str, str] = {}
        self.scope: dict[str, Any] = {}
        self.later = at is not None and at.number > 0
        self.resent: list[str] | None = None
        if pages is None or (isinstance(pages, NoPages) and not pages.size):
            return
        if self.later and pages.resend != "all":
            self.resent = list(pages.resend)
        added: dict[str, Any] = dict(pages.size)
        send = getattr(pages, "send", None)
        if send and at is not None and at.value is not None:
            added[send] = at.value
        if at is not None:
            added |= at.echo
        if at is not None:
            self.scope = {
                "offset": at.value,
                "number": at.value,
                "token": at.value,
                "size": next(iter(pages.size.values()), None),
            }
        match pages.into:
            case "param":
                self.params = added
            case "variables":
                self.variables = added
            case "body":
                self.body = added
            case "form":
                self.form = added
            case "header":
                self.headers = {name: as_text(value) for name, value in added.items()}


def stream_name(scope: Scope) -> str:
    """The stream a scope was made for."""
    stream = scope.get("stream")
    return str(stream.get("name", "")) if isinstance(stream, Mapping) else ""


def _written(body: Any, scope: Scope, paged: Mapping[str, Any]) -> tuple[bytes, str]:
    """A body and what it is: maps and lists are JSON, a text is sent as it stands; in XML, values are escaped."""
    if not isinstance(body, str):
        filled = fill_value(body, scope)
        for path, value in paged.items():
            _set(filled, path, value)
        return _encode(filled), "application/json"
    is_xml = body.lstrip().startswith("<")
    text = fill(body, scope, encode=escaped if is_xml else str)
    if text is UNSET:
        msg = f"{body} has no value here"
        raise ReferenceUnset(msg)
    if isinstance(text, dict | list):
        return _encode(text), "application/json"
    return as_text(text).encode(), "text/xml; charset=utf-8" if is_xml else "text/plain; charset=utf-8"


def _set(body: Any, path: str, value: Any) -> None:
    *outer, last = path.split(".")
    for key in outer:
        body = body[int(key)] if isinstance(body, list) else body.setdefault(key, {})
    body[int(last) if isinstance(body, list) else last] = value


def asked_fields(stream: Stream, columns: Mapping[str, FieldSpec], ask: Mapping[Type, str]) -> list[str]:
    """`{fields}`: the vendor's names of all columns not carried from a parent, each as `http.ask` writes its type."""
    carried = stream.parent.carry if stream.parent else {}
    asked = []
    for name, spec in columns.items():
        if name not in carried:
            column = ".".join(split(name if spec.from_ is None else spec.from_)[0])
            asked.append(ask.get(spec.kind, "{column}").replace("{column}", column))
    return asked


def refers_to(words: Words, root: str, text: str = "") -> bool:
    """Whether a reading's request mentions a root such as `window`, or a part of it such as `window.end`."""
    places = [words.path, words.params, words.headers, words.body, words.form, words.variables]
    found = [name for place in places for name in names(place)] + graphql.placeholders(text)
    return any(f"{name}.".startswith(f"{root}.") for name in found)
