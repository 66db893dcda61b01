"""Tables of properties taken from a vendor's documentation, beside the endpoints that answer with them."""

import html
import re
from collections.abc import Iterator, Mapping
from functools import partial
from pathlib import Path
from typing import Any

from taps.descriptions.description import Description, Operation, Parts
from taps.descriptions.documents import parsed
from taps.descriptions.schemas import Schema, Schemas

_TYPES: dict[str, dict[str, Any]] = {
    "date-time": {"type": "string", "format": "date-time"},
    "datetime": {"type": "string", "format": "date-time"},
    "date": {"type": "string", "format": "date"},
    "float": {"type": "number"},
    "enum": {"type": "string"},
    "collection": {},
    "reference": {},
    "mixed": {},
}
_PROPERTIES = re.compile(r"(?:(?P<owner>.+?) - )?(?P<name>.+) properties")
_OPTIONS = re.compile(r"Options?: (.+)")


class Tables(Description):
    """WooCommerce's tables: the first of a page describes the object, those named `X - Y` what stands inside at `y`."""

    format = "fields"

    def __init__(self, file: Path) -> None:
        super().__init__(Schemas({}, file), file.name)
        self.pages: Mapping[str, Any] = parsed(file)

    def operations(self) -> Iterator[Operation]:
        """The endpoints of every page; one that ends with a variable reads an object, any other a list of them."""
        for page in self.pages.values():
            for method, path in page.get("endpoints", ()):
                template = re.sub(r"<(\w+)>", r"{\1}", html.unescape(path))
                yield Operation(self, method, template, partial(self._parts, page, template))

    def _parts(self, page: Mapping[str, Any], path: str) -> Parts:
        schema = self._object(page.get("tables", {}), path)
        if schema is None:
            return Parts(open_parameters=True)
        single = path.endswith("}") or path.rsplit("/", 1)[-1] in {"system_status"}
        answer = schema if single else {"type": "array", "items": schema}
        return Parts(answers={"200": {"application/json": answer}}, open_parameters=True)

    def _object(self, tables: Mapping[str, Any], path: str) -> Schema | None:
        named = [(match, table) for name, table in tables.items() if (match := _PROPERTIES.fullmatch(name))]
        alone = [(match["name"], table) for match, table in named if match["owner"] is None]
        if not alone:
            return None
        last = _plain([part for part in path.split("/") if not part.startswith("{")][-1])
        name, table = next(((n, t) for n, t in alone if last in _plain(n) or _plain(n) in last), alone[0])
        properties: dict[str, Any] = {field: _typed(said) for field, said in table.items()}
        for match, inner in named:
            field = str(match["name"]).lower().replace(" ", "_")
            if match["owner"] == name and field in properties:
                held = {"type": "object", "properties": {key: _typed(said) for key, said in inner.items()}}
                properties[field] = (
                    {"type": "array", "items": held} if properties[field].get("type") == "array" else held
                )
        return {"type": "object", "properties": properties}


def _plain(text: str) -> str:
    return re.sub(r"[^a-z]", "", text.lower()).removesuffix("s")


def _typed(said: Mapping[str, Any]) -> dict[str, Any]:
    kind = str(said.get("type", ""))
    return dict(_TYPES.get(kind, {"type": kind} if kind else {}))


class Listed(Description):
    """Lightspeed's tables: `X Fields` for each object of a page, with the paths that answer with the first of them.

    A page also names the paths of what its fields refer to; those have no `.json`. Which page is next stands beside the
    records, on every path alike.
    """

    format = "fields"

    def __init__(self, file: Path) -> None:
        super().__init__(Schemas({}, file), file.name)
        self.pages: Mapping[str, Any] = parsed(file)

    def operations(self) -> Iterator[Operation]:
        """Reading at every path of every page, of one record and of the list that it belongs to."""
        for page in self.pages.values():
            for path in self._paths(page):
                for template in dict.fromkeys((f"{path}.json", f"{_of_list(path)}.json")):
                    yield Operation(self, "GET", template, partial(self._parts, page))

    def _paths(self, page: Mapping[str, Any]) -> list[str]:
        """A page's own paths; where its list ends before them, those by which other pages refer to its object."""
        own = [path.partition(".json")[0] for path in page.get("paths") or () if ".json" in path]
        last = tuple(f"/{name.replace(' ', '')}" for name in list(_tables(page))[:1])
        referred = (path for other in self.pages.values() for path in other.get("paths") or ())
        return own or [path for path in dict.fromkeys(referred) if last and _of_list(path).endswith(last)]

    def _parts(self, page: Mapping[str, Any]) -> Parts:
        properties: dict[str, Any] = {"@attributes": {"type": "object", "properties": {"next": {"type": "string"}}}}
        for name, table in list(_tables(page).items())[:1]:
            fields = {field: _typed({"type": kind}) for field, kind in table.items()}
            properties[name.replace(" ", "")] = {"type": "array", "items": {"type": "object", "properties": fields}}
        return Parts(answers={"200": {"application/json": {"properties": properties}}}, open_parameters=True)


def _tables(page: Mapping[str, Any]) -> dict[str, Mapping[str, str]]:
    tables = {name.removesuffix(" Fields"): table for name, table in page.items() if name.endswith(" Fields")}
    tables.pop("Sortable", None)
    return tables


def _of_list(path: str) -> str:
    """The list that an object's path belongs to."""
    return path.rpartition("/")[0] if path.endswith("}") else path


def open_fields(file: Path) -> Description:
    """The reader that a file of fields wants by its shape; raises `KeyError` where there is none."""
    from taps.descriptions.fields_meta import of_folder
    from taps.descriptions.fields_models import Models

    given = parsed(file) if file.suffix == ".json" else None
    if isinstance(given, dict):
        if "apis" in given and "fields" in given:
            return of_folder(file.parent)
        if "operations" in given and "models" in given:
            return Models(file)
        pages = [page for page in given.values() if isinstance(page, dict)]
        if any("endpoints" in page and "tables" in page for page in pages):
            return Tables(file)
        if any("paths" in page for page in pages):
            return Listed(file)
    msg = f"{file.name}: its fields are in a form that has no reader"
    raise KeyError(msg)
