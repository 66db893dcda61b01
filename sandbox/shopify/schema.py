"""The part of the Admin GraphQL schema 2026-07 that the sandbox serves, and how its fields are answered.

The files of `schema/` name the types; connections and edges all have the vendor's one shape and are added here.
"""

from __future__ import annotations

import re
from functools import cache
from importlib.resources import files
from typing import Any

from graphql import (
    GraphQLInterfaceType,
    GraphQLObjectType,
    GraphQLResolveInfo,
    GraphQLSchema,
    GraphQLUnionType,
    build_schema,
    specified_directives,
)

from sandbox.shopify.nodes import Ask, Node, PathKey

_CONNECTION = """
type {name}Connection {{
  edges: [{name}Edge!]!
  nodes: [{name}!]!
  pageInfo: PageInfo!
}}

type {name}Edge {{
  cursor: String!
  node: {name}!
}}
"""


def schema_text() -> str:
    """Return the schema as SDL."""
    folder = files("sandbox.shopify") / "schema"
    text = "\n".join(
        entry.read_text("utf-8") for entry in sorted(folder.iterdir(), key=lambda entry: entry.name)
        if entry.name.endswith(".graphql")
    )  # fmt: skip
    connected = sorted(set(re.findall(r"\b(\w+)Connection\b", text)))
    return (
        "schema { query: QueryRoot mutation: Mutation }\n"
        + text
        + "".join(_CONNECTION.format(name=name) for name in connected)
    )


@cache
def schema() -> GraphQLSchema:
    """Return the executable schema."""
    built = build_schema(schema_text())
    built.directives = tuple(specified_directives)
    for found in built.type_map.values():
        if found.name.startswith("__"):
            continue
        if isinstance(found, GraphQLObjectType):
            for answered in found.fields.values():
                answered.resolve = resolve
        elif isinstance(found, GraphQLInterfaceType | GraphQLUnionType):
            found.resolve_type = _type_of
    return built


def resolve(source: Node, info: GraphQLResolveInfo, **args: Any) -> Any:
    """Answer a field from its node: a value, or a function of the arguments."""
    value = source.get(info.field_name)
    if callable(value):
        path: tuple[PathKey, ...] = tuple(info.path.as_list())
        return value(args, Ask(info.context, path))
    return value


def _type_of(value: Node, *_: object) -> str:
    return str(value["__typename"])
