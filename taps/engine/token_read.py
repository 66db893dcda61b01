"""Reads from a vendor's own bookmark: an opaque token, a position, or the id that confirms what was read."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from taps.engine import children
from taps.engine.cursor import TokenCursor
from taps.engine.errors import NotYet, Restart
from taps.engine.manifest import Stream
from taps.engine.nodes import Node
from taps.engine.pages import Confirm
from taps.engine.reading import pages_of, scope_of, words_for
from taps.engine.records import Row
from taps.engine.run import Run
from taps.engine.starts import moment


def token_of(stream: Stream) -> TokenCursor | None:
    """The cursor of a stream that reads by token; pages that are confirmed are a bookmark too."""
    if isinstance(stream.cursor, TokenCursor):
        return stream.cursor
    pages = stream.pages
    if isinstance(pages, Confirm) and pages.into != "text":
        return TokenCursor(token=pages.take, send=pages.send, into=pages.into)
    return None


def still_known(run: Run, node: Node, cursor: TokenCursor, bookmark: dict[str, Any]) -> Any:
    """The token to go on from; none where the vendor has forgotten it by now."""
    value, kept = bookmark.get("replication_key_value"), bookmark.get("kept")
    if cursor.keeps is None or kept is None or value is None:
        return value
    age = run.now() - moment(run, kept, f"the state of {node.name}")
    if age <= timedelta(seconds=cursor.keeps):
        return value
    days = cursor.keeps / 86400
    run.log.warning("%s: the vendor keeps its bookmarks for %g days: everything is read again", node.name, days)
    return None


def read_token(
    run: Run, node: Node, cursor: TokenCursor, value: Any, more: dict[str, Any], down: Row, put: Callable[[Any], None]
) -> None:  # fmt: skip
    """Reads on from `value`, or all where it is none or dead; the last page's token is kept for the next run."""
    try:
        _read(run, node, cursor, value, more, down, put)
    except Restart:
        if value is None:
            raise
        run.log.warning("%s: the vendor no longer knows the bookmark: everything is read again", node.name)
        _read(run, node, cursor, None, more, down, put)
    except NotYet:
        run.log.info("%s: nothing to read yet", node.name)


def _read(
    run: Run, node: Node, cursor: TokenCursor, value: Any, more: dict[str, Any], down: Row, put: Callable[[Any], None]
) -> None:  # fmt: skip
    words = _asked(words_for(node.stream, first=value is None), cursor, value)
    last = value
    for page in pages_of(run, node, words, scope_of(run, node, words, **more)):
        children.write_page(run, node, page, down, more)
        if page.tree is not None and (found := page.tree.take(cursor.token)) not in (None, []):
            last = found[-1] if isinstance(found, list) else found
    if last is not None:
        put(last)
        run.writer.write_state()


def _asked(words: Stream, cursor: TokenCursor, value: Any) -> Stream:
    """The request with the token, or with what stands in its place the first time."""
    if value is not None and isinstance(words.pages, Confirm) and words.pages.add:
        value = int(value) + words.pages.add
    added = {cursor.send: value} if value is not None else dict(cursor.first)
    word = {"param": "params", "header": "headers"}.get(cursor.into, cursor.into)
    return words.model_copy(update={word: {**(getattr(words, word) or {}), **added}})
