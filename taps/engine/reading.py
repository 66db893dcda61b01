"""Reads one list to its end, page by page, whatever stands between: paging, loops, results that are too many."""

import tempfile
from collections.abc import Iterator
from concurrent.futures import Future
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from taps.engine import pages as paging
from taps.engine.answers import Raw, Tree
from taps.engine.asking import Words, asked_fields
from taps.engine.cursor import Cursor
from taps.engine.errors import BadAnswer, BadBody, Empty, TooBig
from taps.engine.formats import batches
from taps.engine.http_answer import Answer
from taps.engine.manifest import Stream
from taps.engine.nodes import Node
from taps.engine.paths import PathError
from taps.engine.run import Run
from taps.engine.side_by_side import submit
from taps.engine.writer import extraction_time

AHEAD = 8
"""How many numbered pages are fetched before they are needed."""


@dataclass(slots=True)
class Page:
    """One page of raw records, and when it was read (our clock)."""

    rows: list[Raw]
    read_at: datetime
    tree: Tree | None = None


def scope_of(run: Run, node: Node, words: Stream, **more: Any) -> dict[str, Any]:
    """The scope of a stream's requests."""
    scope = run.connection.scope(
        fields=asked_fields(node.stream, node.columns),
        dimensions=[name if s.from_ is None else s.from_ for name, s in node.stream.dimensions.items()],
        metrics=[name if s.from_ is None else s.from_ for name, s in node.stream.metrics.items()],
        **({"each": node.each} if node.each else {}),
        **more,
    )
    scope["stream"] = {"name": node.name, "path": words.path}
    if words.graphql:
        scope["stream"]["graphql"] = run.connection.asker.graphql(words.graphql, scope, node.name)
    return scope


def pages_of(run: Run, node: Node, words: Stream, scope: dict[str, Any]) -> Iterator[Page]:
    """Every page of a list. Raises the engine's `TapError`s; `TooBig` where a ceiling is reached."""
    if words.format != "json" or words.compression != "none":
        yield from _file(run, node, words, scope)
        return
    turning = words.pages or paging.NoPages(kind="none")
    at: paging.Position | None = paging.first(turning)
    seen, count, last_rows = {at.mark if at else ""}, 0, b""
    while at is not None:
        run.check_stopped()
        try:
            answer, tree, rows = _fetch(run, node, words, scope, at)
        except Empty:
            return
        _check_ceiling(node, words, tree, rows, count)
        same = b"".join(bytes(row) for row in rows[:3])
        if rows and same == last_rows and at.number:
            raise _loop(run, node, at)
        count, last_rows = count + len(rows), same
        yield Page(rows, extraction_time(), tree)
        if run.first_page_only:
            return
        if at.number == 0 and (more := paging.ahead(turning, tree, len(rows))):
            yield from _prefetched(run, node, words, scope, more)
            return
        at = paging.following(turning, at, answer, tree, rows)
        if at is not None:
            if at.mark in seen:
                raise _loop(run, node, at)
            seen.add(at.mark)


def _loop(run: Run, node: Node, at: paging.Position) -> BadAnswer:
    return BadAnswer(
        f"the vendor's paging goes in a circle (page {at.number + 1} was read before); stopped without a bookmark",
        platform=run.connection.platform,
        stream=node.name,
    )


def _fetch(
    run: Run, node: Node, words: Stream, scope: dict[str, Any], at: paging.Position | None
) -> tuple[Answer, Tree, list[Raw]]:
    request = run.connection.asker.request(
        words, scope, stream=node.name, pages=words.pages, at=at, rate=node.stream.rate
    )

    def read(answer: Answer) -> tuple[Answer, Tree, list[Raw]]:
        tree = Tree.of_body(answer.body)
        try:
            return answer, tree, _rows(node, words, tree)
        except PathError as absent:
            raise BadBody(str(absent)) from None

    return run.connection.client.fetch(request, errors=node.stream.errors, read=read)


def _rows(node: Node, words: Stream, tree: Tree) -> list[Raw]:
    if node.page_hook is not None:
        from taps.engine.records import raw

        return [raw(record) for record in node.page_hook(tree.take("."))]
    if node.stream.cells is not None:
        return list(_cells(node, words, tree))
    return tree.rows(words.records or ".")


def _cells(node: Node, words: Stream, tree: Tree) -> Iterator[Raw]:
    from taps.engine.records import raw

    cells = node.stream.cells
    assert cells is not None
    names = cells.fixed or tree.take(cells.names or ".")
    for row in tree.rows(words.records or "."):
        values = Tree(row).take(cells.values)
        yield raw(dict(zip(names, values, strict=True)))


def _check_ceiling(node: Node, words: Stream, tree: Tree, rows: list[Raw], before: int) -> None:
    cursor = words.cursor
    if not isinstance(cursor, Cursor) or cursor.ceiling is None:
        return
    place = words.pages.total.records if words.pages and words.pages.total else None
    total = tree.take(place) if place else None
    if (total is not None and int(total) > cursor.ceiling) or (total is None and before + len(rows) >= cursor.ceiling):
        what = f"more than {cursor.ceiling} results in one window"
        raise TooBig(what, stream=node.name)


def _prefetched(
    run: Run, node: Node, words: Stream, scope: dict[str, Any], positions: list[paging.Position]
) -> Iterator[Page]:
    waiting: list[Future[tuple[Answer, Tree, list[Raw]]]] = []
    upcoming = iter(positions)

    def fill() -> None:
        while len(waiting) < AHEAD and (at := next(upcoming, None)) is not None:
            waiting.append(submit(lambda at=at: _fetch(run, node, words, scope, at)))  # type: ignore[misc]

    fill()
    while waiting:
        run.check_stopped()
        _, tree, rows = waiting.pop(0).result()
        fill()
        yield Page(rows, extraction_time(), tree)


def _file(run: Run, node: Node, words: Stream, scope: dict[str, Any]) -> Iterator[Page]:
    request = run.connection.asker.request(words, scope, stream=node.name, rate=node.stream.rate)
    yield from downloaded(
        run, node, request, words.format, words.compression, words.charset, words.records or ".", []
    )  # fmt: skip


def downloaded(
    run: Run, node: Node, request: Any, form: str, compression: str, charset: str, path: Any, nulls: list[str]
) -> Iterator[Page]:
    """The records of a file, after it has arrived whole."""
    with tempfile.TemporaryDirectory(prefix="engarde-") as folder:
        file = Path(folder, "download")
        run.connection.client.stream_to(request, errors=node.stream.errors, path=file)
        read_at = extraction_time()
        try:
            for rows in batches(file, form, compression, charset, path, nulls):
                run.check_stopped()
                yield Page(rows, read_at)
        except (BadBody, PathError) as broken:
            raise BadAnswer(f"the file holds {broken}", platform=run.connection.platform, stream=node.name) from None


def words_for(stream: Stream, *, first: bool) -> Stream:
    """The stream as it is read now: `first:` replaces the words it sets on a first or full load.

    The ceiling is that of the stream's own request: another list has none.
    """
    if not first or stream.first is None:
        return stream
    said = {name: getattr(stream.first, name) for name in stream.first.model_fields_set if name != "window"}
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
