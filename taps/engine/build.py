"""From a manifest (and an account, where one can be asked) to the streams of a run."""

import logging
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from taps.engine import graphql
from taps.engine.connection import Connection
from taps.engine.discovery import for_each, with_columns
from taps.engine.errors import Missing, NoPermission, TapError
from taps.engine.hooks import load_hook
from taps.engine.manifest import Manifest, Stream
from taps.engine.nodes import Found, Node, link
from taps.engine.parents import Parent
from taps.engine.records import Shaper


def build(
    manifest: Manifest, folder: Path, connection: Connection | None, connection_id: str,
    catalog: Mapping[str, bool] | None = None,
) -> list[Node]:  # fmt: skip
    """The top of the tree of streams. Columns and streams that only the account knows need a connection.

    `catalog` says which streams are named and which of them selected: the account is asked for nothing else.
    """

    def make(found: Sequence[Found]) -> list[Node]:
        nodes = [_node(one, folder, connection_id) for one in found]
        if connection is not None:
            selections = {node.name: graphql.selection(node.stream, node.asked) for node in nodes}
            connection.asker = replace(connection.asker, selections={**connection.asker.selections, **selections})
        return link(nodes)

    streams = {name: _as_set(manifest.resolved(name), connection) for name in manifest.streams}
    found = {name: Found(name, stream) for name, stream in streams.items() if stream.each is None}
    if connection is None:
        return make(list(found.values()))
    if catalog is None or set(catalog) - set(found):
        for name, stream in streams.items():
            try:
                made = for_each(manifest, stream, found, connection, make) if stream.each is not None else []
            except (NoPermission, Missing) as refused:
                _leave_out(connection, name, refused, wanted=_wants_more(catalog, found))
                made = []
            found |= {one.name: one for one in made}
    asked = [one for one in found.values() if one.stream.columns and (catalog is None or catalog.get(one.name))]
    found |= {one.name: one for one in with_columns(manifest, asked, list(found.values()), connection, make)}
    return make(list(found.values()))


def _wants_more(catalog: Mapping[str, bool] | None, found: Mapping[str, Found]) -> bool:
    """Whether streams are selected that the manifest does not declare."""
    return catalog is None or any(selected and name not in found for name, selected in catalog.items())


def _leave_out(connection: Connection, name: str, refused: TapError, *, wanted: bool) -> None:
    log = logging.getLogger(f"tap-{connection.platform}")
    log.warning("%s: streams that only the account knows are left out: %s", refused.stream, refused.what)
    if wanted:
        connection.undiscovered[name] = refused


def _as_set(stream: Stream, connection: Connection | None) -> Stream:
    """The stream as the settings want it read: `instead` where the user named what he wants."""
    instead = stream.instead
    if instead is None or connection is None or not connection.config.get(instead.option):
        return stream
    said = {name: getattr(instead, name) for name in instead.model_fields_set if name != "option"}
    return stream.model_copy(update={"parent": Parent(option=instead.option), "first": None, **said})


def _node(one: Found, folder: Path, connection_id: str) -> Node:
    stream = one.stream
    columns = {**one.more, **stream.columns_declared}
    record_hook = load_hook(folder, stream.hooks["record"], "record") if "record" in stream.hooks else None
    return Node(
        name=one.name,
        stream=stream,
        columns=columns,
        shaper=Shaper(stream, columns, connection_id, record_hook=record_hook),
        selected=False,
        each=one.each,
        hidden=one.hidden,
        page_hook=load_hook(folder, stream.hooks["page"], "page") if "page" in stream.hooks else None,
    )
