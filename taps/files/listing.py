"""The files of a table in the order they were written, kept on disk: a bucket may hold more names than memory."""

import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import msgspec

from taps.engine.errors import BadAnswer
from taps.engine.manifest import Stream
from taps.engine.nodes import Node
from taps.engine.reading import pages_of, scope_of
from taps.engine.run import Run
from taps.engine.windows import parse
from taps.engine.writer import stamp
from taps.files.tables import FileTable


@dataclass(frozen=True)
class Listed:
    """One file as its listing shows it."""

    name: str
    id: str
    """What tells it apart: its name, where the vendor's names do."""
    changed: str
    """ISO 8601, UTC to the microsecond, so that texts sort as times do."""
    version: str
    fields: dict[str, Any]


class Listing:
    """The files that a table's glob fits and that are not older than `since`."""

    def __init__(self) -> None:
        self._files = sqlite3.connect("", check_same_thread=False)
        self._files.execute("CREATE TABLE files (changed text, name text, id text, version text, fields blob)")

    def collect(self, run: Run, node: Node, table: FileTable, since: str | None) -> None:
        """Lists the files; raises the engine's errors, and `BadAnswer` where a file has no name or time."""
        words = run.connection.manifest.files
        assert words is not None
        stream = _narrowed(node.stream, words.narrow, table.beginning)
        pattern = table.pattern
        for page in pages_of(run, node, stream, scope_of(run, node, stream)):
            rows = []
            for shaped in node.shaper.page(page.rows):
                found = shaped.decoded()
                name, changed = found.get(words.name), found.get(words.changed)
                if not name or not changed:
                    msg = f"a file is listed without its {words.name if not name else words.changed}"
                    raise BadAnswer(msg, platform=run.connection.platform, stream=node.name)
                moment = stamp(parse(changed))
                if pattern.fullmatch(str(name)) and (since is None or moment >= since) and not str(name).endswith("/"):
                    version = str(found.get(words.version or "") or moment)
                    rows.append(
                        (moment, str(name), str(found.get(words.id or words.name)), version, msgspec.json.encode(found))
                    )
            self._files.executemany("INSERT INTO files VALUES (?, ?, ?, ?, ?)", rows)

    def in_order(self, *, newest_first: bool = False) -> Iterator[Listed]:
        """The files in the order they were written."""
        order = "DESC" if newest_first else "ASC"
        query = f"SELECT name, id, changed, version, fields FROM files ORDER BY changed {order}, name"  # noqa: S608
        for name, id_, changed, version, fields in self._files.execute(query):
            yield Listed(name, id_, changed, version, msgspec.json.decode(fields))

    def close(self) -> None:
        """Removes the list."""
        self._files.close()


def _narrowed(stream: Stream, parameter: str | None, beginning: str) -> Stream:
    if parameter is None or not beginning:
        return stream
    return stream.model_copy(
        update={"params": {**stream.params, parameter: beginning.replace("{", "{{").replace("}", "}}")}}
    )
