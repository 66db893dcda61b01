"""Carries out a run: every stream at the top of the tree on a thread of its own, each with its own end."""

from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial
from typing import Any
from urllib.parse import urlencode

from taps.engine import comparison, owners, side_by_side
from taps.engine.answers import Tree
from taps.engine.cursor import Cursor, TokenCursor
from taps.engine.deletes import ByRequest
from taps.engine.errors import (
    ENDS_ALL,
    Missing,
    NoPermission,
    NotYet,
    Restart,
    SkipRecord,
    TapError,
)
from taps.engine.feed_read import read_changes, too_old
from taps.engine.nodes import Node
from taps.engine.one_reading import read_whole
from taps.engine.options import parts_of
from taps.engine.reading import pages_of, scope_of, words_for
from taps.engine.records import raw
from taps.engine.run import Present, Run
from taps.engine.settings import options
from taps.engine.starts import beginning, moment
from taps.engine.state import pack
from taps.engine.token_read import read_token, still_known, token_of
from taps.engine.window_read import Reading, read_windows
from taps.engine.windows import VALUES, Window, parse, windows
from taps.engine.windows import scope as scope_of_window
from taps.engine.writer import stamp


def sync(run: Run, top: list[Node]) -> None:
    """Reads all active streams side by side. What went wrong stands in `run.outcomes`; raises what ended them all."""
    active = [node for node in top if node.active]
    works: list[Callable[[], None]] = [partial(_one, run, node) for node in active]
    try:
        side_by_side.each(works, 1 if run.first_page_only else max(1, len(works)))
    except TapError:
        run.stop.set()
        raise
    finally:
        run.writer.write_state(now=True)


def _one(run: Run, node: Node) -> None:
    try:
        read_stream(run, node)
    except ENDS_ALL:
        run.stop.set()
        raise
    except NoPermission as refused:
        run.outcome(node.name).refused = _with_scopes(node, refused)
    except NotYet:
        run.log.info("%s: nothing to read yet", node.name)
    except TapError as failed:
        run.outcome(node.name).error = failed


def _with_scopes(node: Node, refused: NoPermission) -> NoPermission:
    if not node.stream.scopes:
        return refused
    what = f"{refused.what}; it needs {', '.join(node.stream.scopes)}"
    return NoPermission(what, platform=refused.platform, stream=refused.stream, code=refused.code)


def read_stream(run: Run, node: Node) -> None:
    """Reads one stream and all below it from its bookmark; moves the bookmark as far as it is complete."""
    option = node.stream.parent.option if node.stream.parent else None
    if node.reader is not None:
        node.reader(run, node)
        return
    comparing = comparison.begin(run, node)
    if option is not None:
        _read_per_value(run, node, option)
        return
    bookmark = _bookmark(run, node)
    since = bookmark.get("replication_key_value")
    full = since is None or comparing
    present = run.present()
    cursor = node.stream.cursor
    token = token_of(node.stream)
    if token is not None:
        _read_by_token(run, node, token, {} if comparing else bookmark)
    elif not full and node.stream.changes is not None:
        _read_changed(run, node, moment(run, since, f"the bookmark of {node.name}"), present)
    elif isinstance(cursor, Cursor) and cursor.format in VALUES:
        _read_by_value(run, node, cursor, None if full else since)
    elif isinstance(cursor, Cursor):
        _read_by_time(run, node, cursor, None if full else since, present, comparing=comparing)
    else:
        read_whole(run, node, words_for(node.stream, first=full), {}, {})
        run.state.put(node.name, replication_key_value=stamp(run.covered(present)) if node.stream.changes else None)
    _after(run, node, since)


def _bookmark(run: Run, node: Node) -> dict[str, Any]:
    """The stream's bookmark; none if a stream below it was never read, because that one needs all the parents."""
    bookmark = run.state.of(node.name)
    for child in node.walk():
        if child is node or not child.active or child.own_cursor or "replication_key_value" not in bookmark:
            continue
        if not run.state.of(child.name).get("follows"):
            run.log.info("%s is new here: %s is read from the start for it", child.name, node.name)
            return {}
    return bookmark


def _after(run: Run, node: Node, since: Any) -> None:
    """What follows a complete read: rows that did not come are gone, deleted ones are asked for, children are level."""
    if run.first_page_only:
        return
    if isinstance(node.stream.deletes, ByRequest):
        _read_deleted(run, node, node.stream.deletes, since)
    for below in node.walk():
        if below is not node and below.active and not below.own_cursor:
            run.state.put(below.name, follows=None if run.outcome(below.name).error is not None else True)
        if below.own_cursor and below.active:
            _level(run, below)
    comparison.end(run, node)
    run.writer.write_state()


def _level(run: Run, node: Node) -> None:
    """Parents that all reached the same point share one bookmark; only the others stay listed."""
    bookmark = run.state.of(node.name)
    finished = run.finished.get(node.name, [])
    if not finished or isinstance(node.stream.cursor, TokenCursor):
        return
    contexts = [context for context, _ in finished]
    others = [part for part in bookmark.get("partitions", []) if part["context"] and part["context"] not in contexts]
    known = pack(contexts, bookmark.get("known"))
    earliest = min(reached for _, reached in finished)
    run.state.put(node.name, replication_key_value=earliest, partitions=others or None, known=known)


def _read_per_value(run: Run, node: Node, option: str) -> None:
    from taps.engine.children import read_for

    given = run.connection.config.get(option) or []
    if not given:
        run.log.info("%s: setting %r is empty, nothing to read", node.name, option)
    carry = node.stream.parent.carry if node.stream.parent else {}
    for value in given:
        parts = parts_of(options(run.connection.manifest)[option], value)
        down = {column: raw(parts.get(name, value)) for column, name in carry.items()}
        read_for(run, node, parts, down, [])
    _after(run, node, None)


def _read_by_token(run: Run, node: Node, cursor: TokenCursor, bookmark: dict[str, Any]) -> None:
    def put(token: Any) -> None:
        kept = stamp(run.now()) if cursor.keeps else None
        run.state.put(node.name, replication_key_value=token, kept=kept)

    read_token(run, node, cursor, still_known(run, node, cursor, bookmark), {}, {}, put)


def _read_changed(run: Run, node: Node, since: datetime, present: Present) -> None:
    """Increment by change feed; a bookmark that the feed no longer reaches means that everything is read again."""
    changes = node.stream.changes
    assert changes is not None
    feed = run.connection.manifest.feeds[changes.by]
    if too_old(feed, since, present.now):
        days = feed.keeps / 86400
        run.log.warning(
            "%s: the last run was %s and the vendor keeps changes for %g days: everything is read again",
            node.name, since.date(), days,
        )  # fmt: skip
        _read_by_time_or_whole(run, node, present)
        return
    try:
        read_changes(run, node, since)
    except Restart:
        run.log.warning("%s: the vendor no longer knows this place in its changes: everything is read again", node.name)
        _read_by_time_or_whole(run, node, present)
        return
    run.state.put(node.name, replication_key_value=stamp(run.covered(present)))


def _read_by_time_or_whole(run: Run, node: Node, present: Present) -> None:
    if isinstance(node.stream.cursor, Cursor):
        _read_by_time(run, node, node.stream.cursor, None, present)
    else:
        read_whole(run, node, words_for(node.stream, first=True), {}, {})
        run.state.put(node.name, replication_key_value=stamp(run.covered(present)))


def _read_by_value(run: Run, node: Node, cursor: Cursor, since: Any) -> None:
    """A cursor that is no time: the bookmark is the largest value seen."""
    largest = [since]

    def seen(value: Any) -> None:
        if value is not None and (largest[0] is None or value > largest[0]):
            largest[0] = value
            if cursor.order == "oldest_first":
                run.state.put(node.name, replication_key_value=value)

    words = words_for(node.stream, first=since is None)
    window = {} if since is None else {"start": since}
    read_whole(run, node, words, {"window": window}, {}, values=seen)
    run.state.put(node.name, replication_key=cursor.field, replication_key_value=largest[0])


def _read_by_time(
    run: Run, node: Node, cursor: Cursor, since: Any, present: Present, *, comparing: bool = False
) -> None:  # fmt: skip
    """Window by window; a first load that only sees creations remembers when it began, for the change feed."""
    words = words_for(node.stream, first=since is None)
    if since is not None and _too_long(run, node, cursor, present):
        words = words_for(node.stream, first=True)
    loading = run.state.of(node.name).get("loading", {}) if since is None and not comparing else {}
    if since is not None:
        start: datetime | None = moment(run, since, f"the bookmark of {node.name}")
    elif loading:
        start = parse(loading["reached"])
    else:
        start = beginning(run, cursor)
    whole = since is None and node.stream.first is not None and not node.stream.first.window
    zone = run.connection.zone(cursor.zone, scope_of(run, node, words_for(node.stream, first=False)))
    asked = _unwindowed(cursor) if whole else cursor
    found = windows(asked, start, present.now, zone)

    def done(end: datetime) -> None:
        reached = stamp(run.covered(present, end))
        began = loading.get("began") or stamp(run.covered(present))
        if node.stream.changes is not None and end < found[-1].end:
            run.state.put(node.name, loading={"began": began, "reached": reached})
        elif not comparing or end >= found[-1].end:
            complete = began if node.stream.changes is not None else reached
            run.state.put(node.name, replication_key=cursor.field, replication_key_value=complete, loading=None)

    def progress(value: Any) -> None:
        if node.stream.changes is None and not comparing and len(found) == 1 and value is not None:
            run.state.put(
                node.name, replication_key=cursor.field, replication_key_value=stamp(parse(value, cursor.format))
            )

    read_windows(Reading(run, node, words, {}, {}), found, done=done, progress=progress)


def _too_long(run: Run, node: Node, cursor: Cursor, present: Present) -> bool:
    """Whether an increment's address would be longer than the vendor takes (`first.above`)."""
    most = node.stream.first.above if node.stream.first else None
    if most is None:
        return False
    words = words_for(node.stream, first=False)
    window = scope_of_window(Window(present.now, present.now), cursor)
    request = run.connection.asker.request(
        words, scope_of(run, node, words, window=window), stream=node.name, pages=words.pages
    )
    return len(f"{request.url}?{urlencode(request.params)}") > most


def _unwindowed(cursor: Cursor) -> Cursor:
    """The cursor read in one piece."""
    return cursor.model_copy(update={"window": None})


def _read_deleted(run: Run, node: Node, deletes: ByRequest, since: Any) -> None:
    """A second list holds the deleted records; those it already held at the bookmark were written then."""
    known = moment(run, since, f"the bookmark of {node.name}") - timedelta(days=1) if since else None
    request = deletes.request
    words = node.stream.model_copy(
        update={
            "path": request.path or (node.stream.first.path if node.stream.first else None) or node.stream.path,
            "params": request.params,
            "method": "GET",
            "body": None,
            "pages": node.stream.deleted_pages,
            "job": None,
            "cursor": "none",
            "detail": None,
        }
    )
    try:
        for page in pages_of(run, node, words, scope_of(run, node, words)):
            shaped = node.shaper.page(page.rows)
            rows = []
            for each in shaped:
                at = Tree(each.raw).take(request.at) if request.at is not None else None
                if known is not None and at is not None and parse(at) < known:
                    continue
                rows.append(node.shaper.deleted(each.row, raw(at or stamp(page.read_at))))
            owners.write_deleted(run, node, rows, page.read_at)
    except (Missing, SkipRecord):
        run.outcome(node.name).skipped += 1
