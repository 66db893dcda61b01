"""What a draft is made from: the description of the vendor's API, its address and its lists."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from taps.descriptions.description import Description
from taps.descriptions.documents import parsed
from taps.descriptions.index import open_description
from taps.scaffold.fields import Column, columns
from taps.scaffold.lists import Listing, listings

NOWHERE = "https://example.com/"
_FORMS = {"openapi": "openapi3", "swagger": "swagger2", "discoveryVersion": "discovery"}


class ScaffoldError(Exception):
    """Nothing can be drafted; the text says why and what to do."""


@dataclass(frozen=True)
class Vendor:
    """A vendor as its description tells of it; without one, as good as nothing."""

    title: str
    docs: str
    base: str
    version: str | None = None
    description: Description | None = None
    lists: tuple[Listing, ...] = ()
    columns: dict[str, dict[str, Column]] = field(default_factory=dict)
    """Stream -> its columns by name."""


def unknown(name: str) -> Vendor:
    """A vendor of whom nothing is described: one list, to be named."""
    return Vendor(name.replace("_", " ").title(), NOWHERE, NOWHERE.rstrip("/"))


def described(name: str, file: Path) -> Vendor:
    """What an OpenAPI 3, Swagger 2 or Google discovery document tells; raises `ScaffoldError`."""
    try:
        document = parsed(file)
    except (OSError, ValueError) as broken:
        msg = f"{file} cannot be read: {broken}"
        raise ScaffoldError(msg) from None
    form = next((form for word, form in _FORMS.items() if isinstance(document, dict) and word in document), None)
    if form is None:
        msg = f"{file} is neither an OpenAPI 3 nor a Swagger 2 nor a Google discovery document"
        raise ScaffoldError(msg)
    description = open_description(file, form)
    base = _base(document, form)
    lists = tuple(listings(description, urlsplit(base).path))
    if not lists:
        msg = f"{file} describes no list: no GET, and no POST search, answers many objects"
        raise ScaffoldError(msg)
    info = document.get("info") or document
    return Vendor(
        title=str(info.get("title") or name),
        docs=str((document.get("externalDocs") or {}).get("url") or document.get("documentationLink") or NOWHERE),
        base=base,
        version=str(info["version"]) if info.get("version") else None,
        description=description,
        lists=lists,
        columns={
            each.name: {column.name: column for column in columns(description.schemas, each.item)} for each in lists
        },
    )


def _base(document: dict[str, Any], form: str) -> str:
    """The base address of the first server, without variables that nobody has filled in."""
    if form == "openapi3":
        servers = document.get("servers") or [{}]
        url = str(servers[0].get("url", ""))
        for name, variable in (servers[0].get("variables") or {}).items():
            url = url.replace("{" + name + "}", str(variable.get("default", name)))
    elif form == "swagger2":
        url = f"{(document.get('schemes') or ['https'])[0]}://{document.get('host', '')}{document.get('basePath', '')}"
    else:
        url = f"{document.get('rootUrl', '')}{document.get('servicePath', '')}"
    parts = urlsplit(url)
    if not parts.hostname:
        return f"{NOWHERE.rstrip('/')}{parts.path.rstrip('/')}"
    return url.rstrip("/")
