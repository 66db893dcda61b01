"""Reads what changed since the bookmark from the vendor's event log."""

from datetime import datetime, timedelta
from typing import Any

from taps.engine import children, owners
from taps.engine.answers import Raw, Tree
from taps.engine.changes import Changes, Feed
from taps.engine.deletes import ByEvent
from taps.engine.detail import whole
from taps.engine.manifest import Stream
from taps.engine.nodes import Node
from taps.engine.reading import pages_of, scope_of
from taps.engine.records import Row, raw
from taps.engine.run import Run
from taps.engine.windows import render
from taps.engine.writer import stamp

MARGIN = timedelta(hours=1)
"""A bookmark this close to the end of the feed's memory counts as lost."""


def too_old(feed: Feed, bookmark: datetime, now: datetime) -> bool:
    """Whether the feed may have forgotten events since the bookmark."""
    return now - bookmark > timedelta(seconds=feed.keeps) - MARGIN


def read_changes(run: Run, node: Node, since: datetime) -> None:
    """Upserts (or marks as deleted) every object that an event since then names; its last state wins.

    Of the events of one object only the latest counts: the first met in a feed that lists newest first, the last of
    each page in one that lists oldest first.
    """
    changes = node.stream.changes
    assert changes is not None
    feed = run.connection.manifest.feeds[changes.by]
    words = _words(run, node, feed, changes, since)
    newest_first = feed.order == "newest_first"
    seen: set[str] = set()
    for page in pages_of(run, node, words, scope_of(run, node, words)):
        if not newest_first:
            seen = set()
        changed: list[Raw] = []
        gone: list[Raw] = []
        for event in page.rows if newest_first else reversed(page.rows):
            tree = Tree(event)
            record = tree.rows(feed.record)[0]
            if not _seen(node, record, seen):
                (gone if _is_delete(node, str(tree.take(feed.type))) else changed).append(record)
        _write_changed(run, node, changes, changed, page.read_at)
        _write_gone(run, node, gone, page.read_at)


def _seen(node: Node, record: Raw, seen: set[str]) -> bool:
    keys = node.stream.key if isinstance(node.stream.key, list) else []
    tree = Tree(record)
    mark = "\0".join(str(tree.take(key)) for key in keys)
    if mark in seen:
        return True
    seen.add(mark)
    return False


def _words(run: Run, node: Node, feed: Feed, changes: Changes, since: datetime) -> Stream:
    """The feed's list, read with the stream's paging, errors and rate."""
    bound: Any = render(since - timedelta(seconds=feed.lookback), feed.format)
    return node.stream.model_copy(
        update={
            "path": feed.path,
            "params": {**feed.params, feed.send: changes.types, feed.since: bound},
            "records": feed.records or run.connection.manifest.defaults.records,
            "job": None,
            "graphql": None,
            "body": None,
            "cursor": "none",
            "detail": None,
        }
    )


def _is_delete(node: Node, event_type: str) -> bool:
    deletes = node.stream.deletes
    named = deletes.event if isinstance(deletes, ByEvent) else []
    return event_type in ([named] if isinstance(named, str) else named)


def _write_changed(run: Run, node: Node, changes: Changes, records: list[Raw], read_at: datetime) -> None:
    records = whole(run, node, records, changes.detail or node.stream.detail, {})
    shaped = node.shaper.page(records)
    run.write(node, shaped, read_at)
    children.dispatch(run, node, shaped, read_at)


def _write_gone(run: Run, node: Node, records: list[Raw], read_at: datetime) -> None:
    at = raw(stamp(read_at))
    rows: list[Row] = [node.shaper.deleted(shaped.row, at) for shaped in node.shaper.page(records)]
    owners.write_deleted(run, node, rows, read_at)
