"""Reads a table made of files: those written since the bookmark, oldest first, each whole before it counts.

A file that was written again replaces its earlier rows. A broken one is named, the others are read, and the next run
tries it again.
"""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote

from taps.engine.answers import Raw
from taps.engine.errors import ENDS_ALL, BadAnswer, BadBody, Missing, NoPermission, TapError
from taps.engine.files import FileFormat, Get
from taps.engine.nodes import Node
from taps.engine.records import raw
from taps.engine.references import fill
from taps.engine.run import Run
from taps.engine.writer import extraction_time
from taps.files.columns import FILE, ROW
from taps.files.formats import format_of, records
from taps.files.listing import Listed, Listing
from taps.files.progress import Progress
from taps.files.tables import FileTable

MOST_BROKEN = 20
"""Broken files that a state remembers; with more, the table stops at the next."""


@dataclass
class FileReading:
    """One table: the stream that lists its files, and its settings."""

    table: FileTable
    lister: Node

    def read(self, run: Run, node: Node) -> None:
        """Reads the files that are new, and moves the bookmark behind each."""
        listing = Listing()
        try:
            listing.collect(run, self.lister, self.table, None if run.first_page_only else self._since(run, node))
            if run.first_page_only:
                self._first(run, node, listing)
            else:
                self._all(run, node, listing)
        finally:
            listing.close()

    @staticmethod
    def _since(run: Run, node: Node) -> str | None:
        bookmark = run.state.of(node.name)
        return None if bookmark.get("broken") else bookmark.get("since")

    def _first(self, run: Run, node: Node, listing: Listing) -> None:
        for file in listing.in_order(newest_first=True):
            with self.fetched(run, node, file) as (path, format_):
                rows = next(self._records(run, node, file, path, format_), [])
                self._write(run, node, file, rows, 1)
            return

    def _all(self, run: Run, node: Node, listing: Listing) -> None:
        progress = Progress(run.state.of(node.name))
        for file in listing.in_order():
            run.check_stopped()
            if progress.wants(file):
                failed = self._tried(run, node, file, progress.was_read_before)
                if failed is not None and len(progress.broken) >= MOST_BROKEN:
                    raise failed
                progress.read(file, failed=failed is not None)
                run.state.put(node.name, **progress.bookmark(file))
                run.writer.write_state()
            else:
                progress.passed(file)
        run.state.put(node.name, **progress.at_the_end())

    def _tried(self, run: Run, node: Node, file: Listed, again: bool) -> TapError | None:
        """Reads a file; gives back what keeps it from being read, which the run's outcome names."""
        try:
            self._one(run, node, file, again)
        except ENDS_ALL:
            raise
        except Missing:
            run.log.info("%s: file %s is gone since it was listed", node.name, file.name)
        except NoPermission as refused:
            run.outcome(node.name).refused = refused
            return refused
        except TapError as failed:
            run.log.error("%s", failed)
            run.outcome(node.name).error = failed
            return failed
        return None

    def _one(self, run: Run, node: Node, file: Listed, again: bool) -> None:
        began = extraction_time()
        with self.fetched(run, node, file) as (path, format_):
            at = 1
            for rows in self._records(run, node, file, path, format_):
                run.check_stopped()
                self._write(run, node, file, rows, at)
                at += len(rows)
        if again and not self.table.key:
            run.replaced(node, {FILE: file.id}, began)

    def _write(self, run: Run, node: Node, file: Listed, rows: list[Raw], first: int) -> None:
        shaped = node.shaper.page(rows)
        name = raw(file.id)
        for at, each in enumerate(shaped, first):
            each.put(FILE, name)
            each.put(ROW, raw(at))
        run.write(node, shaped, extraction_time())

    def _records(
        self, run: Run, node: Node, file: Listed, path: Path, format_: FileFormat
    ) -> Iterator[list[Raw]]:  # fmt: skip
        try:
            yield from records(path, format_, self.table)
        except BadBody as broken:
            raise BadAnswer(f"file {file.name}: {broken}", platform=run.connection.platform, stream=node.name) from None

    @contextmanager
    def fetched(self, run: Run, node: Node, file: Listed) -> Iterator[tuple[Path, FileFormat]]:
        """The file on this machine while the block lasts, and its format."""
        platform = run.connection.platform
        get = self._get(run, file)
        if get is None:
            raise BadAnswer(f"file {file.name} cannot be fetched", platform=platform, stream=node.name)
        try:
            format_ = format_of(self.table, file.name, get.format)
        except BadBody as unsaid:
            raise BadAnswer(f"file {file.name}: {unsaid}", platform=platform, stream=node.name) from None
        with tempfile.TemporaryDirectory(prefix="engarde-") as folder:
            path = Path(folder, "file")
            scope = run.connection.scope(file=file.fields | {"name": file.name})
            request = run.connection.asker.request(
                _addressed(run, get, scope), scope, stream=node.name, rate=self.lister.stream.rate
            )
            run.connection.client.stream_to(request, errors=self.lister.stream.errors, path=path)
            yield path, format_

    @staticmethod
    def _get(run: Run, file: Listed) -> Get | None:
        assert run.connection.manifest.files is not None
        for get in run.connection.manifest.files.get:
            if all(file.fields.get(name) in values for name, values in get.where.items()):
                return get
        return None


def _addressed(run: Run, get: Get, scope: dict[str, Any]) -> Get:
    """The request with its address filled: in a file's name a slash stays one."""
    path = fill(get.path or "", scope, encode=lambda value: quote(value, safe="/-_.~"))
    address = f"{run.connection.asker.addresses.of(get.host)}{path}".replace("{", "{{").replace("}", "}}")
    return get.model_copy(update={"url": address, "path": None})
