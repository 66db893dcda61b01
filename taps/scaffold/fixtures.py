"""Drafts of fixtures: the last page of a list with two records, of values that are our own and look their part."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from taps.descriptions.schemas import Schema, Schemas
from taps.scaffold.lists import Listing
from taps.scaffold.names import snake
from taps.scaffold.unchecked import MARK
from taps.scaffold.vendor import Vendor

_BY_NAME: dict[str, Any] = {
    "email": "ada@example.com", "phone": "+493012345678", "first_name": "Ada", "last_name": "Example",
    "full_name": "Ada Example", "name": "Example", "currency": "EUR", "country": "DE", "country_code": "DE",
    "language": "de", "locale": "de-DE", "timezone": "Europe/Berlin", "city": "Leipzig", "url": "https://example.com/",
}  # fmt: skip
_BY_FORMAT: dict[str, Any] = {
    "date": "2026-03-0{n}", "date-time": "2026-03-0{n}T08:15:00Z", "email": "ada{n}@example.com",
    "uri": "https://example.com/{n}", "uuid": "00000000-0000-4000-8000-00000000000{n}",
}  # fmt: skip
_OVER = {"has_more", "has_next", "has_next_page", "more", "next", "next_url", "next_page", "next_page_token",
         "next_cursor", "next_token", "end_cursor", "next_link", "next_page_url", "href"}  # fmt: skip
_DEEPEST = 4
_FIND_OUT = "is this what a whole last page looks like? Compare with the vendor's page, and give docs its address"


def fixture(vendor: Vendor, each: Listing) -> str:
    """The text of a list's fixture."""
    assert vendor.description is not None
    schemas = vendor.description.schemas
    records = [_record(schemas, each, number) for number in (1, 2)]
    answer = (
        records if each.records == "." else _page(schemas, each.operation.answer(), each.records.split("."), records)
    )
    return _text(vendor.docs, answer)


def invented(docs: str) -> str:
    """The text of the fixture of the list of which nothing is known."""
    return _text(docs, {"data": [{"id": "customer_1"}, {"id": "customer_2"}]})


def _text(docs: str, answer: Any) -> str:
    return json.dumps({MARK[:-1]: _FIND_OUT, "docs": docs, "answer": answer}, indent=1, ensure_ascii=False) + "\n"


def _record(schemas: Schemas, each: Listing, number: int) -> Any:
    record = _value(schemas, each.item, each.name, number, 0)
    return {name: value for name, value in record.items() if value is not None}


def _page(schemas: Schemas, answer: Schema, way: list[str], records: list[Any]) -> dict[str, Any]:
    """The envelope around the records, its paging words saying that there is no more."""
    page: dict[str, Any] = {}
    for name, below in schemas.properties(answer).items():
        if name == way[0]:
            page[name] = records if len(way) == 1 else _page(schemas, below, way[1:], records)
        else:
            page[name] = _envelope(schemas, below, name)
    return page


def _envelope(schemas: Schemas, schema: Schema, name: str) -> Any:
    types = schemas.types(schema)
    if snake(name) in _OVER and types != {"object"}:
        return False if types == {"boolean"} else None
    if types == {"object"}:
        return {inner: _envelope(schemas, below, inner) for inner, below in schemas.properties(schema).items()}
    return _value(schemas, schema, name, 1, 1)


def _value(schemas: Schemas, schema: Schema, name: str, number: int, depth: int) -> Any:
    variant: Mapping[str, Any] = next(iter(schemas.variants(schema)), {})
    types = schemas.types(variant)
    if variant.get("enum"):
        return next((value for value in variant["enum"] if value is not None), None)
    if "object" in types:
        if depth >= _DEEPEST:
            return {}
        below = schemas.properties(variant).items()
        return {inner: _value(schemas, each, inner, number, depth + 1) for inner, each in below}
    if "array" in types:
        return [] if depth >= _DEEPEST else [_value(schemas, schemas.item(variant), name, number, depth + 1)]
    if "boolean" in types:
        return number == 1
    if "integer" in types:
        return 1772352900 + number if snake(name).endswith(("_at", "created", "updated")) else number
    if "number" in types:
        return 10.25 * number
    return _said(str(variant.get("format", "")), snake(name), number)


def _said(form: str, name: str, number: int) -> str:
    if form in _BY_FORMAT:
        return str(_BY_FORMAT[form]).replace("{n}", str(number))
    known = next((value for word, value in _BY_NAME.items() if name == word or name.endswith(f"_{word}")), None)
    return known if known is not None else f"{name}_{number}"
