"""Reads one list to its end, page by page, whatever stands between: paging, loops, results that are too many."""

import tempfile
from collections.abc import Iterator, Mapping
from concurrent.futures import Future
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any

from taps.engine import pages as paging
from taps.engine.answers import Raw, Tree
from taps.engine.asking import Words, asked_fields
from taps.engine.cursor import Cursor
from taps.engine.errors import RAISES, BadAnswer, BadBody, Empty, TooBig, judge_record
from taps.engine.formats import batches
from taps.engine.hooks import HookError
from taps.engine.http_answer import Answer
from taps.engine.http_request import Request
from taps.engine.jobs import Fetch
from taps.engine.manifest import Stream
from taps.engine.nodes import Node
from taps.engine.paths import PathError
from taps.engine.read_ahead import AHEAD, ReadAhead
from taps.engine.run import Run
from taps.engine.side_by_side import submit
from taps.engine.writer import extraction_time
from taps.engine.xml import as_json

_NOTHING = Tree(b"{}")


@dataclass(slots=True)
class Page:
    """One page of raw records, and when it was read (our clock)."""

    rows: list[Raw]
    read_at: datetime
    tree: Tree | None = None


def scope_of(run: Run, node: Node, words: Stream, **more: Any) -> dict[str, Any]:
    """The scope of a stream's requests."""
    scope = run.connection.scope(
        fields=asked_fields(node.stream, node.asked, run.connection.manifest.http.ask),
        dimensions=[name if s.from_ is None else s.from_ for name, s in node.stream.dimensions.items()],
        metrics=[name if s.from_ is None else s.from_ for name, s in node.stream.metrics.items()],
        **({"each": node.each} if node.each else {}),
        **more,
    )
    scope["stream"] = {"name": node.name, "path": words.path, "object": node.stream.object}
    if words.graphql:
        scope["stream"]["graphql"] = run.connection.asker.graphql(words.graphql, scope, node.name)
    return scope


def pages_of(
    run: Run, node: Node, words: Stream | Fetch, scope: dict[str, Any], headers: Mapping[str, str] | None = None
) -> Iterator[Page]:
    """Every page of a list. Raises the engine's `TapError`s; `TooBig` where a ceiling is reached."""
    asking = _Asking(run, node, words, scope, headers or {})
    if words.format not in {"json", "xml"} or words.compression != "none":
        yield from _files(asking)
        return
    turning = words.pages or paging.NoPages(kind="none")
    at: paging.Position | None = paging.first(turning)
    seen, count, last_rows = {at.mark if at else ""}, 0, b""
    in_turn = _newest_first(words)
    ahead = ReadAhead(lambda at: _fetch(asking, at), 1 if in_turn else min(AHEAD, run.max_concurrency))
    while at is not None:
        run.check_stopped()
        try:
            answer, tree, rows = ahead.take(at)
        except Empty:
            return
        _check_ceiling(node, words, tree, rows, count)
        same = b"".join(bytes(row) for row in rows[:3])
        if rows and same == last_rows and at.number and turning.last != "itself":
            raise _loop(asking, at)
        count, last_rows = count + len(rows), same
        got = paging.Got(answer, tree, len(rows), rows[-1] if rows else None, count)
        told = paging.ahead(turning, got) if at.number == 0 and not in_turn else []
        following = None if run.first_page_only or told else paging.following(turning, at, got)
        if following is not None and following.mark not in seen and not _may_stop(words):
            ahead.start(turning, following, len(rows))
        yield Page(_judged(asking, rows), extraction_time(), tree)
        if told and not run.first_page_only:
            yield from _prefetched(asking, told, got)
        at = _onwards(asking, seen, at, following)


def _may_stop(words: Stream | Fetch) -> bool:
    """Whether the reader may want no further page, though there is one."""
    return isinstance(words, Stream) and isinstance(words.cursor, Cursor) and words.cursor.filter == "stop"


def _newest_first(words: Stream | Fetch) -> bool:
    """Whether what changes meanwhile pushes records to later pages: none may be asked for before an earlier one."""
    return isinstance(words, Stream) and isinstance(words.cursor, Cursor) and words.cursor.order == "newest_first"


@dataclass(frozen=True, slots=True)
class _Asking:
    """One list: whose it is and how it is asked for."""

    run: Run
    node: Node
    words: Stream | Fetch
    scope: dict[str, Any]
    headers: Mapping[str, str]

    def request(self, at: paging.Position | None) -> Request:
        words = self.words
        signed_link = isinstance(words, Fetch) and words.url is not None
        return self.run.connection.asker.request(
            words, self.scope, stream=self.node.name, pages=words.pages, at=at, more_headers=self.headers,
            rate=None if signed_link else self.node.stream.rate,
        )  # fmt: skip

    def records(self, at: paging.Position) -> Any:
        """Where the records stand; later pages may hold them elsewhere."""
        then = self.words.pages.then if self.words.pages and at.number else None
        return (then.records if then else None) or self.words.records or "."


def _onwards(
    asking: _Asking, seen: set[str], at: paging.Position, following: paging.Position | None
) -> paging.Position | None:
    if following is not None:
        if following.mark in seen:
            raise _loop(asking, at)
        seen.add(following.mark)
    return following


def _loop(asking: _Asking, at: paging.Position) -> BadAnswer:
    return BadAnswer(
        f"the vendor's paging goes in a circle (page {at.number + 1} was read before); stopped without a bookmark",
        platform=asking.run.connection.platform,
        stream=asking.node.name,
    )


def _fetch(asking: _Asking, at: paging.Position) -> tuple[Answer, Tree, list[Raw]]:
    def read(answer: Answer) -> tuple[Answer, Tree, list[Raw]]:
        tree = Tree(as_json(answer.body)) if asking.words.format == "xml" else Tree.of_body(answer.body)
        try:
            return answer, tree, rows_in(asking.node, asking.records(at), tree)
        except PathError as absent:
            raise BadBody(str(absent)) from None

    errors = asking.node.stream.errors
    return asking.run.connection.client.fetch(asking.request(at), errors=errors, read=read)


def rows_in(node: Node, records: Any, tree: Tree) -> list[Raw]:
    """The raw records of one answer: by the hook, by cells, or where `records` says."""
    if node.page_hook is not None:
        from taps.engine.records import raw

        try:
            return [raw(record) for record in node.page_hook(tree.take("."))]
        except (HookError, LookupError, TypeError, ValueError, AttributeError) as broken:
            msg = f"hooks.py cannot read the answer: {type(broken).__name__} {broken}"
            raise PathError(msg) from None
    if node.stream.cells:
        return list(_cells(node, records, tree))
    return tree.rows(records)


def _cells(node: Node, records: Any, tree: Tree) -> Iterator[Raw]:
    from taps.engine.records import raw

    sets = [(each.fixed or tree.take(each.names or "."), each.values) for each in node.stream.cells]
    for row in tree.rows(records):
        named: dict[str, Any] = {}
        for names, path in sets:
            values = Tree(row).take(path) or []
            if len(values) != len(names):
                msg = f"a row of {len(values)} values for {len(names)} columns"
                raise PathError(msg)
            named.update(zip(names, values, strict=True))
        yield raw(named)


def _judged(asking: _Asking, rows: list[Raw]) -> list[Raw]:
    """The records without those that hold a refusal in their place (`errors.record`); these are counted."""
    node, run = asking.node, asking.run
    errors = node.stream.errors
    if errors is None or errors.record is None:
        return rows
    kept = []
    for row in rows:
        meaning = judge_record(Tree(row).take(errors.record), errors)
        if meaning is None:
            kept.append(row)
        elif meaning in {"skip_record", "missing"}:
            run.outcome(node.name).skipped += 1
        elif meaning != "empty":
            what = "the vendor refuses one of the records it lists"
            raise RAISES[meaning](what, platform=run.connection.platform, stream=node.name)
    return kept


def _check_ceiling(node: Node, words: Stream | Fetch, tree: Tree, rows: list[Raw], before: int) -> None:
    cursor = words.cursor if isinstance(words, Stream) else None
    if not isinstance(cursor, Cursor) or cursor.ceiling is None:
        return
    place = words.pages.total.records if words.pages and words.pages.total else None
    total = tree.take(place) if place else None
    if (total is not None and int(total) > cursor.ceiling) or (total is None and before + len(rows) >= cursor.ceiling):
        what = f"more than {cursor.ceiling} results in one window"
        raise TooBig(what, stream=node.name)


def _prefetched(asking: _Asking, positions: list[paging.Position], first: paging.Got) -> Iterator[Page]:
    waiting: list[tuple[paging.Position, Future[tuple[Answer, Tree, list[Raw]]]]] = []
    upcoming = iter(positions)
    turning = asking.words.pages
    assert turning is not None
    known = paging.records_in_all(turning, first)

    def fill() -> None:
        while len(waiting) < AHEAD and (at := next(upcoming, None)) is not None:
            waiting.append((at, submit(lambda at=at: _fetch(asking, at))))  # type: ignore[misc]

    fill()
    while waiting:
        asking.run.check_stopped()
        at, future = waiting.pop(0)
        answer, tree, rows = future.result()
        fill()
        total = paging.records_in_all(turning, paging.Got(answer, tree, len(rows)))
        if known is not None and total is not None and total < known and asking.node.stream.key != "row":
            yield from _slipped(asking, at, first.count, known, total)
        known = known if total is None else total
        yield Page(_judged(asking, rows), extraction_time(), tree)


def _slipped(asking: _Asking, at: paging.Position, size: int, known: int, total: int) -> Iterator[Page]:
    """This page and those before it once more, to which records may have slipped since they were read.

    As many as left the list slip to an earlier page; where this page was answered before the one in front of it, those
    that came in between push as many to this one.
    """
    turning = asking.words.pages
    assert isinstance(turning, paging.Number | paging.Offset)
    step = 1 if isinstance(turning, paging.Number) else size
    for back in range(at.number + 1):
        if size * (back - 1) >= known - total:
            return
        asking.run.check_stopped()
        before = replace(at, value=at.value - step * back, number=at.number - back)
        answer, tree, rows = _fetch(asking, before)
        total = min(total, paging.records_in_all(turning, paging.Got(answer, tree, len(rows))) or total)
        yield Page(_judged(asking, rows), extraction_time(), tree)


def _files(asking: _Asking) -> Iterator[Page]:
    """A list whose pages are files, each read after it has arrived whole; headers say how it goes on."""
    turning = asking.words.pages or paging.NoPages(kind="none")
    at: paging.Position | None = paging.first(turning)
    seen = {at.mark if at else ""}
    while at is not None:
        count, last = 0, None
        with tempfile.TemporaryDirectory(prefix="engarde-") as folder:
            file = Path(folder, "download")
            request = asking.request(at)
            errors = asking.node.stream.errors
            answer = asking.run.connection.client.stream_to(request, errors=errors, path=file)
            for rows in _records(asking, at, file):
                count, last = count + len(rows), rows[-1]
                yield Page(_judged(asking, rows), extraction_time())
        if asking.run.first_page_only:
            return
        following = paging.following(turning, at, paging.Got(answer, _NOTHING, count, last))
        at = _onwards(asking, seen, at, following)


def _records(asking: _Asking, at: paging.Position, file: Path) -> Iterator[list[Raw]]:
    words = asking.words
    try:
        for rows in batches(
            file, words.format, words.compression, words.charset, asking.records(at), words.nulls
        ):  # fmt: skip
            asking.run.check_stopped()
            yield rows
    except (BadBody, PathError) as broken:
        platform = asking.run.connection.platform
        raise BadAnswer(f"the file holds {broken}", platform=platform, stream=asking.node.name) from None


def words_for(stream: Stream, *, first: bool) -> Stream:
    """The stream as it is read now: `first:` replaces the words it sets on a first or full load.

    The ceiling is that of the stream's own request: another list has none.
    """
    if not first or stream.first is None:
        return stream
    said = {
        name: getattr(stream.first, name) for name in stream.first.model_fields_set if name not in {"window", "above"}
    }
    if isinstance(stream.cursor, Cursor) and stream.cursor.ceiling is not None and said:
        said["cursor"] = stream.cursor.model_copy(update={"ceiling": None})
    if "job" in said:
        said = {"path": None, "pages": None, "graphql": None, **said}
    elif "path" in said:
        said = {"job": None, "graphql": None, **said}
    return stream.model_copy(update=said)


def refers(run: Run, words: Words, root: str) -> bool:
    """Whether a reading mentions a root such as `window`, in the manifest or in its query file."""
    from taps.engine import graphql
    from taps.engine.asking import refers_to

    text = graphql.read(run.connection.folder / words.graphql) if words.graphql else ""
    return refers_to(words, root, text)
