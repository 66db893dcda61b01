"""Meta's own descriptions of Graph API nodes: for each its fields, and the edges that lead from it to others.

What holds for every edge is said once in the documentation (https://developers.facebook.com/docs/graph-api/results):
the envelope with `data` and `paging`, and the parameters that choose fields and pages.
"""

import re
from collections.abc import Iterator, Mapping
from functools import cache, partial
from pathlib import Path
from typing import Any

from taps.descriptions.description import Description, Operation, Parameter, Parts
from taps.descriptions.documents import parsed
from taps.descriptions.schemas import Schema, Schemas

_PLAIN: dict[str, dict[str, Any]] = {
    "string": {"type": "string"},
    "int": {"type": ["integer", "string"], "format": "int64"},
    "unsigned int": {"type": ["integer", "string"], "format": "int64"},
    "float": {"type": "number"},
    "bool": {"type": "boolean"},
    "datetime": {"type": "string", "format": "date-time"},
    "Object": {"type": "object"},
    "map": {"type": "object"},
}
_COMMON = ("fields", "limit", "after", "before", "since", "until", "summary", "locale", "date_format", "access_token",
           "appsecret_proof")  # fmt: skip
_PAGING = {
    "type": "object",
    "properties": {
        "cursors": {"type": "object", "properties": {"before": {"type": "string"}, "after": {"type": "string"}}},
        "next": {"type": "string", "format": "uri"},
        "previous": {"type": "string", "format": "uri"},
    },
}
_INNER = re.compile(r"(list|map)<(.+)>")


class MetaNodes(Description):
    """The nodes of one folder: one file each, named for the node."""

    format = "fields"

    def __init__(self, folder: Path) -> None:
        super().__init__(Schemas({}, folder / "nodes"), folder.name)
        self.folder = folder
        self._files = sorted(folder.glob("*.json"))

    def operations(self) -> Iterator[Operation]:
        """The edges, those that take most parameters first; and reading a node, whose kind its path does not tell."""
        edges = [api for file in self._files for api in _apis(file) if "endpoint" in api]
        for api in sorted(edges, key=lambda each: -len(each["params"])):
            yield Operation(self, api["method"], f"/{{id}}/{api['endpoint']}", partial(self._parts, api))
        yield Operation(self, "GET", "/{id}", self._any_node)

    def _parts(self, api: Mapping[str, Any]) -> Parts:
        parameters = [Parameter(each["name"], "query", self._typed(each["type"])) for each in api["params"]]
        schema = self._named(api["return"])
        envelope = {"properties": {"data": {"type": "array", "items": schema}, "paging": _PAGING, "summary": {}}}
        return Parts(
            parameters=(*parameters, *(Parameter(name, "query", {}) for name in _COMMON)),
            bodies={"application/x-www-form-urlencoded": self._form(api)} if api["method"] == "POST" else {},
            answers={"200": {"application/json": envelope if api["method"] == "GET" else schema}},
        )

    def _form(self, api: Mapping[str, Any]) -> Schema:
        properties = {each["name"]: self._typed(each["type"]) for each in api["params"]}
        return {"type": "object", "properties": {**properties, **{name: {} for name in _COMMON}}}

    def _any_node(self) -> Parts:
        known: dict[str, Any] = {}
        for file in self._files:
            for name, schema in _properties(file).items():
                known.setdefault(name, schema)
        parameters = tuple(Parameter(name, "query", {}) for name in _COMMON)
        return Parts(parameters, answers={"200": {"application/json": {"type": "object", "properties": known}}})

    def _named(self, kind: str) -> Schema:
        file = self.folder / f"{kind}.json"
        return {"type": "object", "properties": _properties(file)} if file.is_file() else {"type": "object"}

    def _typed(self, kind: str) -> Schema:
        return _typed(self.folder, kind)


def _apis(file: Path) -> list[dict[str, Any]]:
    given = parsed(file)
    return list(given.get("apis", ())) if isinstance(given, dict) else []


@cache
def _properties(file: Path) -> dict[str, Schema]:
    given = parsed(file)
    fields = given.get("fields", ()) if isinstance(given, dict) else ()
    return {each["name"]: _typed(file.parent, each["type"]) for each in fields}


@cache
def of_folder(folder: Path) -> MetaNodes:
    """The nodes of a folder, read once however many of its files are named."""
    return MetaNodes(folder)


@cache
def _enums(folder: Path) -> dict[str, list[str]]:
    file = folder / "enum_types.json"
    return {each["name"]: each["values"] for each in parsed(file)} if file.is_file() else {}


def _typed(folder: Path, kind: str) -> Schema:
    if kind in _PLAIN:
        return _PLAIN[kind]
    inner = _INNER.fullmatch(kind)
    if inner and inner[1] == "list":
        return {"type": "array", "items": _typed(folder, inner[2])}
    if inner:
        return {"type": "object", "additionalProperties": _typed(folder, inner[2].rpartition(", ")[2])}
    values = _enums(folder).get(kind)
    if values:
        return {"type": "string", "enum": values}
    return {"type": "string"} if kind.endswith(("_enum", "_enum_param")) or "_" in kind else {"type": "object"}
