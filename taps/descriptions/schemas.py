"""Reads the schemas of one description: through `$ref`, `allOf`, `anyOf`, `oneOf` and every way to say "or null"."""

from collections.abc import Iterator, Mapping
from functools import cached_property
from pathlib import Path
from typing import Any
from urllib.parse import unquote

from taps.descriptions.documents import parsed
from taps.engine.paths import split

Schema = Mapping[str, Any]

_SLOPPY = {
    "float": "number", "double": "number", "decimal": "number", "int": "integer", "long": "integer", "int32": "integer",
    "int64": "integer", "bool": "boolean", "date": "string", "datetime": "string", "date-time": "string",
    "uuid": "string", "file": "string", "text": "string", "dict": "object", "list": "array", "any": "", "map": "object",
}  # fmt: skip
"""Types that are none in JSON Schema, and what those who write them mean."""
_DEEPEST = 40
_CHOICES = frozenset({"anyOf", "oneOf"})
_TELLING = ("format", "enum", "const", "pattern", "example", "examples", "default")


class Undescribed(LookupError):
    """Nothing is described at a place; the text says how far one comes. `free` where the description leaves it open."""

    free = False


class Schemas:
    """The schemas of a document and of the files beside it that it refers to."""

    def __init__(self, document: Any, file: Path | None = None) -> None:
        self.document = document
        self.file = file
        self._known: dict[str, Any] = {}

    def resolve(self, node: Any) -> Any:
        """The node itself, or what its `$ref` points to, which may stand in a file beside this one."""
        for _ in range(_DEEPEST):
            if not isinstance(node, Mapping) or not isinstance(node.get("$ref"), str):
                return node
            target = self._target(node["$ref"])
            if node.get("nullable") is True and isinstance(target, Mapping):
                target = {**target, "nullable": True}
            node = target
        return {}

    def _target(self, reference: str) -> Any:
        if reference not in self._known:
            self._known[reference] = self.look_up(reference)
        return self._known[reference]

    def look_up(self, reference: str) -> Any:
        """What a reference points to; an empty schema where it points nowhere."""
        file, _, pointer = reference.partition("#")
        if not file:
            return _at_pointer(self.document, pointer)
        beside = self.file.parent / file.rstrip("/").rsplit("/", 1)[-1] if self.file else None
        if beside is None or not beside.is_file():
            return {}
        return _made_absolute(_at_pointer(parsed(beside), pointer), beside.name)

    def variants(self, node: Any) -> list[Schema]:
        """The schemas a value may have: those of `anyOf` and `oneOf`, each with what `allOf` adds; null has none."""
        return [each for each in self._variants(node, ()) if each.get("type") != "null"]

    def _variants(self, node: Any, seen: tuple[int, ...]) -> list[Schema]:
        schema = self.resolve(node)
        if not isinstance(schema, Mapping) or id(schema) in seen or len(seen) > _DEEPEST:
            return []
        seen = (*seen, id(schema))
        found: list[Schema] = [schema]
        if isinstance(schema.get("allOf"), list):
            found = [self._joined(schema, seen)]
        choices = schema.get("anyOf") or schema.get("oneOf") or _alternatives(schema)
        if isinstance(choices, list):
            inner = [each for choice in choices for each in self._variants(choice, seen)]
            common = {key: value for key, value in found[0].items() if key not in _CHOICES and value is not choices}
            found = [_merged(common, each) for each in inner] or found
        return found

    def _joined(self, schema: Schema, seen: tuple[int, ...]) -> Schema:
        whole: Schema = {key: value for key, value in schema.items() if key != "allOf"}
        for part in schema["allOf"]:
            parts = self._variants(part, seen)
            for each in parts[:1]:
                whole = _merged(each, whole)
            for each in parts[1:]:  # any of these may hold: all their properties are possible, none more is needed
                whole = _merged({"properties": each.get("properties", {})}, whole)
        return whole

    def properties(self, node: Any) -> dict[str, Any]:
        """All properties of an object, of every variant it may have."""
        found: dict[str, Any] = {}
        for variant in self.variants(node):
            for name, schema in _map(variant.get("properties")).items():
                known = found.setdefault(name, schema)
                if known is not schema and known != schema:
                    found[name] = {"anyOf": [*(_choices(known)), schema]}
        return found

    def types(self, node: Any) -> set[str]:
        """The JSON types a value may have, without null; empty where any may be."""
        found: set[str] = set()
        for variant in self.variants(node):
            given = types_of(variant)
            if not given:
                return set()
            found |= given
        return found - {"null"}

    def nullable(self, node: Any) -> bool:
        """Whether null is among the described values."""
        schema = self.resolve(node)
        if not isinstance(schema, Mapping):
            return False
        given = schema.get("type")
        if schema.get("nullable") is True or schema.get("x-nullable") is True or given == "null":
            return True
        if isinstance(given, list) and "null" in given:
            return True
        if isinstance(schema.get("allOf"), list) and schema["allOf"]:
            return all(self.nullable(part) for part in schema["allOf"])
        return any(self.nullable(choice) for choice in (schema.get("anyOf") or schema.get("oneOf") or ()))

    def may_be_absent(self, node: Any, name: str) -> bool:
        """Whether an object of this schema may lack the property in one of its variants."""
        return any(name not in (variant.get("required") or ()) for variant in self.variants(node))

    def item(self, node: Any) -> Any:
        """The schema of a list's items; any other schema as it is."""
        items = [each.get("items", {}) for each in self.variants(node) if "array" in types_of(each)]
        if len(items) > 1:
            return {"anyOf": items}
        return self.resolve(items[0] if items else node)

    def free(self, node: Any) -> bool:
        """Whether the description leaves open what stands here."""
        return all(not types_of(each) or _open_object(each) for each in self.variants(node))

    def at(self, node: Any, path: str | list[str]) -> Any:
        """The schema at a path; lists on the way are gone through. Raises `Undescribed` where nothing stands there."""
        for key in keys_of(path):
            node = self._below(node, key, path)
        return self.resolve(node)

    def _below(self, node: Any, key: str, path: str | list[str]) -> Any:
        if key.lstrip("-").isdigit() and "array" in self.types(node):
            return self.item(node)
        if key == "*":
            return {"anyOf": self._values(self.item(node))}
        whole = self.properties(node)
        if key in whole:  # also where the request decides whether a bare list or an object around it is answered
            return whole[key]
        node = self.item(node)
        known = self.properties(node)
        if key in known:
            return known[key]
        shown = path if isinstance(path, str) else ".".join(path)
        for variant in self.variants(node):
            values = variant.get("additionalProperties")
            if isinstance(values, Mapping) and values:
                return values
        free = self.free(node)
        how = "whose properties are not described" if free else f"which has {_listed(known)}"
        msg = f"nothing is described at {shown!r}: it stops before {key!r}, {how}"
        missing = Undescribed(msg)
        missing.free = free
        raise missing

    def vague(self, node: Any) -> bool:
        """Whether a text is described, be it beside an object, of which nothing more is said."""
        simple = [each for each in self.variants(node) if not types_of(each) & {"object", "array"}]
        return all(
            types_of(each) <= {"string", "null"} and not any(each.get(word) for word in _TELLING) for each in simple
        )

    def in_map(self, node: Any, path: str | list[str]) -> bool:
        """Whether a path ends among the values of a map, of which no single one is described."""
        *outer, last = keys_of(path) or [""]
        above = self.item(self.at(node, outer))
        return last not in self.properties(above)

    def _values(self, node: Any) -> list[Any]:
        """What any key of an object may hold."""
        more = [each.get("additionalProperties") for each in self.variants(node)]
        return [*self.properties(node).values(), *(each for each in more if isinstance(each, Mapping) and each)]

    def complaints(self, node: Any, value: Any, *, about: str | None = None) -> list[str]:
        """What is wrong with a value by a schema: one line each, with the place; only `about` one keyword if named."""
        found = self._validator(dict(_map(self.resolve(node)))).iter_errors(value)
        errors = [each for each in found if about in (None, each.validator)]
        return [f"{'.'.join(map(str, error.absolute_path)) or '.'}: {error.message[:200]}" for error in errors]

    @cached_property
    def _validator(self) -> Any:
        from taps.descriptions.validation import validator_class

        return validator_class(self)


def keys_of(path: str | list[str]) -> list[str]:
    """The keys of a manifest's path."""
    return split(path)[0]


def _kind(word: str) -> str:
    """A type as JSON Schema names it; `string[]` is a list."""
    return "array" if word.endswith("[]") else _SLOPPY.get(word, word)


def types_of(schema: Schema) -> set[str]:
    """The JSON types one schema names or lets one conclude, null among them."""
    given = schema.get("type")
    named = {_kind(str(each).lower()) for each in (given if isinstance(given, list) else [given])}
    named -= {"none", ""}
    if named:
        return named
    if schema.get("properties") or schema.get("additionalProperties"):
        return {"object"}
    if "items" in schema:
        return {"array"}
    values = schema["enum"] if isinstance(schema.get("enum"), list) else [schema["const"]] if "const" in schema else []
    return {_json_type(value) for value in values}


def _choices(schema: Any) -> list[Any]:
    """The schemas that were joined for a property of several variants, or the one."""
    joined = isinstance(schema, Mapping) and set(schema) == {"anyOf"}
    return list(schema["anyOf"]) if joined else [schema]


def _json_type(value: Any) -> str:
    for kind, name in ((bool, "boolean"), (int, "integer"), (float, "number"), (str, "string"), (list, "array")):
        if isinstance(value, kind):
            return name
    return "null" if value is None else "object"


def _open_object(schema: Schema) -> bool:
    values = schema.get("additionalProperties")
    return (
        types_of(schema) == {"object"} and not schema.get("properties") and not (isinstance(values, Mapping) and values)
    )


def _map(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}


def _merged(under: Schema, over: Schema) -> Schema:
    joined = {**under, **over}
    if "properties" in under or "properties" in over:
        first, second = _map(over.get("properties")), _map(under.get("properties"))
        both = {
            name: {"allOf": [first[name], second[name]]} for name in first if _differ(first[name], second.get(name))
        }
        joined["properties"] = {**second, **first, **both}
    if "items" in over and _differ(over["items"], under.get("items")):
        joined["items"] = {"allOf": [over["items"], under["items"]]}
    needed = [*(under.get("required") or ()), *(over.get("required") or ())] if _lists(under, over) else []
    if needed:
        joined["required"] = needed
    return joined


def _alternatives(schema: Schema) -> Any:
    """Several schemas under `items` of what is said to be no list: Slack writes alternatives so."""
    items = schema.get("items")
    return items if isinstance(items, list) and not schema.get("type") else None


def _differ(one: Any, other: Any) -> bool:
    """Whether two schemas of the same property say different things, of which both hold."""
    return other is not None and one is not other and one != other


def _lists(*schemas: Schema) -> bool:
    return all(isinstance(each.get("required") or [], list) for each in schemas)


def _listed(names: Mapping[str, Any]) -> str:
    shown = sorted(names)[:12]
    return ", ".join(shown) + (", ..." if len(names) > len(shown) else "") if shown else "no properties"


def _at_pointer(document: Any, pointer: str) -> Any:
    target = document
    for key in filter(None, pointer.split("/")):
        name = unquote(key).replace("~1", "/").replace("~0", "~")
        if isinstance(target, Mapping) and name in target:
            target = target[name]
        elif isinstance(target, list) and name.isdigit() and int(name) < len(target):
            target = target[int(name)]
        else:
            return {}
    return target


def _made_absolute(node: Any, file: str) -> Any:
    """The references of another file's node, so that they can be followed from here."""
    if isinstance(node, Mapping):
        return {
            key: _absolute(value, file) if key == "$ref" else _made_absolute(value, file) for key, value in node.items()
        }
    return [_made_absolute(item, file) for item in node] if isinstance(node, list) else node


def _absolute(reference: Any, file: str) -> Any:
    return f"{file}{reference}" if isinstance(reference, str) and reference.startswith("#") else reference


def walk(schemas: Schemas, node: Any, depth: int = 6) -> Iterator[tuple[str, Any]]:
    """Every property below a schema with its dotted path, as deep as asked."""
    if depth == 0:
        return
    for name, below in schemas.properties(schemas.item(node)).items():
        yield name, below
        for path, deeper in walk(schemas, below, depth - 1):
            yield f"{name}.{path}", deeper
