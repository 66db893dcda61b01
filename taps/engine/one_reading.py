"""One reading of a stream, by list, export or token, with what hangs below each of its pages."""

import contextlib
from collections.abc import Callable, Iterator
from datetime import datetime
from functools import partial
from itertools import count
from typing import Any

from taps.engine import children
from taps.engine.answers import Raw, Tree
from taps.engine.behind import Behind
from taps.engine.cursor import Cursor
from taps.engine.detail import whole
from taps.engine.errors import Restart
from taps.engine.job_run import results
from taps.engine.manifest import Stream
from taps.engine.nodes import ROW_NUMBER, Node
from taps.engine.reading import Page, pages_of, scope_of
from taps.engine.records import DELETED, Row, Shaped, raw
from taps.engine.run import Run
from taps.engine.windows import parse
from taps.engine.writer import stamp

RESTARTS = 3


def of_key(stream: Stream, down: Row) -> Row:
    """What of the carried columns tells parents apart: those in the key, all of them where none is."""
    keyed = {name: value for name, value in down.items() if isinstance(stream.key, list) and name in stream.key}
    return keyed or down


def read_once(
    run: Run, node: Node, words: Stream, asked: dict[str, Any], down: Row,
    *, lower: datetime | None, upper: datetime | None = None, progress: Callable[[Any], None] | None = None,
) -> None:  # fmt: skip
    """Every page of one reading, by job or list; drops what lies outside the bounds that the vendor was not told."""
    if words.job is not None:
        _read_job(run, node, words, asked, down)
        return
    numbers = count(1)
    cursor = node.stream.cursor
    with Behind(run, node) as behind:
        for page in pages_of(run, node, words, asked):
            shaped = node.shaper.page(whole(run, node, page.rows, node.stream.detail, _standing(asked)), down)
            stop = False
            if isinstance(cursor, Cursor) and cursor.field and (lower is not None or upper is not None):
                shaped, stop = _within(shaped, cursor, lower, upper)
            _number(node, shaped, numbers)
            mark_deleted(node, shaped, page.read_at)
            run.write(node, shaped, page.read_at)
            below = partial(children.dispatch, run, node, shaped, page.read_at, page.tree)
            behind.page(below, partial(_reached, run, shaped, cursor, progress))
            if stop:
                return


def _reached(run: Run, shaped: list[Shaped], cursor: object, progress: Callable[[Any], None] | None) -> None:
    """A page with all below it is read."""
    if progress is None or not shaped or not isinstance(cursor, Cursor):
        return
    if cursor.field and cursor.order == "oldest_first":
        progress(_value(shaped[-1], cursor))
        run.writer.write_state()


def _standing(asked: dict[str, Any]) -> dict[str, Any]:
    """Where the reader stands, for what is read again from there."""
    return {root: asked[root] for root in ("parent",) if root in asked}


def read_whole(
    run: Run, node: Node, words: Stream, more: dict[str, Any], down: Row,
    *, values: Callable[[Any], None] | None = None,
) -> None:  # fmt: skip
    """Reads everything there is in one reading; `values` is told the cursor's value of each page's records."""
    cursor = node.stream.cursor

    def read() -> None:
        if words.job is not None or values is None or not isinstance(cursor, Cursor):
            read_once(run, node, words, scope_of(run, node, words, **more), down, lower=None)
            return
        for page in pages_of(run, node, words, scope_of(run, node, words, **more)):
            for each in children.write_page(run, node, page, down, more):
                values(_value(each, cursor))
            run.writer.write_state()

    again_at_restart(read)


def _within(
    shaped: list[Shaped], cursor: Cursor, lower: datetime | None, upper: datetime | None
) -> tuple[list[Shaped], bool]:
    """The records from `lower` up to `upper`, with those without a time, and whether only others follow them."""
    kept, old, late = [], False, False
    for each in shaped:
        value = _value(each, cursor)
        at = None if value is None else parse(value, cursor.format)
        if at is not None and lower is not None and at < lower:
            old = True
        elif at is not None and upper is not None and at >= upper:
            late = True
        else:
            kept.append(each)
    return kept, (old and cursor.filter == "stop") or (late and cursor.order == "oldest_first")


def again_at_restart(read: Callable[[], None]) -> None:
    """Reads from the first page again, a few times at most, where the vendor says that the page's token is dead."""
    for _ in range(RESTARTS):
        with contextlib.suppress(Restart):
            return read()
    return read()


def _value(shaped: Shaped, cursor: Cursor) -> Any:
    return shaped.value(cursor.field or "")


def _number(node: Node, shaped: list[Shaped], numbers: Iterator[int]) -> None:
    if node.stream.key == "row":
        for each in shaped:
            each.put(ROW_NUMBER, raw(next(numbers)))


def mark_deleted(node: Node, shaped: list[Shaped], read_at: datetime) -> None:
    """Marks the rows whose field says that they are deleted."""
    deletes = node.stream.deletes
    field = getattr(deletes, "field", None)
    if field is None:
        return
    values, at = set(getattr(deletes, "is_", [])), raw(stamp(read_at))
    for each in shaped:
        value = each.value(field)
        if value is not None and (str(value).lower() if isinstance(value, bool) else str(value)) in values:
            each.put(DELETED, at)


def _read_job(run: Run, node: Node, words: Stream, asked: dict[str, Any], down: Row) -> None:
    """A job's file; lines that name a parent belong to the child whose `lines` their id holds."""
    job = run.connection.manifest.jobs[words.job or ""]
    key = job.fetch.parent
    parents: dict[str, tuple[Node, Shaped]] = {}
    numbers = count(1)
    for page in results(run, node, words, asked):
        if key is None:
            rows = whole(run, node, page.rows, node.stream.detail, _standing(asked))
            shaped = node.shaper.page(rows, down)
            _number(node, shaped, numbers)
        else:
            shaped = _family(run, node, page, key, parents)
        mark_deleted(node, shaped, page.read_at)
        run.write(node, shaped, page.read_at)
        children.dispatch(run, node, shaped, page.read_at, bulk=key is not None)
        if run.first_page_only:
            return


def _family(run: Run, node: Node, page: Page, key: str, parents: dict[str, tuple[Node, Shaped]]) -> list[Shaped]:
    """Splits a page of lines by generation: writes the children, gives back the stream's own records."""
    own: list[Shaped] = []
    below: dict[str, list[Shaped]] = {}
    names = {each.name: each for child in node.children for each in child.walk()}
    for line in page.rows:
        tree = Tree(line)
        above = tree.take(key)
        if above is None:
            shaped = node.shaper.page([line])
            own += shaped
            owner: Node = node
        else:
            known = parents.get(above)
            child = _child_of(known[0], str(tree.take("id"))) if known else None
            if known is None or child is None or child.stream.parent is None:
                continue
            shaped = child.shaper.page([_without(line, key)], children.carried(child, known[1]))
            below.setdefault(child.name, []).extend(shaped)
            owner = child
        if shaped and owner.active_children:
            parents[str(tree.take("id"))] = (owner, shaped[0])
    for name, rows in below.items():
        run.write(names[name], rows, page.read_at)
        children.dispatch(run, names[name], rows, page.read_at, bulk=True)
    return own


def _child_of(node: Node, identity: str) -> Node | None:
    for child in node.active_children:
        marker = child.stream.parent.lines if child.stream.parent else None
        if marker and f"/{marker}/" in identity:
            return child
    return None


def _without(line: Raw, key: str) -> Raw:
    from taps.engine.answers import open_object

    record = open_object(line)
    record.pop(key, None)
    return raw(record)
