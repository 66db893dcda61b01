"""The draft of manifest.yaml."""

from __future__ import annotations

import datetime
from collections.abc import Iterator

from taps.descriptions.description import Operation
from taps.registry import catalog
from taps.scaffold.fields import Column, personal
from taps.scaffold.lines import block, line, pair, scalar
from taps.scaffold.lists import Listing
from taps.scaffold.logins import logins
from taps.scaffold.names import key, snake
from taps.scaffold.pages import Pages, guessed
from taps.scaffold.vendor import NOWHERE, Vendor

_GROWS = ("updated_at", "modified_at", "last_modified", "updated", "modified", "date_modified", "updated_on")
_SINCE = ("updated_since", "updated_after", "modified_since", "modified_after", "updated_at_min", "since",
          "updated_gte", "updated_from", "min_updated_at")  # fmt: skip
_STATUS = {"401": "login", "403": "permission", "404": "missing", "429": "rate_limit"}


def manifest(platform: str, vendor: Vendor) -> str:
    """The text of a draft that the grammar accepts and `engarde check` does not, for its unchecked lines."""
    described = vendor.description.logins if vendor.description else {}
    return block([*_head(platform, vendor), *logins(described, vendor.docs), *_common(vendor), *_streams(vendor)])


def _head(platform: str, vendor: Vendor) -> Iterator[str]:
    yield "# yaml-language-server: $schema=../../manifest.schema.json"
    yield pair(0, "title", vendor.title, None if vendor.description else "the vendor's name as he writes it")
    known = catalog().get(platform)
    yield pair(0, "category", known.category if known else "ecommerce", None if known else "one of the 16 categories")
    yield pair(0, "docs", vendor.docs, "the vendor's API reference")
    yield line(0, "checked:")
    yield line(1, f"date: {datetime.datetime.now(datetime.UTC):%Y-%m-%d}", "the day on which everything was looked up")
    yield pair(1, "against", vendor.docs, "where the description or reference lies that it was checked against")
    if vendor.version:
        yield pair(1, "api_version", vendor.version, "is this the version that requests name?")
    options = dict.fromkeys(option for each in vendor.lists for option in each.options)
    since = any(_since(each.operation) for each in vendor.lists)
    if options or since:
        yield line(0, "config:")
    for option in options:
        yield line(1, f"{option}:")
        yield pair(2, "type", "string")
        title = option.replace("_", " ").capitalize()
        yield pair(2, "title", title, "what is it, and could a list of the vendor name the values (a parent)?")
    if since:
        yield from (line(1, "start_date:"), pair(2, "type", "date"), pair(2, "title", "Read records changed since"))
        yield from (pair(2, "optional", True), line(2, 'default: "2020-01-01"'))


def _common(vendor: Vendor) -> Iterator[str]:
    yield line(0, "http:")
    yield pair(1, "base", vendor.base, "the address of production, and does every account have the same?")
    yield line(0, "rate:")
    yield line(1, "account:")
    yield pair(2, "docs", vendor.docs, "the vendor's page on rate limits")
    yield pair(2, "requests", 5, "how many requests in which time, counted for what (bucket)?")
    yield pair(2, "per", "1s", "which time?")
    yield line(0, "defaults:")
    yield pair(1, "rate", "account")
    yield line(1, "errors:")
    yield pair(2, "docs", vendor.docs, "the vendor's page on errors; does an error also come with status 200 (at)?")
    yield line(2, "status:")
    for status, meaning in _STATUS.items():
        yield line(3, f'"{status}": {meaning}', f"what else does {status} mean here?")


def _streams(vendor: Vendor) -> Iterator[str]:
    yield line(0, "streams:")
    if not vendor.lists:
        yield from _invented()
    for each in vendor.lists:
        yield from _stream(each, vendor)


def _invented() -> Iterator[str]:
    yield line(1, "customers:", "the first list to be read, by its name in the vendor's API")
    yield pair(2, "docs", NOWHERE, "the vendor's page on this list")
    yield pair(2, "path", "/customers", "the list's path below http.base")
    yield pair(2, "records", "data", "where do the records stand in the answer?")
    yield from _rules({"id": Column("id", "id", "string", required=True)}, Pages("none"))
    yield pair(2, "cursor", "none", "which field grows, and which parameter asks for records since then?")
    yield line(2, "fields:")
    yield line(3, "id: string!", "every field with its type, one a line")


def _stream(each: Listing, vendor: Vendor) -> Iterator[str]:
    found, operation = vendor.columns[each.name], each.operation
    yield line(1, f"{each.name}:", "does a default request leave records out (archived, test, other owners)?")
    yield pair(2, "docs", vendor.docs, f"the vendor's page on {operation.method} {operation.path}")
    if operation.method != "GET":
        yield pair(2, "method", operation.method)
    yield pair(2, "path", each.path)
    yield pair(2, "records", each.records)
    if each.parent:
        yield from (line(2, "parent:"), pair(3, "stream", each.parent), line(3, "carry:"))
        for name in each.carried:
            yield pair(4, name, key(vendor.columns[each.parent]), "is this what the path names?")
    yield from _rules(found, guessed(operation, each.records), tuple(each.carried))
    yield from _cursor(operation, found)
    if named := personal(found):
        yield line(2, f"pii: [{', '.join(named)}]", "which other fields hold personal data?")
    yield line(2, "fields:")
    for name in each.carried:
        if name not in found:
            yield line(3, f"{name}: string!")
    for column in found.values():
        yield line(3, f"{scalar(column.name)}: {column.written}", column.find_out)


def _rules(found: dict[str, Column], pages: Pages, carried: tuple[str, ...] = ()) -> Iterator[str]:
    columns = ", ".join([*carried, key(found)])
    yield line(2, f"key: [{columns}]", "does this name a record among all records of the account?")
    yield line(2, "pages:")
    yield pair(3, "kind", pages.kind, "how does a list go on, and how does its end show?")
    for word, value in pages.words.items():
        yield pair(3, word, value)
    if pages.size:
        yield line(3, f"size: {{{scalar(pages.size[0])}: {pages.size[1]}}}", "the largest page the vendor gives")
    yield pair(2, "deletes", "not_reported", "how does it show that a record was deleted?")


def _since(operation: Operation) -> str | None:
    names = {snake(name): name for name in operation.query_names()}
    return next((names[name] for name in _SINCE if name in names), None)


def _cursor(operation: Operation, found: dict[str, Column]) -> Iterator[str]:
    since = _since(operation)
    grows = next((name for word in _GROWS for name in found if snake(name) == word), None)
    if since is None or grows is None:
        yield pair(2, "cursor", "none", "which field grows, and which parameter asks for records since then?")
        return
    yield line(2, "params:")
    yield pair(3, since, "{window.start}")
    yield line(2, "cursor:")
    yield pair(3, "field", grows, "does it grow with every change, and does the filter go by it?")
    yield pair(3, "format", "datetime", "how are moments written in records and in the filter (send_as)?")
    yield pair(3, "start", "{config.start_date}")
    yield pair(3, "order", "unknown", "in which order do records come?")
    yield pair(3, "lookback", "1h", "how late may a record appear?")
