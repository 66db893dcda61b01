"""How far a table made of files is read: a time, and the files since then by name and version.

Files may show up long after the time they bear (an upload in parts bears the time it began), so that everything within
the lookback before the newest file is compared by name.
"""

from datetime import timedelta
from typing import Any

from taps.engine.state import is_known, pack
from taps.engine.windows import parse
from taps.engine.writer import stamp
from taps.files.listing import Listed

LOOKBACK = timedelta(days=1)
MOST_KNOWN = 500
"""Files that a state remembers; where more were written within the lookback, it is so much shorter."""


class Progress:
    """The bookmark of a table while its files are read, oldest first."""

    def __init__(self, bookmark: dict[str, Any]) -> None:
        self._since: str = bookmark.get("since") or ""
        self._known: str | None = bookmark.get("known")
        self._recent: list[Listed] = []
        self._listed: set[str] = set()
        self.broken: list[str] = list(bookmark.get("broken") or [])
        self.was_read_before = bool(self._since)

    def wants(self, file: Listed) -> bool:
        """Whether a file is new, written anew, or could not be read last time."""
        if file.id in self.broken:
            return True
        return file.changed >= self._since and not is_known(_mark(file), self._known)

    def passed(self, file: Listed) -> None:
        """Notes a file that needs no reading."""
        self._recent.append(file)
        if len(self._recent) > 2 * MOST_KNOWN:
            del self._recent[:MOST_KNOWN]

    def read(self, file: Listed, *, failed: bool) -> None:
        """Notes a file that was read, or that could not be."""
        self._recent.append(file)
        self._listed.add(file.id)
        self.broken = [name for name in self.broken if name != file.id] + ([file.id] if failed else [])

    def bookmark(self, file: Listed) -> dict[str, Any]:
        """The bookmark after a file: it covers what was known before too, because files after it may be."""
        self._trim(file)
        return self._as_bookmark(file, pack(map(_mark, self._recent), self._known), self._since or self._oldest(file))

    def at_the_end(self) -> dict[str, Any]:
        """The bookmark once every file was looked at."""
        self.broken = [name for name in self.broken if name in self._listed]
        if not self._recent:
            return {"broken": self.broken or None}
        newest = self._recent[-1]
        self._trim(newest)
        return self._as_bookmark(newest, pack(map(_mark, self._recent)), max(self._since, self._oldest(newest)))

    def _as_bookmark(self, file: Listed, known: str, since: str) -> dict[str, Any]:
        reached = {"replication_key": "changed", "replication_key_value": file.changed}
        return {**reached, "since": since, "known": known, "broken": self.broken or None}

    def _oldest(self, newest: Listed) -> str:
        if len(self._recent) == MOST_KNOWN:
            return self._recent[0].changed
        return stamp(parse(newest.changed) - LOOKBACK)

    def _trim(self, newest: Listed) -> None:
        oldest = stamp(parse(newest.changed) - LOOKBACK)
        self._recent = [file for file in self._recent if file.changed >= oldest][-MOST_KNOWN:]


def _mark(file: Listed) -> dict[str, str]:
    return {"name": file.id, "version": file.version}
