"""Lists in parts: `limit` items at a time, and a cursor that says where the next part begins."""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Annotated, Generic, TypeVar

from fastapi import HTTPException, Query
from pydantic import BaseModel

Limit = Annotated[int, Query(ge=1, le=1000, description="How many items at the most.")]
Cursor = Annotated[
    str | None, Query(max_length=1000, description="`next` of the part before; without it the list begins.")
]
Item = TypeVar("Item")
NO_CURSOR = "query.cursor: this is not the `next` of an earlier answer; leave it out to begin"


class Page(BaseModel, Generic[Item]):
    """A part of a list. `next` is the cursor of the part after it, null at the end."""

    items: list[Item]
    next: str | None


def cut(
    found: Sequence[Item], limit: int, place: Callable[[Item], Sequence[str | int]]
) -> tuple[list[Item], str | None]:
    """The part, and the next one's cursor, of what a query for `limit + 1` rows found.

    `place` gives the values that the list is ordered by: they tell rows apart.
    """
    part = list(found[:limit])
    return part, cursor_of(place(part[-1])) if len(found) > limit else None


def cursor_of(place: Sequence[str | int]) -> str:
    """A place of the list as a text for an address."""
    return base64.urlsafe_b64encode(json.dumps(list(place)).encode()).decode().rstrip("=")


def place_of(cursor: str | None, *kinds: type[str] | type[int]) -> tuple[str | int, ...] | None:
    """The place after which the list goes on; raises 422 for a cursor that no answer gave."""
    if cursor is None:
        return None
    place = _read(cursor)
    if not isinstance(place, list) or [type(each) for each in place] != list(kinds):
        raise HTTPException(422, NO_CURSOR)
    return tuple(place)


def key_of(cursor: str | None, word: str) -> tuple[str, str] | None:
    """The word and the key (JSON: a list of texts) of a cursor that begins with this word; None for any other."""
    place = _read(cursor) if cursor is not None else None
    if not isinstance(place, list) or len(place) != 2 or place[0] != word or not isinstance(place[1], str):
        return None
    try:
        key = json.loads(place[1])
    except (ValueError, RecursionError):
        key = None
    if not isinstance(key, list) or not all(isinstance(each, str) and _is_storable(each) for each in key):
        raise HTTPException(422, NO_CURSOR)
    return word, place[1]


def _is_storable(text: str) -> bool:
    """Whether it is a text for a database too: JSON may hold halves of characters, which have no UTF-8."""
    return "\0" not in text and not any("\ud800" <= each <= "\udfff" for each in text)


def _read(cursor: str) -> object:
    try:
        return json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
    except (ValueError, binascii.Error, RecursionError):
        return None


def before_of(cursor: str | None) -> tuple[datetime, str] | None:
    """The moment and the id after which a list goes on that has the newest first; raises 422 as `place_of`."""
    place = place_of(cursor, str, str)
    if place is None:
        return None
    try:
        moment = datetime.fromisoformat(str(place[0]))
    except ValueError:
        moment = None
    if moment is None or moment.tzinfo is None:
        raise HTTPException(422, NO_CURSOR)
    return moment, str(place[1])
