"""What the pretended vendor answers: the described operation's value, turned where a run needs it to end.

Records come from the description alone. The manifest only says which of the values that a description allows is needed:
that there is a next page and then none, that a job is done, that an answer is no error.
"""

import contextlib
import gzip
import io
import zipfile
from copy import deepcopy
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec

from taps.contracts.edits import GONE, add, change, each_at, put
from taps.descriptions.description import Operation
from taps.descriptions.examples import UNKNOWN, Examples
from taps.descriptions.schemas import Schemas, Undescribed
from taps.engine.columns import Columns
from taps.engine.cursor import Cursor
from taps.engine.errors import Errors
from taps.engine.jobs import Job
from taps.engine.manifest import Manifest, Stream
from taps.engine.pages import PagesWord
from taps.engine.paths import Path, split
from taps.engine.references import names
from taps.engine.webhooks import Listing

_MILLISECONDS = 100_000_000_000


@dataclass
class Answering:
    """Makes answers for the streams of one manifest; `later` runs answer where children are asked for again."""

    manifest: Manifest
    later: bool = False
    aliases: dict[str, str] = field(default_factory=dict)
    """A stream that was found at run time -> the stream of the manifest that it was made from."""
    records: dict[str, Any] = field(default_factory=dict)
    """Stream -> the first record that it was answered with."""
    _made: dict[tuple[Operation, str, str], Any] = field(default_factory=dict)

    def described(self, operation: Operation, accept: str, name: str) -> Any:
        """A value of the operation's answer; raises `Undescribed` where none is described.

        Of several shapes that an answer may have (a list, or an object around it) it is the one that the stream reads.
        """
        stream = self._stream(name)
        records = stream.records or "." if stream is not None else "."
        key = (operation, accept, str(records))
        if key not in self._made:
            schemas = operation.description.schemas
            variants = schemas.variants(operation.answer(accept))
            fitting = [each for each in variants if _has(schemas, each, records)]
            fitting = [each for each in fitting if _holds(schemas, each, records)] or fitting
            self._made[key] = Examples(schemas).of((fitting or [operation.answer(accept)])[0])
        return deepcopy(self._made[key])

    def invented(self, name: str) -> Any:
        """For an undescribed stream whose children are described: its declared columns, so that these are asked for."""
        stream = self._stream(name)
        if stream is None:
            return self._fact(name.removeprefix("account "))
        record: dict[str, Any] = {}
        for column, spec in stream.columns_declared.items():
            add(record, spec.from_ if spec.from_ is not None else column, _invented(column, spec.kind))
        return _wrapped([record], stream.records or ".")

    def _fact(self, name: str) -> dict[str, Any]:
        """For an undescribed fact of the account: a made-up one, so that the streams it is needed for are asked for."""
        answer: dict[str, Any] = {}
        if name in self.manifest.account:
            add(answer, self.manifest.account[name].take, "1234567890")
        return answer

    def filled(self, answer: Any, operation: Operation, name: str) -> Any:
        """An answer whose records are left open gets invented ones, so that what hangs below them is asked for."""
        stream = self._stream(name)
        if stream is None or stream.job is not None or not isinstance(answer, dict):
            return answer
        schemas = operation.description.schemas
        try:
            item = schemas.item(schemas.at(operation.answer(), stream.records or "."))
            for record in each_at(answer, stream.records or ".") if schemas.free(item) else ():
                for made in each_at(self.invented(name), stream.records or "."):
                    record.update(made)
        except Undescribed as missing:
            if missing.free:
                for key, value in self.invented(name).items() if stream.records not in (None, ".") else ():
                    answer[key] = {**answer.get(key, {}), **value} if isinstance(value, dict) else value
        return answer

    def comes_in_a_file(self, name: str) -> bool:
        """Whether a stream's records are downloaded and no JSON answer."""
        stream = self._stream(name)
        return stream is not None and (stream.job is not None or stream.format != "json")

    def empty_file(self, name: str) -> bytes:
        """A download without records: what a file holds is not described."""
        stream = self._stream(name)
        jobs = [stream.job, stream.first.job if stream.first else None] if stream is not None else []
        fetches = [self.manifest.jobs[job].fetch for job in jobs if job]
        words: Any = fetches[0] if fetches else stream
        kind = words.compression if words is not None else "none"
        content = b""
        if words is not None and words.format == "json":
            content = msgspec.json.encode(_wrapped([], words.records or "."))
        if kind == "zip":
            packed = io.BytesIO()
            with zipfile.ZipFile(packed, "w") as archive:
                archive.writestr("result", content)
            return packed.getvalue()
        return gzip.compress(content) if kind == "gzip" else content

    def turned(self, answer: Any, name: str, path: str, number: int, next_url: str) -> Any:
        """The answer as the `number`th page (from 0) of a stream's list."""
        stream = self._stream(name)
        self._no_error(answer, stream.errors if stream and stream.errors else self.manifest.defaults.errors)
        if stream is None:
            return self._of_lists(answer, number, next_url)
        for pages in (stream.pages, stream.first.pages if stream.first else None, stream.deleted_pages):
            if pages is not None and pages.kind != "none":
                _paged(answer, pages, number, next_url)
        for job_name in filter(None, (stream.job, stream.first.job if stream.first else None)):
            _finished(answer, self.manifest.jobs[job_name])
        self._chosen(answer, name, stream)
        self._event(answer, name, stream, path)
        return answer if number == 0 else _emptied(answer, stream)

    def _of_lists(self, answer: Any, number: int, next_url: str) -> Any:
        """Custom columns and registered addresses may come in pages too."""
        registering = self.manifest.webhooks.registering if self.manifest.webhooks else None
        lists: list[Columns | Listing] = [*self.manifest.columns.values()]
        for words in (*lists, *(each.listing for each in (registering.layers if registering else []))):
            if words.pages is not None and words.pages.kind != "none":
                _paged(answer, words.pages, number, next_url)
                if number > 0:
                    put(answer, words.records, [])
        return answer

    def _stream(self, name: str) -> Stream | None:
        declared = self.aliases.get(name, name)
        if declared not in self.manifest.streams:
            declared = next((each for each in self.manifest.streams if self._begins_as(each, name)), "")
        return self.manifest.resolved(declared) if declared else None

    def _begins_as(self, declared: str, name: str) -> bool:
        """Whether a stream is made from this one: while its columns are asked for, no alias says so yet."""
        each = self.manifest.streams[declared].each
        beginning = each.name.partition("{")[0] if each is not None else ""
        return bool(beginning) and name.startswith(beginning)

    def _no_error(self, answer: Any, errors: Errors | None) -> None:
        if errors is not None and errors.at is not None:
            fine = errors.fine[0] if errors.fine else GONE
            if fine is GONE and isinstance(answer, dict) and isinstance(answer.get(split(errors.at)[0][0]), list):
                answer[split(errors.at)[0][0]] = []
            put(answer, errors.at, int(fine) if str(fine).isdigit() else fine)

    def _chosen(self, answer: Any, name: str, stream: Stream) -> None:
        """Records are such as the stream keeps and its children are read for."""
        wanted: list[tuple[str, Any]] = [(column, values[0]) for column, values in stream.only.items() if values]
        for child in self.manifest.streams.values():
            parent = child.parent
            if parent is not None and parent.stream == name:
                wanted += [(column, values[0]) for column, values in parent.where.items() if values]
                if parent.has:
                    for record in each_at(answer, stream.records or "."):
                        place = _place(stream, parent.has)
                        if not change(record, split(place)[0], _something):
                            add(record, place, 1)
                for record in each_at(answer, stream.records or "."):
                    put(record, parent.more, self.later)
        cursor = stream.cursor
        if isinstance(cursor, Cursor) and cursor.filter != "vendor" and cursor.field:
            place = _place(stream, cursor.field)
            for record in each_at(answer, stream.records or "."):
                change(record, split(place)[0], _recent)
        for column, value in wanted:
            place = _place(stream, column)
            for record in each_at(answer, stream.records or "."):
                _want(record, place, value)

    def _event(self, answer: Any, name: str, stream: Stream, path: str) -> None:
        """An event about a record of the stream holds such a record."""
        changes = stream.changes
        if changes is None or not path.endswith(self.manifest.feeds[changes.by].path):
            self.records.setdefault(name, deepcopy(next(iter(each_at(answer, stream.records or ".")), None)))
            return
        feed = self.manifest.feeds[changes.by]
        for event in each_at(answer, feed.records or self.manifest.defaults.records or "."):
            put(event, feed.type, changes.types[0])
            put(event, feed.record, deepcopy(self.records.get(name)) or {})


def _place(stream: Stream, column: str) -> Path:
    """Where a column's value stands in a record."""
    spec = stream.columns_declared.get(column)
    return spec.from_ if spec is not None and spec.from_ is not None else column


def _wrapped(records: list[Any], path: Path) -> Any:
    """An answer that has these records at a path."""
    answer: Any = records
    for key in reversed([key for key in split(path)[0] if not key.lstrip("-").isdigit()]):
        answer = {key: answer}
    return answer


def _has(schemas: Schemas, schema: Any, records: Path) -> bool:
    """Whether records may stand at the path in an answer of this shape."""
    keys = split(records)[0]
    return keys[0] in schemas.properties(schema) if keys else "array" in schemas.types(schema)


def _holds(schemas: Schemas, schema: Any, records: Path) -> bool:
    """Whether the whole path is described in an answer of this shape, not its beginning alone."""
    try:
        schemas.at(schema, records)
    except Undescribed:
        return False
    return True


def _want(record: dict[str, Any], place: Path, value: Any) -> None:
    """The record holds the value at a place, whatever it held there."""
    if not put(record, place, value):
        add(record, place, value)


def _paged(answer: Any, pages: PagesWord, number: int, next_url: str) -> None:
    last = number > 0
    put(answer, pages.more, not last)
    put(answer, pages.end, last)
    if pages.total is not None:
        put(answer, pages.total.pages, 2)
        put(answer, pages.total.records, 2)
    for take in (getattr(pages, "take", None), pages.then.take if pages.then else None):
        if pages.kind == "next_url":
            put(answer, take, GONE if last else next_url)
        elif pages.kind == "token" and last:
            put(answer, take, GONE)


def _recent(value: Any) -> Any:
    """A moment of yesterday, written as the described one is; only such records pass a tap's own filter."""
    moment = datetime.now(UTC).replace(microsecond=0) - timedelta(hours=20)
    if isinstance(value, int):
        return int(moment.timestamp() * (1000 if value > _MILLISECONDS else 1))
    with contextlib.suppress(ValueError, TypeError):
        given = datetime.fromisoformat(value)
        if given.tzinfo is not None:
            return moment.isoformat()
        return moment.replace(tzinfo=None).isoformat(sep=value[10]) if len(value) > 10 else moment.date().isoformat()
    return value


def _something(value: Any) -> Any:
    """The value, or where it says that there is nothing one of its kind that says that there is."""
    if str(value).lower() not in {"0", "", "none", "false", "[]", "{}", UNKNOWN}:
        return value
    return "1" if isinstance(value, str) else True if isinstance(value, bool) else 1


def _finished(answer: Any, job: Job) -> None:
    """The answer of a job that is done, whose result lies on a host of the vendor's."""
    put(answer, job.poll.status, job.poll.done[0])
    if isinstance(answer, dict) and job.create.id is not None:
        add(answer, job.create.id, "1")  # where the description leaves it out, which is told, the export goes on
    for name in names(job.fetch.url or ""):
        if name.startswith("job."):
            change(answer, split(name.removeprefix("job."))[0], _address)


def _address(value: Any) -> Any:
    address = "https://files.vendor.example/result"
    return [address] if isinstance(value, list) else address


def _emptied(answer: Any, stream: Stream) -> Any:
    if isinstance(answer, list) and stream.records in (None, "."):
        return []
    if stream.records == "*":
        return {}
    then = stream.pages.then.records if stream.pages and stream.pages.then else None
    for path in (stream.records, stream.first.records if stream.first else None, then):
        put(answer, path, [])
    return answer


def _invented(column: str, kind: str) -> Any:
    if "zone" in column.lower():
        return "UTC"
    times = {"date": "2026-01-31", "datetime": "2026-01-31T10:30:00Z", "json": {}, "boolean": True}
    return times.get(kind, "1")


def value_or_none(answering: Answering, operation: Operation, accept: str, name: str) -> Any:
    """The described answer, None where none is described (a 204, a file)."""
    try:
        return answering.described(operation, accept, name)
    except Undescribed:
        return None
