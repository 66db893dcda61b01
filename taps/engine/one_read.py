"""Reads records that were named by their ids: each as it is now, beside the bookmarks, which stay as they are.

A record that the vendor has no more is written as deleted, if its stream has any deletes.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import Any

from taps.engine import owners, side_by_side
from taps.engine.answers import Raw, Tree
from taps.engine.children import write_page
from taps.engine.errors import ENDS_ALL, BadSetting, Missing, NoPermission, SkipRecord, TapError
from taps.engine.manifest import Stream
from taps.engine.nodes import Node
from taps.engine.pages import NoPages
from taps.engine.paths import take
from taps.engine.reading import pages_of, scope_of
from taps.engine.records import CONNECTION, DELETED, raw
from taps.engine.run import Run
from taps.engine.writer import extraction_time, stamp

Named = Mapping[str, Sequence[str]]
"""Stream -> the ids of the records that are read."""


def named(given: Any, platform: str) -> Named:
    """The setting `objects`, empty where it is not given; raises `BadSetting`."""
    try:
        found = json.loads(given) if isinstance(given, str) and given else given or {}
    except ValueError:
        found = None
    if not isinstance(found, dict) or not all(isinstance(ids, list) for ids in found.values()):
        msg = 'setting \'objects\' must be a JSON object of streams and lists of ids, {"customers": ["1"]}'
        raise BadSetting(msg, platform=platform)
    return {stream: [str(each) for each in ids] for stream, ids in found.items()}


def single(stream: Stream) -> Stream:
    """The stream's words for the request of one record."""
    one = stream.one
    assert one is not None
    said = {name: getattr(one, name) for name in type(one).model_fields if name not in {"gone", "rate", "own"}}
    again = stream.detail is not None and stream.detail.path != one.path
    return stream.model_copy(
        update={
            **said,
            "rate": one.rate or stream.rate,
            "pages": NoPages(kind="none"),
            **dict.fromkeys(("job", "form", "first", "instead", "changes", "parent")),
            "detail": stream.detail if again else None,
            "deletes": "not_reported" if stream.deletes == "with_parent" else stream.deletes,
            "cursor": "none",
        }
    )


def read_named(run: Run, top: list[Node], wanted: Named) -> None:
    """Reads the named records of the selected streams, with what hangs below them; no bookmark moves."""
    nodes = {node.name: node for each in top for node in each.walk()}
    for name in wanted:
        if name not in nodes or nodes[name].stream.one is None:
            msg = f"setting 'objects': single records of stream {name!r} cannot be read"
            raise BadSetting(msg, platform=run.connection.platform)
    works = [
        partial(_outcome, run, nodes[name], identity)
        for name, ids in wanted.items()
        for identity in dict.fromkeys(ids)
        if nodes[name].active
    ]
    side_by_side.each(works, max(1, min(run.max_concurrency, len(works))))


def _outcome(run: Run, node: Node, identity: str) -> None:
    run.check_stopped()
    try:
        _read(run, node, identity)
    except ENDS_ALL:
        run.stop.set()
        raise
    except SkipRecord:
        run.outcome(node.name).skipped += 1
    except NoPermission as refused:
        run.outcome(node.name).refused = refused
    except TapError as failed:
        run.outcome(node.name).error = failed


def _read(run: Run, node: Node, identity: str) -> None:
    words = single(node.stream)
    node = _alone(node, words)
    key = _key(node)
    try:
        pages = list(pages_of(run, node, words, scope_of(run, node, words, record={key: identity})))
    except Missing:
        pages = []
    there = False
    for page in pages:
        page.rows = [each for each in page.rows if not _is_gone(node, each)]
        if page.rows:
            there = True
            write_page(run, node, page, {}, {})
    if not there:
        _gone(run, node, key, identity)


def _alone(node: Node, words: Stream) -> Node:
    """The node without a parent: what its lists carry stands in the record itself."""
    shaper = node.shaper if node.stream.parent is None else replace(node.shaper, stream=words)
    return replace(node, stream=words, shaper=shaper)


def _key(node: Node) -> str:
    """The one column of the key; `check` sees to it that there is no other."""
    assert isinstance(node.stream.key, list)
    return node.stream.key[0]


def _is_gone(node: Node, record: Raw) -> bool:
    gone = node.stream.one.gone if node.stream.one else None
    if gone is None:
        return False
    value = take(Tree(record).take("."), gone.field)
    return (str(value).lower() if isinstance(value, bool) else str(value)) in gone.is_


def _gone(run: Run, node: Node, key: str, identity: str) -> None:
    """A stream that never has deletes keeps the record: the vendor only does not show it by its id."""
    if node.stream.deletes == "never":
        run.outcome(node.name).skipped += 1
        return
    read_at = extraction_time()
    row = {CONNECTION: raw(run.connection.connection_id), key: node.shaper.inherited(key, _typed(node, key, identity))}
    owners.write_deleted(run, node, [row | {DELETED: raw(stamp(read_at))}], read_at)


def _typed(node: Node, key: str, identity: str) -> Raw:
    return Raw(identity.encode()) if node.columns[key].kind == "integer" and identity.isdigit() else raw(identity)
