"""GraphQL schema definitions: every query is an operation of its own, and its selection says what the answer holds."""

import re
from collections.abc import Iterator, Mapping
from functools import partial
from pathlib import Path
from typing import Any

import msgspec
from graphql import (
    FieldNode,
    GraphQLEnumType,
    GraphQLError,
    GraphQLSchema,
    InlineFragmentNode,
    OperationDefinitionNode,
    SelectionSetNode,
    build_schema,
    get_named_type,
    is_composite_type,
    is_list_type,
    is_non_null_type,
    parse,
    validate,
)
from graphql.execution.values import get_variable_values

from taps.descriptions.description import Description, Operation, Parts
from taps.descriptions.schemas import Schema, Schemas

_SCALARS: dict[str, dict[str, Any]] = {
    "ID": {"type": "string"},
    "String": {"type": "string"},
    "Int": {"type": "integer"},
    "Float": {"type": "number"},
    "Boolean": {"type": "boolean"},
    "DateTime": {"type": "string", "format": "date-time"},
    "ISO8601DateTime": {"type": "string", "format": "date-time"},
    "Timestamp": {"type": "string", "format": "date-time"},
    "Date": {"type": "string", "format": "date"},
    "URL": {"type": "string", "format": "uri"},
    "HTML": {"type": "string"},
    "FormattedString": {"type": "string"},
    "Decimal": {"type": "string", "format": "decimal"},
    "Money": {"type": "string", "format": "decimal"},
    "Amount": {"type": "string", "format": "decimal"},
    "UnsignedInt64": {"type": "string", "format": "uint64"},
    "BigInt": {"type": "string", "format": "int64"},
}
"""Scalars by the names that schemas agree on; of any other one nothing is known."""


class GraphQl(Description):
    """A GraphQL API by its schema definition; any POST that carries a query is described by it."""

    format = "graphql"

    def __init__(self, file: Path) -> None:
        text = file.read_text()
        super().__init__(Schemas({}), file.name)
        # reduced schemas hold stubs of interfaces that no type fulfils
        self.schema: GraphQLSchema = build_schema(_roots(text) + text, assume_valid=True)

    def operations(self) -> Iterator[Operation]:
        """None of its own: each query is one."""
        return iter(())

    def fitting(self, method: str, path: str, *, base: str = "", body: bytes | None = None) -> Operation | None:  # noqa: ARG002
        """The operation of a POST with a query in its body; None for any other request."""
        try:
            given = msgspec.json.decode(body or b"null")
        except msgspec.DecodeError:
            return None
        if method != "POST" or not isinstance(given, dict) or not isinstance(given.get("query"), str):
            return None
        return Operation(self, method, path, partial(self._parts, given["query"], given.get("variables") or {}))

    def _parts(self, text: str, variables: Mapping[str, Any]) -> Parts:
        try:
            document = parse(text)
        except GraphQLError as broken:
            return Parts(problems=(broken.message,))
        operation = next(each for each in document.definitions if isinstance(each, OperationDefinitionNode))
        problems = [error.message for error in validate(self.schema, document)]
        if not problems:
            given = get_variable_values(self.schema, operation.variable_definitions or (), dict(variables))
            problems = [error.message for error in given] if isinstance(given, list) else []
        carried = [self._parts(each, {}) for each in variables.values() if isinstance(each, str) and "{" in each]
        return Parts(
            answers={"200": {"application/json": self._answer(operation)}},
            problems=(*problems, *(problem for each in carried for problem in each.problems)),
            carried=carried[0].answers["200"]["application/json"] if carried and carried[0].answers else None,
        )

    def _answer(self, operation: OperationDefinitionNode) -> Schema:
        data = self._object(self.schema.get_root_type(operation.operation), operation.selection_set)
        return {"type": "object", "properties": {"data": data}, "required": ["data"]}

    def _object(self, on: Any, selected: SelectionSetNode | None) -> dict[str, Any]:
        properties: dict[str, Any] = {}
        always: list[str] = []
        for part in selected.selections if selected else ():
            if isinstance(part, InlineFragmentNode):
                inner = self.schema.type_map.get(part.type_condition.name.value) if part.type_condition else on
                properties |= self._object(inner, part.selection_set)["properties"]
            elif isinstance(part, FieldNode):
                key = part.alias.value if part.alias else part.name.value
                properties[key] = self._field(on, part)
                always.append(key)
        return {"type": "object", "properties": properties, "required": always}

    def _field(self, on: Any, part: FieldNode) -> Schema:
        if part.name.value == "__typename":
            return {"type": "string"}
        known = getattr(on, "fields", {}).get(part.name.value)
        return self._typed(known.type, part.selection_set) if known is not None else {}

    def _typed(self, kind: Any, selected: SelectionSetNode | None) -> dict[str, Any]:
        if is_non_null_type(kind):
            return self._bare(kind.of_type, selected)
        return {**self._bare(kind, selected), "nullable": True}

    def _bare(self, kind: Any, selected: SelectionSetNode | None) -> dict[str, Any]:
        if is_list_type(kind):
            return {"type": "array", "items": self._typed(kind.of_type, selected)}
        named = get_named_type(kind)
        if is_composite_type(named):
            return self._object(named, selected)
        if isinstance(named, GraphQLEnumType):
            return {"type": "string", "enum": list(named.values)}
        return dict(_SCALARS.get(named.name, {}))


def _roots(text: str) -> str:
    """A schema that does not say which its roots are: Shopify's names."""
    if re.search(r"^\s*(extend\s+)?schema\b", text, re.MULTILINE) or not re.search(
        r"^type QueryRoot\b", text, re.MULTILINE
    ):
        return ""
    return "schema { query: QueryRoot mutation: Mutation }\n"
