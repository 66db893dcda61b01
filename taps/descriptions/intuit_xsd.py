"""Intuit's XML Schemas: the types whose elements and attributes are also the properties of the JSON answers.

What the schemas leave to the documentation is said here: where queries and reports are asked for
(https://developer.intuit.com/app/developer/qbo/docs/learn/explore-the-quickbooks-online-api/data-queries,
https://developer.intuit.com/app/developer/qbo/docs/workflows/run-reports), that an answer holds one kind of entity, and
that in JSON a report stands without the envelope.
"""

from collections.abc import Iterator, Mapping
from functools import cached_property, partial
from pathlib import Path
from typing import Any
from xml.etree.ElementTree import Element

import defusedxml.ElementTree

from taps.descriptions.description import Description, Login, Operation, Parameter, Parts
from taps.descriptions.schemas import Schemas

_XS = "{http://www.w3.org/2001/XMLSchema}"
_PLAIN: dict[str, dict[str, Any]] = {
    "xs:boolean": {"type": "boolean"},
    "xs:decimal": {"type": "number"},
    "xs:date": {"type": "string", "format": "date"},
    "xs:dateTime": {"type": "string", "format": "date-time"},
    "xs:anyURI": {"type": "string", "format": "uri"},
    **{name: {"type": "number"} for name in ("xs:float", "xs:double")},
    **{name: {"type": "integer"} for name in ("xs:int", "xs:integer", "xs:long", "xs:positiveInteger")},
}
_COMMON = (Parameter("minorversion", "query", {"type": "integer"}), Parameter("requestid", "query", {"type": "string"}))


class IntuitSchemas(Description):
    """The file with the envelope `IntuitResponse`, and all that it includes; raises `KeyError` for any other file."""

    format = "other"

    def __init__(self, file: Path) -> None:
        self.entities: dict[str, dict[str, Any]] = {}
        document: dict[str, Any] = {}
        for root in _with_included(file, set()):
            document |= {each.attrib["name"]: _typed(each) for each in root if each.tag in _TYPES}
            self.entities |= {
                each.attrib["name"]: _reference(each.attrib["type"])
                for each in root.iter(f"{_XS}element")
                if each.get("substitutionGroup") == "IntuitObject"
            }
        if "IntuitResponse" not in document or not self.entities:
            msg = f"{file.name} is included by the file that has the envelope"
            raise KeyError(msg)
        super().__init__(Schemas(document), file.name)

    @cached_property
    def logins(self) -> Mapping[str, Login]:
        """OAuth 2.0 alone (https://developer.intuit.com/app/developer/qbo/docs/develop/authentication-and-authorization)."""
        return {"oauth": Login("oauth2")}

    def operations(self) -> Iterator[Operation]:
        """The query, which names one entity, and the reports."""
        yield Operation(self, "GET", "/v3/company/{company}/query", self._query)
        report = {"200": {"application/json": _reference("Report")}}
        parts = partial(Parts, answers=report, logins=(("oauth",),), open_parameters=True)
        yield Operation(self, "GET", "/v3/company/{company}/reports/{report}", parts)

    def _query(self) -> Parts:
        common = {"startPosition": {"type": "integer"}, "maxResults": {"type": "integer"}}
        answers = [
            {
                "type": "object",
                "properties": {"QueryResponse": {"type": "object", "properties": {name: listed} | common}},
            }
            for name, listed in ((name, {"type": "array", "items": kind}) for name, kind in self.entities.items())
        ]
        named = "|".join(sorted(self.entities))
        text = {"type": "string", "pattern": f"^select [*] from ({named})( |$)"}  # noqa: S608 - it is matched, not run
        query = Parameter("query", "query", text, required=True)
        return Parts((query, *_COMMON), answers={"200": {"application/json": {"anyOf": answers}}}, logins=(("oauth",),))


def _with_included(file: Path, seen: set[Path]) -> Iterator[Element]:
    if file in seen:
        return
    seen.add(file)
    root = defusedxml.ElementTree.fromstring(file.read_bytes())
    yield root
    for each in root.iter(f"{_XS}include"):
        yield from _with_included(file.parent / each.attrib["schemaLocation"], seen)


def _reference(kind: str) -> dict[str, Any]:
    if not kind.startswith("xs:"):
        return {"$ref": f"#/{kind}"}
    return _PLAIN.get(kind, {"type": "string"})


def _typed(node: Element) -> dict[str, Any]:
    """A named or an inner type; a group is an object of what it holds."""
    restriction = node.find(f"{_XS}restriction")
    if restriction is not None:
        values = [each.attrib["value"] for each in restriction.iter(f"{_XS}enumeration")]
        return {"type": "string", "enum": values} if values else _reference(restriction.attrib["base"])
    extended = node.find(f".//{_XS}extension")
    properties = dict(_properties(node))
    if node.find(f"{_XS}simpleContent") is not None and extended is not None:
        properties = {"value": _reference(extended.attrib["base"])} | properties
        extended = None
    own: dict[str, Any] = {"type": "object", "properties": properties}
    bases = [each.attrib["ref"] for each in _inside(node, "group")]
    bases += [extended.attrib["base"]] if extended is not None else []
    return {"allOf": [*(_reference(base) for base in bases), own]} if bases else own


def _properties(node: Element) -> Iterator[tuple[str, dict[str, Any]]]:
    for each in _inside(node, "attribute"):
        yield each.attrib["name"], _reference(each.attrib["type"])
    for each in _inside(node, "element"):
        name = each.get("name") or each.attrib["ref"]
        inner = next((part for part in each if part.tag in _TYPES), None)
        kind = _typed(inner) if inner is not None else _reference(each.get("type") or f"{each.get('ref')}")
        many = each.get("maxOccurs", "1") not in {"0", "1"}
        yield name, {"type": "array", "items": kind} if many else kind


def _inside(node: Element, kind: str) -> Iterator[Element]:
    """The parts of a kind that belong to a type itself, not to a type inside it."""
    for each in node:
        if each.tag == f"{_XS}{kind}":
            yield each
        elif each.tag not in {f"{_XS}element", f"{_XS}attribute"}:
            yield from _inside(each, kind)


_TYPES = {f"{_XS}complexType", f"{_XS}simpleType", f"{_XS}group"}
