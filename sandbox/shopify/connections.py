"""Cursor paging of the Admin API: first/after/last/before over a sorted list, with cursors that survive insertions.

Source: https://shopify.dev/docs/api/usage/pagination-graphql
"""

from __future__ import annotations

import base64
import binascii
import bisect
import json
from collections.abc import Callable, Sequence
from typing import Any

from graphql import GraphQLError

from sandbox.shopify.nodes import Args, Ask, Field, Node, digits
from sandbox.shopify.search import Resource, search

Key = tuple[Any, int]
MAX_PAGE = 250


def connection(items: Sequence[Node] | Callable[[], Sequence[Node]], resource: Resource | None = None) -> Field:
    """Return a field that pages over `items` (all at once in a bulk query), searched and sorted by `resource`."""

    def answer(args: Args, ask: Ask) -> Node:
        found: Sequence[Node] = items() if callable(items) else items
        if resource is not None and args.get("query"):
            found = search(found, str(args["query"]), resource, ask)
        sort_key = str(args.get("sortKey") or "ID")
        value = (resource.sorts.get(sort_key) if resource is not None else None) or _position
        keyed: list[tuple[Key, Node]]
        if value is _position and resource is None:
            keyed = [((position, 0), node) for position, node in enumerate(found)]
        else:
            keyed = sorted(((_key(value, node), node) for node in found), key=lambda pair: pair[0])
        if args.get("reverse"):
            keyed.reverse()
        return _page(keyed, args, ask)

    return answer


def _position(_node: Node) -> int:
    return 0


def _key(value: Callable[[Node], Any], node: Node) -> Key:
    found = value(node)
    return ("" if found is None else found, int(digits(node["id"]) or 0))


def _page(keyed: list[tuple[Key, Node]], args: Args, ask: Ask) -> Node:
    if ask.bulk:
        return {"edges": [{"node": node} for _, node in keyed], "nodes": [node for _, node in keyed]}
    first, last = args.get("first"), args.get("last")
    _check_size(first, last)
    start, end = _bounds(keyed, args)
    if first is not None:
        low, high = start, min(end, start + first)
    else:
        low, high = max(start, end - int(last or 0)), end
    chosen = keyed[low:high]
    edges = [{"cursor": _cursor(key), "node": node} for key, node in chosen]
    return {
        "edges": edges,
        "nodes": [node for _, node in chosen],
        "pageInfo": {
            "hasNextPage": high < len(keyed),
            "hasPreviousPage": low > 0,
            "startCursor": edges[0]["cursor"] if edges else None,
            "endCursor": edges[-1]["cursor"] if edges else None,
        },
    }


def _check_size(first: int | None, last: int | None) -> None:
    if first is None and last is None:
        raise GraphQLError("you must provide one of first or last")
    if first is not None and last is not None:
        raise GraphQLError("providing both first and last is not supported")
    size = first if first is not None else last
    if size is None or size < 1:
        raise GraphQLError("first and last must be greater than 0")
    if size > MAX_PAGE:
        raise GraphQLError(f"first and last cannot exceed {MAX_PAGE}", extensions={"code": "BAD_REQUEST"})


def _bounds(keyed: list[tuple[Key, Node]], args: Args) -> tuple[int, int]:
    keys = [key for key, _ in keyed]
    backwards = bool(args.get("reverse"))
    start, end = 0, len(keys)
    try:
        if args.get("after"):
            start = _behind(keys, _key_of(args["after"]), backwards)
        if args.get("before"):
            end = _before(keys, _key_of(args["before"]), backwards)
    except TypeError:
        raise GraphQLError("Invalid cursor for current pagination sort.") from None
    return start, max(start, end)


def _behind(keys: list[Key], key: Key, backwards: bool) -> int:
    if backwards:
        return len(keys) - bisect.bisect_left(keys[::-1], key)
    return bisect.bisect_right(keys, key)


def _before(keys: list[Key], key: Key, backwards: bool) -> int:
    if backwards:
        return len(keys) - bisect.bisect_right(keys[::-1], key)
    return bisect.bisect_left(keys, key)


def _cursor(key: Key) -> str:
    return base64.b64encode(json.dumps({"last_id": key[1], "last_value": key[0]}).encode()).decode()


def _key_of(cursor: str) -> Key:
    try:
        held = json.loads(base64.b64decode(cursor, validate=True))
        return held["last_value"], int(held["last_id"])
    except (binascii.Error, ValueError, KeyError, TypeError):
        raise GraphQLError("Invalid cursor for current pagination sort.") from None
