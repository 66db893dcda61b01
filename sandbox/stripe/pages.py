"""Stripe's lists: newest first, a page at a time, from one object's id to the next page."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from sandbox.stripe.errors import unknown_object
from sandbox.stripe.objects import Json
from sandbox.stripe.parameters import Parameters


def page(
    items: Sequence[Any],
    asked: Parameters,
    shape: Callable[[Any], Json],
    *,
    matches: Callable[[Any], bool],
    position: Callable[[str], int | None],
    kind: str,
    url: str,
) -> Json:
    """Return a page of `items` (newest first); `position` tells where an id stands among them."""

    def place(made: str, param: str) -> int:
        found = position(made)
        if found is None:
            raise unknown_object(kind, made, param, 400)
        return found

    found: list[Any] = []
    if asked.ending_before:
        candidates: Sequence[Any] = items[: place(asked.ending_before, "ending_before")][::-1]
    else:
        candidates = items[place(asked.starting_after, "starting_after") + 1 :] if asked.starting_after else items
    for item in candidates:
        if matches(item):
            found.append(item)
            if len(found) > asked.limit:
                break
    shown = found[: asked.limit]
    if asked.ending_before:
        shown.reverse()
    return {
        "object": "list",
        "data": [shape(item) for item in shown],
        "has_more": len(found) > asked.limit,
        "url": url,
    }
