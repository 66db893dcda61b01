"""What a query costs and the bucket it is paid from.

Source: https://shopify.dev/docs/api/usage/limits (scalars 0, objects 1, interfaces and unions the dearest selection,
mutations 10, connections by their size). How size scales is not published: here 2 plus about 2 ln(size) times the
dearest node, which agrees with the costs seen in public.
"""

from __future__ import annotations

import math
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLInterfaceType,
    GraphQLObjectType,
    GraphQLSchema,
    GraphQLUnionType,
    InlineFragmentNode,
    OperationDefinitionNode,
    OperationType,
    SelectionSetNode,
    get_argument_values,
    get_named_type,
)

MAX_QUERY_COST = 1000
MUTATION_COST = 10


@dataclass(slots=True)
class Bucket:
    """A leaky bucket of points that refills in real time."""

    maximum: float = 2000.0
    restore: float = 100.0
    clock: Callable[[], float] = time.monotonic
    _level: float | None = None
    _at: float = 0.0
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def take(self, points: float) -> bool:
        """Take points when there are enough; negative points are given back."""
        with self._lock:
            now = self.clock()
            level = self.maximum if self._level is None else self._level
            level = min(self.maximum, level + (now - self._at) * self.restore) if self._level is not None else level
            self._at, self._level = now, level
            if points > level:
                return False
            self._level = min(self.maximum, level - points)
            return True

    def status(self) -> dict[str, float]:
        """Return `throttleStatus` as the vendor reports it."""
        self.take(0)
        return {
            "maximumAvailable": self.maximum,
            "currentlyAvailable": int(self._level or 0),
            "restoreRate": self.restore,
        }


@dataclass(slots=True)
class Pricer:
    """Prices one document: before it runs by the sizes asked for, afterwards by the sizes that came."""

    schema: GraphQLSchema
    document: DocumentNode
    variables: dict[str, Any]

    def requested(self, operation: OperationDefinitionNode) -> int:
        """Return the cost by what is asked for."""
        return self._operation(operation, None)

    def actual(self, operation: OperationDefinitionNode, data: Any) -> int:
        """Return the cost by what was found."""
        return self._operation(operation, data if isinstance(data, dict) else {})

    def _operation(self, operation: OperationDefinitionNode, data: Any) -> int:
        root = self.schema.get_root_type(operation.operation)
        if root is None:
            return 0
        total = self._selection(operation.selection_set, root, data)
        mutation = operation.operation is OperationType.MUTATION
        return (MUTATION_COST if mutation else 0) + (0 if mutation else total)

    def _fragments(self) -> dict[str, FragmentDefinitionNode]:
        return {
            found.name.value: found for found in self.document.definitions if isinstance(found, FragmentDefinitionNode)
        }

    def _selection(self, selected: SelectionSetNode | None, on: Any, data: Any) -> int:
        if selected is None:
            return 0
        total, choices = 0, [0]
        for part in selected.selections:
            if isinstance(part, FieldNode):
                total += self._field(part, on, data)
                continue
            inner: Any = part
            if isinstance(part, FragmentSpreadNode):
                inner = self._fragments()[part.name.value]
            if isinstance(inner, InlineFragmentNode | FragmentDefinitionNode):
                condition = inner.type_condition
                target = self.schema.type_map[condition.name.value] if condition else on
                choices.append(self._selection(inner.selection_set, target, data))
        abstract = isinstance(on, GraphQLInterfaceType | GraphQLUnionType)
        return total + (max(choices) if abstract else sum(choices))

    def _field(self, part: FieldNode, on: Any, data: Any) -> int:
        name = part.name.value
        if name.startswith("__") or not isinstance(on, GraphQLObjectType | GraphQLInterfaceType):
            return 0
        defined = on.fields[name]
        named = get_named_type(defined.type)
        if part.selection_set is None:
            return 0
        key = part.alias.value if part.alias else name
        value = None if data is None else data.get(key) if isinstance(data, dict) else None
        if data is not None and not value:
            return 0 if value is None else 1
        if named.name.endswith("Connection"):
            args = get_argument_values(defined, part, self.variables)
            return self._connection(part, named, args, value)
        sample = value[0] if isinstance(value, list) else value
        return 1 + self._selection(part.selection_set, named, sample)

    def _connection(self, part: FieldNode, named: Any, args: dict[str, Any], value: Any) -> int:
        asked = args.get("first") or args.get("last") or 1
        sample, size = None, asked
        if value is not None:
            nodes = value.get("nodes") or [edge.get("node") for edge in value.get("edges") or []]
            size, sample = len(nodes), (nodes[0] if nodes else None)
        if size == 0:
            return 1
        each = self._node(part.selection_set, named, sample)
        return 2 + max(1, round(2 * math.log(size))) * each

    def _node(self, selected: SelectionSetNode | None, named: GraphQLObjectType, sample: Any) -> int:
        node_type = get_named_type(named.fields["nodes"].type)
        cost = 0
        for part in selected.selections if selected else ():
            if not isinstance(part, FieldNode):
                continue
            if part.name.value == "nodes":
                cost += 1 + self._selection(part.selection_set, node_type, sample)
            elif part.name.value == "edges":
                for inner in part.selection_set.selections if part.selection_set else ():
                    if isinstance(inner, FieldNode) and inner.name.value == "node":
                        cost += 1 + self._selection(inner.selection_set, node_type, sample)
        return cost
