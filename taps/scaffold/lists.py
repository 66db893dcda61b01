"""The lists among a description's operations: what may become a stream, where its records stand, whose child it is."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from taps.descriptions.description import Description, Operation, segments
from taps.descriptions.schemas import Schema, Undescribed
from taps.scaffold.names import column, key, snake

_SEARCH = re.compile(r"(search|query|list|filter)$", re.IGNORECASE)
_VARIABLE = re.compile(r"^\{([^{}]+)\}$")
_ENVELOPES = ("data", "items", "results", "records", "values", "value", "entries", "_embedded", "response", "result")


@dataclass(frozen=True)
class Listing:
    """An operation that answers many records."""

    name: str
    operation: Operation = field(repr=False)
    path: str
    """As the manifest writes it: below the base address, references in place of variables."""
    records: str
    """Where the records stand in the answer; `.` is the whole of it."""
    item: Schema = field(repr=False)
    parent: str | None = None
    carried: tuple[str, ...] = ()
    """Columns that hold the parent's key."""
    options: tuple[str, ...] = ()
    """Variables of the path that no other list gives: the user has to."""


def listings(description: Description, base: str) -> list[Listing]:
    """The lists of a description, parents before children; `base` is the path of the base address."""
    found: dict[str, Operation] = {}
    for operation in description.operations():
        path = operation.path.removeprefix(base.rstrip("/")) or "/"
        if _is_list(operation, path):
            found.setdefault(path, operation)
    made: dict[str, Listing] = {}
    for path in sorted(found, key=lambda each: (each.count("{"), each)):
        place = _records(description, found[path], path)
        if place is not None:
            made[path] = _listing(description, path, place, found[path], made)
    return list(made.values())


def _is_list(operation: Operation, path: str) -> bool:
    last = segments(path)[-1]
    return not _VARIABLE.match(last) and (
        operation.method == "GET" or (operation.method == "POST" and _SEARCH.search(last) is not None)
    )


def _records(description: Description, operation: Operation, path: str) -> tuple[str, Schema] | None:
    try:
        answer = operation.answer()
    except Undescribed:
        return None
    if "array" in description.schemas.types(answer):
        item = description.schemas.item(answer)
        return (".", item) if _is_record(description, item) else None
    places = list(_arrays(description, answer, 2))
    wanted = [segments(path)[-1], *_ENVELOPES]
    return min(places, key=lambda place: _rank(place[0], wanted), default=None)


def _arrays(description: Description, node: Any, depth: int) -> Iterator[tuple[str, Schema]]:
    """The lists of objects below an object: dotted path and the schema of an item."""
    schemas = description.schemas
    for name, below in schemas.properties(node).items():
        types = schemas.types(below)
        if "array" in types and _is_record(description, schemas.item(below)):
            yield name, schemas.item(below)
        elif types == {"object"} and depth > 1:
            yield from ((f"{name}.{path}", item) for path, item in _arrays(description, below, depth - 1))


def _is_record(description: Description, node: Any) -> bool:
    return bool(description.schemas.properties(node))


def _rank(place: str, wanted: list[str]) -> tuple[int, int]:
    names = place.split(".")
    best = min((wanted.index(name) for name in names if name in wanted), default=len(wanted))
    return best, len(names)


def _listing(
    description: Description, path: str, place: tuple[str, Schema], operation: Operation, made: Mapping[str, Listing]
) -> Listing:
    parent, carried = None, ""
    written: list[str] = []
    options: list[str] = []
    for position, part in enumerate(segments(path)):
        variable = _VARIABLE.match(part)
        if variable is None:
            written.append(part)
            continue
        above = made.get("/" + "/".join(segments(path)[:position]))
        if above is not None and position >= len(segments(path)) - 2:
            parent, carried = above.name, _singular(above.name) + "_id"
            reference = f"{{parent.{key(map(column, description.schemas.properties(above.item)))}}}"
        else:
            options.append(snake(variable[1]))
            reference = "{config." + options[-1] + "}"
        written.append(reference)
    name = _name(path, {each.name for each in made.values()})
    return Listing(
        name, operation, "/" + "/".join(written), *place, parent, (carried,) if carried else (), tuple(options)
    )


def _name(path: str, taken: set[str]) -> str:
    parts = [snake(part) for part in segments(path) if not _VARIABLE.match(part)]
    if len(parts) > 1 and _SEARCH.search(parts[-1]):
        parts.pop()
    for count in range(1, len(parts) + 1):
        name = "_".join(parts[-count:])
        if name not in taken:
            return name
    return f"{'_'.join(parts)}_{len(taken)}"


def _singular(name: str) -> str:
    return name[:-3] + "y" if name.endswith("ies") else name.removesuffix("s")
