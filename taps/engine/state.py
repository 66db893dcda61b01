"""Bookmarks: how far each stream is complete. The format is singer-sdk's, with a few keys of our own beside it.

`replication_key_value`: everything before it has been read. `loading`: a first load under way, {began, reached}.
`token`: a vendor's own bookmark. `partitions`: parents that are not at the common bookmark. `known`: the parents ever
read, five bytes each. `compared`: when everything was last read for deletes.
"""

import base64
import hashlib
import threading
import zlib
from collections.abc import Iterable
from copy import deepcopy
from typing import Any

Bookmark = dict[str, Any]
_MARK = 5


class State:
    """All streams' bookmarks; every change is atomic, so that a copy taken at any time is consistent."""

    def __init__(self, value: dict[str, Any] | None = None) -> None:
        self._lock = threading.Lock()
        self._value: dict[str, Any] = deepcopy(value) if value else {}
        self._value.setdefault("bookmarks", {})

    def of(self, stream: str) -> Bookmark:
        """A copy of a stream's bookmark; empty if it was never read."""
        with self._lock:
            return deepcopy(self._value["bookmarks"].get(stream, {}))

    def put(self, stream: str, **changes: Any) -> None:
        """Sets (or with None removes) keys of a stream's bookmark."""
        with self._lock:
            bookmark = self._value["bookmarks"].setdefault(stream, {})
            for key, value in changes.items():
                if value is None:
                    bookmark.pop(key, None)
                else:
                    bookmark[key] = value

    def put_partition(self, stream: str, context: dict[str, Any], value: Any) -> None:
        """Sets one parent's own bookmark; `value` None says that it has none yet."""
        with self._lock:
            bookmark = self._value["bookmarks"].setdefault(stream, {})
            others = [part for part in bookmark.get("partitions", []) if part["context"] != context]
            entry = {"context": context} | ({"replication_key_value": value} if value is not None else {})
            bookmark["partitions"] = [*others, entry]

    def clear(self, stream: str) -> None:
        """Forgets a stream's bookmark."""
        with self._lock:
            self._value["bookmarks"].pop(stream, None)

    def copy(self) -> dict[str, Any]:
        """The whole state as it is written into a STATE message."""
        with self._lock:
            return deepcopy(self._value)


def _mark(context: dict[str, Any]) -> bytes:
    text = "\0".join(f"{key}={context[key]}" for key in sorted(context))
    return hashlib.blake2b(text.encode(), digest_size=_MARK).digest()


def pack(contexts: Iterable[dict[str, Any]], also: str | None = None) -> str:
    """The parents ever read, as a short text; 1,000 of them take under 7 kB."""
    marks = {_mark(context) for context in contexts} | _marks(also)
    return base64.b64encode(zlib.compress(b"".join(sorted(marks)), 9)).decode()


def _marks(packed: str | None) -> set[bytes]:
    if not packed:
        return set()
    try:
        plain = zlib.decompress(base64.b64decode(packed))
    except (ValueError, zlib.error):
        return set()
    return {plain[at : at + _MARK] for at in range(0, len(plain), _MARK)}


def is_known(context: dict[str, Any], packed: str | None) -> bool:
    """Whether a parent was ever read."""
    return _mark(context) in _marks(packed)
