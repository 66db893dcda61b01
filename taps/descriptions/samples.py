"""Sample objects that a vendor publishes: each says what kind of object it is and shows the properties of one."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from taps.descriptions.schemas import Schema, Schemas

_PLACEHOLDER = re.compile(r"<(\w+)>")
_MEANT = {"boolean": "boolean", "integer": "integer", "long": "integer", "number": "number", "double": "number"}
"""What stands in an example for a value of a type."""
_KINDS = ("object", "entity")


def inferred(value: Any) -> dict[str, Any]:
    """The schema a value shows; of null and of what an empty list holds nothing is known."""
    match value:
        case None:
            return {}
        case bool():
            return {"type": "boolean"}
        case int():
            return {"type": "integer", "example": value}
        case float():
            return {"type": "number", "example": value}
        case str():
            placeholder = _PLACEHOLDER.fullmatch(value)
            if placeholder:
                return {"type": _MEANT.get(placeholder[1], "string")} if placeholder[1] != "any" else {}
            return {"type": "string", "example": value}
        case list():
            items = [each for each in map(inferred, value) if each]
            return {"type": "array", "items": items[0] if items else {}}
    return {"type": "object", "properties": {str(key): inferred(each) for key, each in value.items()}}


class Samples:
    """The samples of one file, by the kind of object that they say they are."""

    def __init__(self, document: Any) -> None:
        self.kinds: dict[str, Schema] = {}
        for kind, sample in _objects(document):
            known = self.kinds.get(kind, {}).get("properties", {})
            self.kinds[kind] = {"type": "object", "properties": {**inferred(sample)["properties"], **known}}

    def of(self, schemas: Schemas, node: Any) -> Schema | None:
        """The schema shown for the kind of object that a described one says it is; None where there is no sample."""
        properties = schemas.properties(node)
        for name in _KINDS:
            for each in schemas.variants(properties.get(name, {})):
                values = [*(each.get("enum") or ()), each.get("const"), each.get("example")]
                known = [self.kinds[value] for value in values if isinstance(value, str) and value in self.kinds]
                if known:
                    return known[0]
        return None


def _objects(value: Any) -> Iterator[tuple[str, Mapping[str, Any]]]:
    if isinstance(value, list):
        for each in value:
            yield from _objects(each)
    if isinstance(value, dict):
        for name in _KINDS:
            if isinstance(value.get(name), str) and len(value) > 1:
                yield value[name], value
        for each in value.values():
            yield from _objects(each)
