"""`deletes: with_parent`: which children are gone when their parents were read again or are deleted."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from taps.engine.answers import Raw
from taps.engine.fields import NULL
from taps.engine.nodes import Node
from taps.engine.records import Row, Shaped
from taps.engine.run import Run


def owner_of(child: Node) -> dict[str, str]:
    """The columns of the child that together say whose it is -> the parent's fields; empty where none say so."""
    parent, above = child.stream.parent, child.above
    return {} if parent is None or above is None else parent.owner_by(above.stream.key)


def replace_vanished(run: Run, child: Node, parents: Sequence[Shaped], before: datetime) -> None:
    """Parents that were read again have only the children that came since `before`."""
    owner = owner_of(child)
    if owner and parents and _follows(run, child):
        _gone(run, child, [_place(child, owner, each.row) for each in parents], before)


def write_deleted(run: Run, node: Node, rows: list[Row], read_at: datetime) -> None:
    """Writes rows that hold a key and the moment of deletion; and says of the children that they went with them."""
    if node.selected:
        run.writer.deleted(node.name, rows, read_at)
    for child in node.active_children:
        owner = owner_of(child)
        if child.stream.deletes == "with_parent" and all(field in row for row in rows for field in owner.values()):
            _gone(run, child, [_place(child, owner, row) for row in rows], read_at)


def _follows(run: Run, child: Node) -> bool:
    """Whether its rows go one by one: a stream that is compared in this run loses them at its end, all at once."""
    return child.stream.deletes == "with_parent" and child.name not in run.versions


def _place(child: Node, owner: Mapping[str, str], row: Mapping[str, Any]) -> Row:
    return {column: child.shaper.inherited(column, row.get(field, NULL)) for column, field in owner.items()}


def _gone(run: Run, node: Node, places: Sequence[Row], before: datetime) -> None:
    """Removes what stands at these places, and what stands below it and came inside its answer.

    What is asked for by itself and could not be read stays: nobody knows whether it is gone.
    """
    known = [place for place in places if place and all(bytes(value) != b"null" for value in place.values())]
    for where in _grouped(known):
        run.replaced(node, where, before)
    for child in node.active_children if known else ():
        down = {column: above for column, above in _carry(child).items() if above in known[0]}
        outcome = run.outcome(child.name)
        whole = outcome.error is None and outcome.refused is None and not outcome.skipped
        if _follows(run, child) and whole and set(down.values()) == set(known[0]):
            _gone(run, child, [{column: place[above] for column, above in down.items()} for place in known], before)


def _carry(child: Node) -> dict[str, str]:
    return child.stream.parent.carry if child.stream.parent else {}


def _grouped(places: Iterable[Row]) -> list[dict[str, object]]:
    """As few conditions as say exactly these places: those that differ in their last column alone share one."""
    groups: dict[tuple[bytes, ...], tuple[Row, list[Raw]]] = {}
    for place in places:
        *others, last = place
        _, values = groups.setdefault(tuple(bytes(place[name]) for name in others), (place, []))
        values.append(place[last])
    return [
        {**{name: [value] for name, value in place.items()}, list(place)[-1]: values}
        for place, values in groups.values()
    ]
