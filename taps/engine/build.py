"""From a manifest (and an account, where one can be asked) to the streams of a run."""

import logging
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from taps.engine import graphql
from taps.engine.answers import Tree, value_of
from taps.engine.columns import Columns
from taps.engine.connection import Connection
from taps.engine.errors import NoPermission
from taps.engine.fields import FieldSpec
from taps.engine.hooks import load_hook
from taps.engine.jobs import Step
from taps.engine.manifest import Manifest, Stream
from taps.engine.nodes import Node, link
from taps.engine.records import Shaper
from taps.engine.references import fill_text


def build(manifest: Manifest, folder: Path, connection: Connection | None, connection_id: str) -> list[Node]:
    """The top of the tree of streams. Columns and streams that only the account knows need a connection."""
    found = {name: manifest.resolved(name) for name in manifest.streams}
    asked = {name: _columns(manifest, name, connection) for name in {s.columns for s in found.values() if s.columns}}
    nodes: list[Node] = []
    for name, stream in found.items():
        more = asked.get(stream.columns or "", {})
        if stream.each is None:
            nodes.append(_node(name, stream, more, folder, connection_id))
        elif connection is not None:
            nodes += _for_each(manifest, stream, more, folder, connection)
    if connection is not None:
        selections = {node.name: graphql.selection(node.stream, node.columns) for node in nodes}
        connection.asker = replace(connection.asker, selections=selections)
    return link(nodes)


def _node(
    name: str, stream: Stream, more: Mapping[str, FieldSpec], folder: Path, connection_id: str, each: Any = None
) -> Node:
    columns = {**{key: spec for key, spec in more.items() if key not in stream.fields}, **stream.columns_declared}
    record_hook = load_hook(folder, stream.hooks["record"], "record") if "record" in stream.hooks else None
    return Node(
        name=name,
        stream=stream,
        columns=columns,
        shaper=Shaper(stream, columns, connection_id, record_hook=record_hook),
        selected=False,
        each=each,
        page_hook=load_hook(folder, stream.hooks["page"], "page") if "page" in stream.hooks else None,
    )


def _rows(
    manifest: Manifest, connection: Connection, words: Any, records: Any, what: str, errors: Any = None
) -> list[Any]:
    request = connection.asker.request(words, connection.scope(), stream=what, rate=manifest.defaults.rate)
    rows = connection.client.fetch(
        request,
        errors=errors or manifest.defaults.errors,
        read=lambda answer: answer.tree.rows(records),
    )
    return [value_of(row) for row in rows]


def _columns(manifest: Manifest, name: str, connection: Connection | None) -> dict[str, FieldSpec]:
    """The account's own columns, under the vendor's names."""
    columns = manifest.columns[name]
    if connection is None or columns.path is None:
        return {}
    words = Step(path=columns.path, params=columns.params)
    try:
        return _typed(columns, _rows(manifest, connection, words, columns.records, f"columns {name}"))
    except NoPermission as refused:
        logging.getLogger(f"tap-{connection.platform}").warning("Custom columns are left out: %s", refused)
        return {}


def _typed(columns: Columns, properties: list[Any]) -> dict[str, FieldSpec]:
    found = {}
    for each in properties:
        if any(each.get(key, False) not in allowed for key, allowed in columns.only.items()):
            continue
        vendor = str(each.get(columns.type)) if columns.type else ""
        ours = columns.types.get(vendor, columns.other)
        if ours != "skip":
            found[str(each[columns.name])] = FieldSpec(type=ours)
    return found


def _for_each(
    manifest: Manifest, stream: Stream, more: Mapping[str, FieldSpec], folder: Path, connection: Connection
) -> list[Node]:
    assert stream.each is not None
    source = manifest.resolved(stream.each.stream)
    nodes = []
    for each in _rows(manifest, connection, source, source.records or ".", stream.each.stream, source.errors):
        own = manifest.columns.get(stream.columns or "")
        found = dict(more)
        if own is not None and own.of is not None:
            found |= _typed(own, Tree(_encoded(each)).take(own.of) or [])
        name = fill_text(stream.each.name, {"each": each})
        nodes.append(_node(name, stream, found, folder, connection.connection_id, each))
    return nodes


def _encoded(value: Any) -> bytes:
    import msgspec

    return msgspec.json.encode(value)
