"""The streams of a run as a tree: who is selected, who is read for others' sake, who stands below whom."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from taps.engine.cursor import Cursor
from taps.engine.deletes import ByStream
from taps.engine.fields import JSON_SCHEMA, FieldSpec
from taps.engine.manifest import Stream
from taps.engine.records import CONNECTION, DELETED, EXTRA, Shaper

ROW_NUMBER = "_row"


@dataclass(frozen=True)
class Found:
    """One stream of this account: with the record it was made for, and what the account says of its columns."""

    name: str
    stream: Stream
    each: Mapping[str, Any] | None = None
    more: Mapping[str, FieldSpec] = field(default_factory=dict)
    hidden: frozenset[str] = frozenset()
    """Declared columns that this login may not see."""


@dataclass
class Node:
    """One stream of this run."""

    name: str
    stream: Stream
    columns: Mapping[str, FieldSpec]
    shaper: Shaper
    selected: bool
    each: Mapping[str, Any] | None = None
    """The record this stream was made for."""
    hidden: frozenset[str] = frozenset()
    """Declared columns that this login may not see."""
    reader: Callable[..., None] | None = None
    """What reads it, with the run and the node, where it is not read by requests of its own."""
    page_hook: Callable[..., Any] | None = None
    above: "Node | None" = field(default=None, repr=False)
    """The parent, where that is a stream."""
    children: list["Node"] = field(default_factory=list)
    lists_deleted_of: list["Node"] = field(default_factory=list)

    @property
    def active(self) -> bool:
        """Whether it must be read: for itself, for a child or for a stream whose deletes it lists."""
        below = any(child.active for child in self.children)
        return self.selected or below or any(node.selected for node in self.lists_deleted_of)

    @property
    def asked(self) -> dict[str, FieldSpec]:
        """The columns that the vendor is asked for."""
        return {name: spec for name, spec in self.columns.items() if name not in self.hidden}

    @property
    def active_children(self) -> list["Node"]:
        """The children that must be read."""
        return [child for child in self.children if child.active]

    @property
    def own_cursor(self) -> bool:
        """Whether it keeps a bookmark of its own although it has a parent."""
        return self.stream.parent is not None and self.stream.cursor not in ("none", None)

    def walk(self) -> Iterator["Node"]:
        """This node and all below it."""
        yield self
        for child in self.children:
            yield from child.walk()


def key_properties(stream: Stream) -> list[str]:
    """The key as targets see it: the connection is part of every key."""
    if stream.key == "row":
        carried = list(stream.parent.carry) if stream.parent else []
        field_ = [stream.cursor.field] if isinstance(stream.cursor, Cursor) and stream.cursor.field else []
        return [CONNECTION, *carried, *field_, ROW_NUMBER]
    return [CONNECTION, *(stream.key or [])]


def json_schema(stream: Stream, columns: Mapping[str, FieldSpec]) -> dict[str, Any]:
    """The Singer schema of a stream."""
    keys = set(key_properties(stream))
    properties: dict[str, Any] = {CONNECTION: {"type": ["string"]}}
    for name, spec in columns.items():
        kind = dict(JSON_SCHEMA[spec.kind])
        if name in keys:
            kind["type"] = [part for part in kind["type"] if part != "null"]
        properties[name] = kind
    if stream.key == "row":
        properties[ROW_NUMBER] = {"type": ["integer"]}
    properties[EXTRA] = {"type": ["object", "null"]}
    properties[DELETED] = {"type": ["string", "null"], "format": "date-time"}
    return {"type": "object", "properties": properties}


def link(nodes: list[Node]) -> list[Node]:
    """Puts children below their parents and listings beside what they list; gives back the top of the tree."""
    by_name = {node.name: node for node in nodes}
    top = []
    for node in nodes:
        parent = node.stream.parent
        if parent is not None and parent.stream is not None and parent.stream in by_name:
            node.above = by_name[parent.stream]
            node.above.children.append(node)
        else:
            top.append(node)
        if isinstance(node.stream.deletes, ByStream) and node.stream.deletes.listed_in in by_name:
            by_name[node.stream.deletes.listed_in].lists_deleted_of.append(node)
    return top
