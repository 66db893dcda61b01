"""Makes a value of a schema: every property filled, from the description's own examples where it has some."""

import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import Any

from taps.descriptions.patterns import text_for
from taps.descriptions.schemas import Schema, Schemas, types_of

_DEEPEST, _SHALLOWEST = 9, 5
_LARGEST = 12_000
"""Values in one answer, more or less."""
_RECENT = datetime.now(UTC).replace(microsecond=0) - timedelta(hours=20)
_FORMATS = {
    "date-time": _RECENT.isoformat().replace("+00:00", "Z"),
    "datetime": _RECENT.isoformat().replace("+00:00", "Z"),
    "google-datetime": _RECENT.isoformat().replace("+00:00", "Z"),
    "date": _RECENT.date().isoformat(),
    "google-date": _RECENT.date().isoformat(),
    "time": "10:30:00",
    "uuid": "3f2b0f0e-6a51-4c8e-9d0c-2a1f4f6f1c11",
    "uri": "https://vendor.example/things/1",
    "url": "https://vendor.example/things/1",
    "date-time-rfc-2822": format_datetime(_RECENT),
    "email": "ada@customer.example",
    "ipv4": "192.0.2.1",
    "int64": "1",
    "uint64": "1",
    "int32": "1",
    "decimal": "1.50",
    "float": "1.5",
    "double": "1.5",
    "byte": "YQ==",
}


UNKNOWN = "text"
"""A text of which nothing is described; sent back, as a page's token is, it says nothing either."""
_SHAPE = re.compile(r"[Ff]ormat: [`'\"]?([a-z][\w/]*/\{[\w/{}]+\})")
"""How Google's descriptions say what a resource's name looks like: `Format: properties/{property}`."""


class Examples:
    """Makes values of the schemas of one description."""

    def __init__(self, schemas: Schemas) -> None:
        self.schemas = schemas
        self._left = 0
        self._deepest = 0

    def of(self, node: Any) -> Any:
        """A value of the schema with all that is described, as deep as it does not become too large."""
        for self._deepest in range(_DEEPEST, _SHALLOWEST - 1, -1):
            self._left = _LARGEST
            value = self._of(node, ())
            if self._left >= 0:
                break
        return value

    def _of(self, node: Any, above: tuple[int, ...]) -> Any:
        self._left -= 1
        schema = self.schemas.resolve(node)
        given = _shown(schema) or _shown(node)
        if given and not isinstance(given[0], dict | list) and not self.schemas.complaints(schema, given[0]):
            return given[0]
        variants = self.schemas.variants(schema)
        if not variants:
            return None
        return self._made(_preferred(variants), given[0] if given else None, (*above, id(schema)))

    def _made(self, schema: Schema, shown: Any, above: tuple[int, ...]) -> Any:
        types = types_of(schema)
        if "array" in types:
            made = None if self._ends(above) else self._of(schema.get("items", {}), above)
            return [] if made is None and schema.get("items") else [made]
        if "object" in types or (not types and isinstance(schema.get("properties"), Mapping)):
            return self._object(schema, shown, above)
        return _simple(schema, types)

    def _object(self, schema: Schema, shown: Any, above: tuple[int, ...]) -> Any:
        if self._ends(above):
            return None if above.count(above[-1]) > 1 else {}
        properties = schema.get("properties")
        made = {name: _named(name, self._of(each, above)) for name, each in (properties or {}).items()}
        values = schema.get("additionalProperties")
        if not made and isinstance(values, Mapping):
            made = {"key": self._of(values, above)}
        if not made and isinstance(shown, dict):
            return shown
        needed = set(schema.get("required") or ()) if isinstance(schema.get("required"), list) else set()
        return {
            name: value
            for name, value in made.items()
            if value is not None or name in needed or self.schemas.nullable((properties or {}).get(name, {}))
        }

    def _ends(self, above: tuple[int, ...]) -> bool:
        return len(above) > self._deepest or above.count(above[-1]) > 1 or self._left < 0


def _named(name: str, value: Any) -> Any:
    """A text of which nothing is known but its name."""
    return "UTC" if value == UNKNOWN and "timezone" in name.lower().replace("_", "") else value


def _preferred(variants: list[Schema]) -> Schema:
    """What is simple, such as an id in an object's place; of objects the one with most in it."""
    simple = [each for each in variants if not types_of(each) & {"object", "array"} and not each.get("properties")]
    return simple[0] if simple else max(variants, key=lambda each: len(each.get("properties") or ()))


def _shown(schema: Any) -> list[Any]:
    """The examples that a schema itself gives."""
    if not isinstance(schema, Mapping):
        return []
    listed = schema.get("examples")
    found = [schema["example"]] if schema.get("example") is not None else []
    found += listed if isinstance(listed, list) else []
    found += [schema["default"]] if isinstance(schema.get("default"), str) and schema["default"] else []
    return [each for each in found if each is not None]


def _simple(schema: Schema, types: set[str]) -> Any:
    if "const" in schema:
        return schema["const"]
    values = [each for each in schema.get("enum") or () if each not in (None, "")]
    if values:
        return values[0]
    if "boolean" in types:
        return True
    if "integer" in types:
        return max(1, _least(schema))
    if "number" in types:
        return max(2.0, _least(schema))
    return _text(schema) if "string" in types or not types else None


def _least(schema: Schema) -> int:
    least = schema.get("minimum")
    return int(least) + 1 if isinstance(least, int | float) else 1


def _text(schema: Schema) -> str:
    if schema.get("format") in _FORMATS:
        return _FORMATS[schema["format"]]
    named = _SHAPE.search(str(schema.get("description", "")))
    if named:
        return re.sub(r"\{[^}]*\}", "1", named[1])
    if schema.get("pattern") and (text := text_for(str(schema["pattern"]))):
        return text
    least = schema.get("minLength")
    return UNKNOWN.ljust(least, "x") if isinstance(least, int) else UNKNOWN
