"""Reads records that were named by their ids: each as it is now, beside the bookmarks, which stay as they are.

A record that the vendor has no more is written as deleted, if its stream has any deletes and its key is known.
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
from taps.engine.one import columns_of, identity_of, values_of
from taps.engine.pages import NoPages
from taps.engine.paths import take
from taps.engine.reading import pages_of, scope_of
from taps.engine.records import CONNECTION, DELETED, Row, raw
from taps.engine.run import Run
from taps.engine.writer import extraction_time, stamp

Named = Mapping[str, Sequence[str]]
"""Stream -> the ids of the records that are read, each as `identity_of` writes it."""


def named(given: Any, platform: str) -> Named:
    """The setting `objects`, empty where it is not given; raises `BadSetting`."""
    try:
        found = json.loads(given) if isinstance(given, str) and given else given or {}
    except ValueError:
        found = None
    if not isinstance(found, dict) or not all(isinstance(ids, list) for ids in found.values()):
        msg = 'setting \'objects\' must be a JSON object of streams and lists of ids, {"customers": ["1"]}'
        raise BadSetting(msg, platform=platform)
    return {
        stream: [identity_of(each if isinstance(each, list) else [each]) for each in ids]
        for stream, ids in found.items()
    }


def single(stream: Stream) -> Stream:
    """The stream's words for the request of one record."""
    one = stream.one
    assert one is not None
    said = {name: getattr(one, name) for name in type(one).model_fields if name not in {"by", "gone", "rate", "own"}}
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
    words, carried = single(node.stream), _carried(node)
    named = _values(run, node, identity)
    parent = {node.stream.parent.carry[column]: named[column] for column in carried} if node.stream.parent else {}
    if not _is_chosen(run, node, parent):
        run.outcome(node.name).skipped += 1
        return
    above, node = node, _alone(node, words)
    down = {column: value for column, value in _typed(node, named).items() if column in carried}
    try:
        pages = list(pages_of(run, node, words, scope_of(run, node, words, record=named, parent=parent)))
    except Missing:
        pages = []
    there = False
    for page in pages:
        page.rows = [each for each in page.rows if not _is_gone(node, each)]
        if not all(_is_chosen(run, above, _told(above, each)) for each in page.rows):
            run.outcome(node.name).skipped += 1
            return
        if page.rows:
            there = True
            write_page(run, node, page, down, {})
    if not there:
        _gone(run, node, named)


def _alone(node: Node, words: Stream) -> Node:
    """The node without a parent: what its lists carry is named, or stands in the record itself."""
    above = node.stream.parent
    if above is None:
        return replace(node, stream=words)
    carry = {column: above.carry[column] for column in _carried(node)}
    shaped = words.model_copy(update={"parent": above.model_copy(update={"carry": carry})})
    return replace(node, stream=words, shaper=replace(node.shaper, stream=shaped))


def _carried(node: Node) -> list[str]:
    """The columns carried from a parent that the name of a record holds."""
    one, above = node.stream.one, node.stream.parent
    return [column for column in one.by if column in above.carry] if one and above else []


def _told(node: Node, record: Raw) -> dict[str, str]:
    """What a record says of its parent itself."""
    one, above = node.stream.one, node.stream.parent
    columns = [column for column in one.own if column in above.carry] if one and above else []
    found = {column: take(Tree(record).take("."), column) for column in columns}
    return {above.carry[column]: str(value) for column, value in found.items() if above and value is not None}


def _is_chosen(run: Run, node: Node, parent: Mapping[str, str]) -> bool:
    """Whether the parent, as far as it is named, is one of those that the user chose: vendors tell of others too."""
    above = node.stream.parent
    if above is None or above.stream is None:
        return True
    stream = run.connection.manifest.resolved(above.stream)
    option = above.only.strip("{}").removeprefix("config.") if above.only else None
    option = stream.instead.option if option is None and stream.instead is not None else option
    wanted = run.connection.config.get(option) if option else None
    value = parent.get(above.key or (stream.key[0] if isinstance(stream.key, list) else "id"))
    return not wanted or value is None or value in {str(each) for each in wanted}


def _values(run: Run, node: Node, identity: str) -> dict[str, str]:
    assert node.stream.one is not None and isinstance(node.stream.key, list)
    columns = columns_of(node.stream.one, node.stream.key)
    named = values_of(columns, identity)
    if named is None:
        msg = f"setting 'objects': a record of {node.name!r} is named by {', '.join(columns)}, not by {identity!r}"
        raise BadSetting(msg, platform=run.connection.platform)
    return named


def _is_gone(node: Node, record: Raw) -> bool:
    gone = node.stream.one.gone if node.stream.one else None
    if gone is None:
        return False
    value = take(Tree(record).take("."), gone.field)
    return (str(value).lower() if isinstance(value, bool) else str(value)) in gone.is_


def _gone(run: Run, node: Node, named: Mapping[str, str]) -> None:
    """A stream that never has deletes keeps the record: the vendor only does not show it by its id.

    So does one whose key is not known: its next comparison finds that it is gone.
    """
    key = node.stream.key
    assert isinstance(key, list)
    if node.stream.deletes == "never" or not set(key) <= named.keys():
        run.outcome(node.name).skipped += 1
        return
    read_at = extraction_time()
    row = {CONNECTION: raw(run.connection.connection_id), **_typed(node, named)}
    owners.write_deleted(run, node, [row | {DELETED: raw(stamp(read_at))}], read_at)


def _typed(node: Node, named: Mapping[str, str]) -> Row:
    return {column: node.shaper.inherited(column, _literal(node, column, value)) for column, value in named.items()}


def _literal(node: Node, column: str, value: str) -> Raw:
    return Raw(value.encode()) if node.columns[column].kind == "integer" and value.isdigit() else raw(value)
