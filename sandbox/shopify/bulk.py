"""Bulk operations: checked, run in the background, their files held for a while.

Source: https://shopify.dev/docs/api/usage/bulk-operations/queries
"""

from __future__ import annotations

import secrets
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from graphql import (
    DocumentNode,
    FieldNode,
    GraphQLError,
    GraphQLList,
    GraphQLNonNull,
    GraphQLSchema,
    InlineFragmentNode,
    OperationDefinitionNode,
    OperationType,
    SelectionSetNode,
    get_named_type,
    parse,
    validate,
)

from sandbox.shopify.bulk_file import BulkQuery
from sandbox.shopify.nodes import Node, moment

MAX_CONNECTIONS = 5
MAX_DEPTH = 2
AT_ONCE = 5
URL_LIFE = 7 * 86_400


class BulkRefusedError(Exception):
    """The query is no bulk query; the text says why."""


@dataclass(slots=True)
class Operation:
    """One bulk operation and, once completed, its file."""

    number: int
    query: str
    created: float
    status: str = "CREATED"
    completed: float | None = None
    objects: int = 0
    roots: int = 0
    content: bytes | None = None
    token: str = field(default_factory=lambda: secrets.token_urlsafe(24))
    error: str | None = None

    @property
    def id(self) -> str:
        """The operation's global id."""
        return f"gid://shopify/BulkOperation/{self.number}"


@dataclass(slots=True)
class BulkOperations:
    """The shop's bulk operations. `root` gives the query root of the moment, `address` the URL of the files."""

    schema: GraphQLSchema
    root: Callable[[], Node]
    address: Callable[[], str]
    delay: float = 0.3
    held: dict[str, Operation] = field(default_factory=dict)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def run(self, query: str, *, grouped: bool) -> Node:
        """Start an operation and return the mutation's payload."""
        try:
            checked = check(query, self.schema)
        except BulkRefusedError as refused:
            return _refusal("INVALID", str(refused))
        with self.lock:
            running = [found for found in self.held.values() if found.status in ("CREATED", "RUNNING", "CANCELING")]
            if len(running) >= AT_ONCE:
                return _refusal(
                    "LIMIT_REACHED", f"At most {AT_ONCE} bulk query operations can run at a time for a shop."
                )
            operation = Operation(7_000_000_001 + len(self.held), query, time.time())
            self.held[operation.id] = operation
        created = self._node(operation)
        threading.Thread(target=self._work, args=(operation, checked, grouped), daemon=True).start()
        return {"bulkOperation": created, "userErrors": []}

    def cancel(self, gid: str) -> Node:
        """Cancel an operation and return the mutation's payload."""
        operation = self.held.get(gid)
        if operation is None:
            return {
                "bulkOperation": None,
                "userErrors": [{"field": ["id"], "message": "Bulk operation does not exist"}],
            }
        with self.lock:
            if operation.status in ("CREATED", "RUNNING"):
                operation.status = "CANCELING"
            elif operation.status != "CANCELING":
                message = f"A bulk operation cannot be canceled when it is {operation.status.lower()}"
                return {"bulkOperation": self._node(operation), "userErrors": [{"field": ["id"], "message": message}]}
        return {"bulkOperation": self._node(operation), "userErrors": []}

    def get(self, gid: str) -> Node | None:
        """Return an operation by its id."""
        operation = self.held.get(gid)
        return None if operation is None else self._node(operation)

    def all(self) -> list[Node]:
        """Return every operation, oldest first."""
        return [self._node(operation) for operation in list(self.held.values())]

    def latest(self) -> Node | None:
        """Return the youngest operation."""
        return next(reversed(self.all()), None)

    def file(self, token: str) -> bytes | None:
        """Return a result file by the token of its URL, null when there is none (any more)."""
        for operation in list(self.held.values()):
            if secrets.compare_digest(operation.token, token) and operation.completed is not None:
                return operation.content if time.time() - operation.completed < URL_LIFE else None
        return None

    def _work(self, operation: Operation, query: BulkQuery, grouped: bool) -> None:
        time.sleep(self.delay / 3)
        with self.lock:
            if operation.status == "CREATED":
                operation.status = "RUNNING"
        try:
            result = query.run(self.root(), grouped=grouped)
        except Exception as error:  # the vendor reports any failure as FAILED and goes on
            operation.error = type(error).__name__
            operation.completed, operation.status = time.time(), "FAILED"
            return
        time.sleep(self.delay * 2 / 3)
        with self.lock:
            operation.completed = time.time()
            if operation.status == "CANCELING":
                operation.status = "CANCELED"
                return
            operation.content, operation.objects, operation.roots = result.content, result.objects, result.roots
            operation.status = "COMPLETED"

    def _node(self, operation: Operation) -> Node:
        done = operation.status == "COMPLETED" and operation.content is not None
        url = f"{self.address()}/bulk/{operation.token}/bulk-{operation.number}.jsonl"
        return {
            "__typename": "BulkOperation",
            "id": operation.id,
            "completedAt": None if operation.completed is None else moment(int(operation.completed)),
            "createdAt": moment(int(operation.created)),
            "errorCode": "INTERNAL_SERVER_ERROR" if operation.status == "FAILED" else None,
            "fileSize": str(len(operation.content or b"")) if done else None,
            "objectCount": str(operation.objects),
            "partialDataUrl": None,
            "query": operation.query,
            "rootObjectCount": str(operation.roots),
            "status": operation.status,
            "type": "QUERY",
            "url": url if done and operation.objects else None,
        }


def _refusal(code: str, message: str) -> Node:
    return {"bulkOperation": None, "userErrors": [{"field": ["query"], "message": message, "code": code}]}


def check(query: str, schema: GraphQLSchema) -> BulkQuery:
    """Return the query ready to run; raise BulkRefusedError when it is none that may run in bulk."""
    try:
        document = parse(query)
    except GraphQLError as error:
        raise BulkRefusedError(f"Invalid bulk query: {error.message}") from None
    errors = validate(schema, document)
    if errors:
        raise BulkRefusedError(f"Invalid bulk query: {errors[0].message}")
    root = _single_field(document)
    counted = _Connections(schema)
    counted.walk(root, schema.query_type, depth=0, in_list=False)
    if counted.found == 0:
        raise BulkRefusedError("Bulk queries must contain at least one connection.")
    if counted.found > MAX_CONNECTIONS:
        raise BulkRefusedError(f"Bulk queries cannot contain more than {MAX_CONNECTIONS} connections.")
    query_type: Any = schema.query_type
    if not get_named_type(query_type.fields[root.name.value].type).name.endswith("Connection"):
        raise BulkRefusedError("The sandbox runs bulk queries only whose top-level field is a connection.")
    return BulkQuery(schema, document, root)


def _single_field(document: DocumentNode) -> FieldNode:
    operations = [found for found in document.definitions if isinstance(found, OperationDefinitionNode)]
    if len(operations) != 1 or operations[0].operation is not OperationType.QUERY:
        raise BulkRefusedError("Bulk queries must contain a single query operation.")
    selections = operations[0].selection_set.selections
    if len(selections) != 1 or not isinstance(selections[0], FieldNode):
        raise BulkRefusedError("Bulk queries can only have one top-level field.")
    if selections[0].name.value in ("node", "nodes"):
        raise BulkRefusedError("Bulk queries cannot use the top-level `node` and `nodes` fields.")
    return selections[0]


@dataclass(slots=True)
class _Connections:
    """Counts connections and refuses what a bulk query may not nest."""

    schema: GraphQLSchema
    found: int = 0

    def walk(self, part: FieldNode, on: Any, *, depth: int, in_list: bool) -> None:
        if part.selection_set is None or part.name.value not in getattr(on, "fields", {}):
            return
        defined = on.fields[part.name.value]
        named = get_named_type(defined.type)
        if named.name.endswith("Connection"):
            self.found += 1
            depth += 1
            _refuse(named.name, part.selection_set, depth, in_list=in_list)
        listed = in_list or (_is_list(defined.type) and part.name.value not in ("edges", "nodes"))
        self._inside(part.selection_set, named, depth=depth, in_list=listed)

    def _inside(self, selected: SelectionSetNode, on: Any, *, depth: int, in_list: bool) -> None:
        for part in selected.selections:
            if isinstance(part, FieldNode):
                self.walk(part, on, depth=depth, in_list=in_list)
            elif isinstance(part, InlineFragmentNode):
                narrowed = self.schema.type_map[part.type_condition.name.value] if part.type_condition else on
                self._inside(part.selection_set, narrowed, depth=depth, in_list=in_list)


def _refuse(name: str, inner: SelectionSetNode, depth: int, *, in_list: bool) -> None:
    if depth > MAX_DEPTH + 1:
        raise BulkRefusedError(f"Bulk queries cannot nest connections deeper than {MAX_DEPTH} levels.")
    if in_list:
        raise BulkRefusedError(
            f"Queries that contain a connection field ({name}) within a list field are not supported."
        )
    names = {part.name.value for part in inner.selections if isinstance(part, FieldNode)}
    if not names & {"edges", "nodes"}:
        raise BulkRefusedError(f"Bulk queries must select the nodes of {name}.")


def _is_list(kind: Any) -> bool:
    inner = kind.of_type if isinstance(kind, GraphQLNonNull) else kind
    return isinstance(inner, GraphQLList)
