"""Reads the vendors' official OpenAPI descriptions and answers what a manifest claims about them."""

import os
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any

import msgspec
import pytest
from jsonschema import Draft202012Validator
from ruamel.yaml import YAML

from taps.engine.paths import split

Schema = Mapping[str, Any]
REPOSITORY = Path(__file__).parents[2]
_REFERENCE = re.compile(r"\{[a-z_]+[.a-zA-Z_0-9]*\}")


def specs() -> Path:
    """The folder of the descriptions; skips the calling test where there is none."""
    folder = Path(os.environ.get("ENGARDE_SPECS") or REPOSITORY.parent / "shared" / "specs")
    if not folder.is_dir():
        pytest.skip(f"no official descriptions at {folder}: set ENGARDE_SPECS to the folder that holds them")
    return folder


def read(platform: str, file: str) -> Any:
    """A description's document, JSON or YAML; skips the calling test where it is absent."""
    path = specs() / platform / file
    if not path.is_file():
        pytest.skip(f"no official description {platform}/{file} in {specs()}")
    return _parsed(path)


@lru_cache(maxsize=32)
def _parsed(path: Path) -> Any:
    if path.suffix == ".json":
        return msgspec.json.decode(path.read_bytes())
    return YAML(typ="safe").load(path)


@dataclass(frozen=True)
class Operation:
    """One method of one path, as described."""

    described: "OpenApi"
    path: str
    body: Mapping[str, Any]
    shared: tuple[Any, ...] = ()

    def query_names(self) -> set[str]:
        """Every query parameter as it is written in a request: `limit`, `created[gte]`, `expand[]`."""
        return {name for parameter in self._parameters("query") for name in self._written(parameter)}

    def _parameters(self, place: str) -> Iterator[Schema]:
        for parameter in (*self.shared, *self.body.get("parameters", ())):
            found = self.described.resolve(parameter)
            if found["in"] == place:
                yield found

    def _written(self, parameter: Schema) -> Iterator[str]:
        name = parameter["name"]
        yield name
        for schema in self.described.variants(parameter.get("schema", {})):
            if schema.get("type") == "array":
                yield f"{name}[]"
            for inner in schema.get("properties", {}):
                yield f"{name}[{inner}]"

    def body_schema(self) -> Schema:
        """The schema of the JSON request body."""
        content = self.described.resolve(self.body["requestBody"])["content"]
        schema: Schema = self.described.resolve(content["application/json"]["schema"])
        return schema

    def answer_schema(self, status: str = "200") -> Schema:
        """The schema of a successful JSON answer."""
        answer = self.described.resolve(self.body["responses"][status])
        media = next(kind for name, kind in answer["content"].items() if "json" in name or name == "*/*")
        schema: Schema = self.described.resolve(media["schema"])
        return schema


class OpenApi:
    """An OpenAPI 3 document."""

    def __init__(self, document: Mapping[str, Any], prefix: str = "") -> None:
        """`prefix` is what the document's paths begin with and the manifest's base address already holds."""
        self.document = document
        self.prefix = prefix

    @cached_property
    def _components(self) -> Any:
        return _plain(self.document["components"])

    def find(self, method: str, path: str) -> Operation:
        """The operation a path means, its `{references}` one segment each; fails the test where there is none."""
        wanted = (self.prefix + _REFERENCE.sub("\0", path)).strip("/").split("/")
        fitting = [known for known in self.document["paths"] if _fits(known.strip("/").split("/"), wanted)]
        for known in sorted(fitting, key=lambda text: text.count("{")):
            item = self.document["paths"][known]
            if method.lower() in item:
                return Operation(self, known, item[method.lower()], tuple(item.get("parameters", ())))
        pytest.fail(f"the official description has no {method} {path}")

    def schema(self, name: str) -> Schema:
        """A named schema."""
        schema: Schema = self.resolve(self.document["components"]["schemas"][name])
        return schema

    def resolve(self, node: Any) -> Any:
        """The node itself, or what its `$ref` points to."""
        while isinstance(node, Mapping) and "$ref" in node:
            target: Any = self.document
            for key in node["$ref"].removeprefix("#/").split("/"):
                target = target[key.replace("~1", "/").replace("~0", "~")]
            node = target
        return node

    def variants(self, schema: Any) -> list[Schema]:
        """The schemas a value may have: those of `anyOf` and `oneOf`, each with what `allOf` adds."""
        schema = self.resolve(schema)
        choices = schema.get("anyOf") or schema.get("oneOf")
        if choices:
            return [found for choice in choices for found in self.variants(choice)]
        if "allOf" in schema:
            merged: dict[str, Any] = {key: value for key, value in schema.items() if key != "allOf"}
            for part in schema["allOf"]:
                for found in self.variants(part):
                    merged = {**found, **merged}
                    merged["properties"] = {**found.get("properties", {}), **merged.get("properties", {})}
            return [merged]
        return [schema]

    def properties(self, schema: Any) -> dict[str, Any]:
        """All properties of an object, of every variant it may have."""
        found: dict[str, Any] = {}
        for variant in self.variants(schema):
            found |= variant.get("properties", {})
        return found

    def at(self, schema: Any, path: str) -> Any:
        """The schema at a dotted path; a list on the way is gone through. Fails the test where nothing stands there."""
        for key in split(path)[0]:
            schema = self.item(schema)
            known = self.properties(schema)
            if key not in known:
                pytest.fail(f"the official description has no {path!r} (stopped at {key!r})")
            schema = self.resolve(known[key])
        return schema

    def item(self, schema: Any) -> Any:
        """The schema of a list's items; any other schema as it is."""
        for variant in self.variants(schema):
            if variant.get("type") == "array":
                return self.resolve(variant["items"])
        return self.resolve(schema)

    def complaints(self, schema: Any, value: Any) -> list[str]:
        """What is wrong with a value by a schema: one line each, with the place."""
        validator = Draft202012Validator({**_plain(schema), "components": self._components})
        return [f"{'.'.join(map(str, error.path))}: {error.message[:200]}" for error in validator.iter_errors(value)]

    def accepts(self, schema: Any, kind: str) -> bool:
        """Whether a value of this schema reads as a column of our type."""
        return any(_reads_as(variant, kind) for variant in self.variants(schema))


def _fits(known: list[str], wanted: list[str]) -> bool:
    return len(known) == len(wanted) and all(
        described == asked or (described.startswith("{") and "\0" in asked and _same_tail(described, asked))
        for described, asked in zip(known, wanted, strict=True)
    )


def _same_tail(described: str, asked: str) -> bool:
    return described.partition("}")[2] == asked.partition("\0")[2]


def _plain(node: Any) -> Any:
    """OpenAPI 3.0's `nullable` as JSON Schema says it."""
    if isinstance(node, list):
        return [_plain(item) for item in node]
    if not isinstance(node, dict):
        return node
    known = {key: _plain(value) for key, value in node.items() if key != "nullable"}
    if node.get("nullable") is not True:
        return known
    return {"anyOf": [known, {"type": "null"}]}


_NUMERIC = {"integer", "number"}


def _reads_as(schema: Schema, kind: str) -> bool:
    given, form = schema.get("type"), schema.get("format", "")
    types = set(given if isinstance(given, list) else [given]) - {"null"}
    match kind:
        case "json":
            return bool(types & {"object", "array", None})
        case "epoch" | "epoch_ms" | "integer":
            return bool(types & {"integer"}) or form in {"int64", "uint64", "int32"}
        case "number":
            return bool(types & _NUMERIC)
        case "decimal":
            return bool(types & _NUMERIC) or "string" in types
        case "boolean":
            return "boolean" in types
        case "date" | "datetime" | "string":
            return "string" in types
    return False
