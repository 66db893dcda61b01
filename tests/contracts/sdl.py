"""Reads Shopify's official GraphQL description and answers what query files and columns claim about it."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any

import msgspec
import pytest
from graphql import (
    DocumentNode,
    FieldNode,
    GraphQLEnumType,
    GraphQLSchema,
    InlineFragmentNode,
    OperationDefinitionNode,
    SelectionSetNode,
    StringValueNode,
    build_schema,
    get_named_type,
    get_nullable_type,
    is_composite_type,
    is_list_type,
    is_non_null_type,
    parse,
    validate,
)

from taps.engine.paths import split
from tests.contracts.descriptions import specs

GAPS = Path(__file__).with_name("shopify_gaps.graphql")
_ROOTS = "schema { query: QueryRoot mutation: Mutation }\n"
_SCALARS = {
    "ID": {"string"},
    "String": {"string"},
    "URL": {"string"},
    "HTML": {"string"},
    "FormattedString": {"string"},
    "UnsignedInt64": {"integer", "string"},
    "BigInt": {"integer", "string"},
    "Int": {"integer"},
    "Float": {"number"},
    "Boolean": {"boolean"},
    "DateTime": {"datetime"},
    "Date": {"date"},
    "Decimal": {"decimal"},
    "Money": {"decimal"},
    "JSON": {"json"},
}
_JSON: dict[str, type | tuple[type, ...]] = {"Int": int, "Boolean": bool, "Float": (int, float)}


def shopify_schema(version: str) -> GraphQLSchema:
    """The official schema of one API version and what its reduced text leaves out; skips where it is absent."""
    file = specs() / "shopify" / f"admin_{version}.graphql"
    if not file.is_file():
        pytest.skip(f"no official description shopify/{file.name} in {specs()}")
    return _built(file)


@lru_cache(maxsize=1)
def _built(file: Path) -> GraphQLSchema:
    # the reduced description has stubs of interfaces that no type fulfils
    return build_schema(_ROOTS + file.read_text() + GAPS.read_text(), assume_valid=True)


def shopify_filters(version: str) -> dict[str, list[str]]:
    """Root field -> the names that its argument `query` understands."""
    file = specs() / "shopify" / f"admin_{version}_query_filters.json"
    if not file.is_file():
        pytest.skip(f"no official description shopify/{file.name} in {specs()}")
    found: dict[str, list[str]] = msgspec.json.decode(file.read_bytes())["filters"]
    return found


@dataclass(frozen=True)
class Place:
    """A field somewhere in a query: its type, what is selected of it, and whether it is always there."""

    type: Any
    selected: SelectionSetNode | None
    required: bool = True

    def accepts(self, kind: str) -> bool:
        """Whether its values read as a column of our type."""
        bare = get_nullable_type(self.type)
        named = get_named_type(bare)
        if is_list_type(bare) or is_composite_type(named):
            return kind == "json"
        return kind in ({"string"} if isinstance(named, GraphQLEnumType) else _SCALARS[named.name])


@dataclass
class Nesting:
    """What a bulk query may hold only so much of."""

    connections: int = 0
    depth: int = 0
    in_lists: list[str] = field(default_factory=list)


class Query:
    """A filled query file, read against the official schema."""

    def __init__(self, schema: GraphQLSchema, text: str) -> None:
        self.schema = schema
        self.document: DocumentNode = parse(text)
        (operation,) = self.document.definitions
        assert isinstance(operation, OperationDefinitionNode)
        self.operation = operation

    def complaints(self) -> list[str]:
        """What the official schema says is wrong with the query."""
        return [error.message for error in validate(self.schema, self.document)]

    @property
    def top(self) -> Place:
        """The operation itself."""
        return Place(self.schema.get_root_type(self.operation.operation), self.operation.selection_set)

    def at(self, path: str, start: Place | None = None) -> list[Place]:
        """Every field that answers at a dotted path (`data.` and list positions left out), one for each fragment."""
        places = [start or self.top]
        for key in split(path)[0]:
            if key == "data" or key.isdigit():
                continue
            places = [found for place in places for name, found in self._below(place) if name == key]
        return places

    def _below(self, place: Place) -> Iterator[tuple[str, Place]]:
        on = get_named_type(place.type)
        for part in place.selected.selections if place.selected else ():
            if isinstance(part, InlineFragmentNode):
                inner = self.schema.type_map[part.type_condition.name.value]
                for key, found in self._below(Place(inner, part.selection_set)):
                    yield key, Place(found.type, found.selected, required=False)
            elif isinstance(part, FieldNode):
                key = part.alias.value if part.alias else part.name.value
                if part.name.value == "__typename":
                    yield key, Place(self.schema.type_map["String"], None, place.required)
                    continue
                kind = on.fields[part.name.value].type
                yield key, Place(kind, part.selection_set, place.required and is_non_null_type(kind))

    def filters(self) -> dict[str, set[str]]:
        """Root field -> the filter names that its argument `query` uses."""
        found: dict[str, set[str]] = {}
        for part in self.operation.selection_set.selections:
            assert isinstance(part, FieldNode)
            for argument in part.arguments:
                if argument.name.value == "query" and isinstance(argument.value, StringValueNode):
                    bare = re.sub(r"'[^']*'", "", argument.value.value)
                    found[part.name.value] = set(re.findall(r"(\w+):", bare))
        return found

    def nesting(self) -> Nesting:
        """How many connections the query holds, how deep they stand in each other, and which stand inside lists."""
        found = Nesting()
        self._nest(self.top, found, depth=0, listed=False)
        return found

    def _nest(self, place: Place, found: Nesting, *, depth: int, listed: bool) -> None:
        for key, inner in self._below(place):
            connection = get_named_type(inner.type).name.endswith("Connection")
            if connection:
                found.connections += 1
                found.depth = max(found.depth, depth)
                found.in_lists += [key] if listed else []
            a_list = is_list_type(get_nullable_type(inner.type)) and key not in {"edges", "nodes"}
            self._nest(inner, found, depth=depth + connection, listed=listed or a_list)

    def misfits(self, answer: Any) -> list[str]:
        """What an answer's data lacks, has too much of or holds in the wrong shape."""
        return list(self._misfits(self.top, answer, "data"))

    def _misfits(self, place: Place, value: Any, where: str) -> Iterator[str]:
        bare = get_nullable_type(place.type)
        if value is None:
            if is_non_null_type(place.type):
                yield f"{where}: null, never null by the description"
        elif is_list_type(bare):
            for index, item in enumerate(value):
                yield from self._misfits(Place(bare.of_type, place.selected), item, f"{where}.{index}")
        elif is_composite_type(bare):
            yield from self._object_misfits(place, bare, value, where)
        elif not isinstance(value, _JSON.get(bare.name, str)) and bare.name != "JSON":
            yield f"{where}: {type(value).__name__} for {bare.name}"

    def _object_misfits(self, place: Place, bare: Any, value: Any, where: str) -> Iterator[str]:
        known = dict(self._below(Place(bare, place.selected)))
        for key in self._expected(place, value.get("__typename") or bare.name) - value.keys():
            yield f"{where}.{key}: missing"
        for key, inner in value.items():
            if key not in known:
                yield f"{where}.{key}: not asked for"
            else:
                yield from self._misfits(known[key], inner, f"{where}.{key}")

    def _expected(self, place: Place, actual: str) -> set[str]:
        """The keys that an object of the actual type must have: its own selections and those of fragments on it."""
        interfaces = {each.name for each in getattr(self.schema.type_map[actual], "interfaces", ())}
        found: set[str] = set()
        for part in place.selected.selections if place.selected else ():
            if isinstance(part, FieldNode):
                found.add(part.alias.value if part.alias else part.name.value)
            elif isinstance(part, InlineFragmentNode) and part.type_condition.name.value in {actual, *interfaces}:
                found |= self._expected(Place(None, part.selection_set), actual)
        return found
