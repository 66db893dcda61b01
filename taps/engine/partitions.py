"""Reads a child that keeps a bookmark of its own for each parent."""

from datetime import datetime, timedelta
from typing import Any

from taps.engine import one_reading, window_read
from taps.engine.answers import value_of
from taps.engine.cursor import Cursor, TokenCursor
from taps.engine.errors import NotYet
from taps.engine.nodes import Node
from taps.engine.reading import scope_of, words_for
from taps.engine.records import Row
from taps.engine.run import Run
from taps.engine.starts import beginning, moment
from taps.engine.state import is_known
from taps.engine.token_read import read_token
from taps.engine.windows import parse, windows


def context_of(node: Node, parent: dict[str, Any], down: Row) -> dict[str, Any]:
    """What tells one parent's bookmark from another's: the carried columns, or the parent's key where none is."""
    told = {name: value_of(value) for name, value in one_reading.of_key(node.stream, down).items()}
    if told or node.above is None or not isinstance(node.above.stream.key, list):
        return told
    return {name: parent[name] for name in node.above.stream.key if name in parent}


def partition_value(run: Run, node: Node, context: dict[str, Any]) -> Any:
    """A parent's own bookmark, or the common one if it was ever read."""
    bookmark = run.state.of(node.name)
    own = next((part for part in bookmark.get("partitions", []) if part["context"] == context), None)
    if own is not None:
        return own.get("replication_key_value")
    return bookmark.get("replication_key_value") if is_known(context, bookmark.get("known")) else None


def read_partition(run: Run, node: Node, more: dict[str, Any], down: Row, context: dict[str, Any]) -> None:
    """Reads a child with a cursor of its own for one parent, from that parent's own bookmark."""
    value = None if node.name in run.versions else partition_value(run, node, context)
    cursor = node.stream.cursor
    words = words_for(node.stream, first=value is None)

    def put(reached: Any) -> None:
        text = reached.isoformat() if isinstance(reached, datetime) else reached
        run.state.put_partition(node.name, context, text)

    if isinstance(cursor, TokenCursor):
        read_token(run, node, cursor, value, more, down, put)
        return
    assert isinstance(cursor, Cursor)
    start = moment(run, value, f"the bookmark of {node.name}") if value else beginning(run, cursor)
    zone = run.connection.zone(cursor.zone, scope_of(run, node, words, **more))
    present = run.present()
    if (
        start is not None
        and value is not None
        and _unchanged(run, node, more, start - timedelta(seconds=cursor.lookback))
    ):
        run.finished.setdefault(node.name, []).append((context, run.covered(present).isoformat()))
        return
    found = windows(cursor, start, present.now, zone)
    try:
        window_read.read_windows(
            window_read.Reading(run, node, words, more, down), found, done=lambda end: put(run.covered(present, end))
        )
        if found:
            run.finished.setdefault(node.name, []).append((context, run.covered(present, found[-1].end).isoformat()))
    except NotYet:
        run.log.info("%s: nothing to read yet for one parent", node.name)


def _unchanged(run: Run, node: Node, more: dict[str, Any], since: datetime) -> bool:
    """Whether the parent says that nothing below it has changed since (`parent.changed`)."""
    parent = node.stream.parent
    if parent is None or parent.changed is None or parent.stream is None:
        return False
    said = more["parent"].get(parent.changed)
    if said is None:
        return False
    kind = run.connection.manifest.streams[parent.stream].columns_declared[parent.changed].kind
    last = parse(said, kind if kind in {"epoch", "epoch_ms"} else "datetime")
    return last + timedelta(days=1 if kind == "date" else 0) < since
