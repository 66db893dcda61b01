"""What else is taken from answers: page tokens, a job's id and status, events, facts of the account, columns."""

from collections.abc import Iterator, Sequence
from typing import Any

from taps.contracts.findings import Finding, Kind
from taps.contracts.recording import Recording, Sent
from taps.descriptions.description import Operation
from taps.descriptions.schemas import Undescribed
from taps.engine.jobs import Job
from taps.engine.manifest import Manifest, Stream
from taps.engine.pages import LastId, PagesWord
from taps.engine.paths import Path, split


def compare(manifest: Manifest, name: str, recording: Recording) -> Iterator[Finding]:
    """What a stream takes from its answers beside its records, and none of the described ones has."""
    stream = manifest.resolved(name)
    operations = described(recording.of(name))
    if not operations:
        return
    for what, path in _taken(manifest, stream):
        if not stands(operations, path):
            shown = path if isinstance(path, str) else ".".join(path)
            kind: Kind = "request" if all(each.description.whole for each in operations) else "open"
            yield Finding(name, kind, f"{what} takes {shown!r}, which no described answer has")
    for job in _jobs(manifest, stream):
        yield from (Finding(name, "request", each) for each in _statuses(operations, job))


def of_account(manifest: Manifest, recording: Recording) -> Iterator[Finding]:
    """The facts of the account and the custom columns, where their own requests are described."""
    for name, fact in manifest.account.items():
        subject = f"account {name}"
        operations = described(recording.of(subject))
        if operations and not stands(operations, fact.take):
            yield Finding(subject, "request", f"the fact takes {fact.take!r}, which no described answer has")
    subject = "columns"
    operations = described(recording.of(subject))
    for columns in (each for each in manifest.columns.values() if each.path is not None):
        for place in filter(None, (columns.name, columns.type)) if operations else ():
            path = [*split(columns.records)[0], *split(str(place) if isinstance(place, str) else list(place))[0]]
            if not stands(operations, path):
                yield Finding(subject, "request", f"columns take {'.'.join(path)!r}, which no described answer has")


def described(sent: Sequence[Sent]) -> list[Operation]:
    """The operations asked for, each once."""
    found = [each.found.operation for each in sent if each.found is not None and not each.given]
    return list({id(each): each for each in found}.values())


def _jobs(manifest: Manifest, stream: Stream) -> list[Job]:
    names = (stream.job, stream.first.job if stream.first else None)
    return [manifest.jobs[name] for name in names if name]


def _taken(manifest: Manifest, stream: Stream) -> Iterator[tuple[str, Path]]:
    """What is taken, and from where in an answer."""
    for words in filter(None, (stream, stream.first)):
        if words.pages is not None and words.format == "json" and words.job is None:
            yield from _of_pages(words.pages)
    for job in _jobs(manifest, stream):
        yield from (("job.poll.status", job.poll.status),) if job.poll is not None else ()
        if job.create.id is not None:
            yield "job.create.id", job.create.id
    if stream.changes is not None:
        feed = manifest.feeds[stream.changes.by]
        events = split(feed.records or manifest.defaults.records or ".")[0]
        for what, path in (("type", feed.type), ("record", feed.record), ("cursor", feed.cursor)):
            yield f"feed.{what}", [*events, *split(path)[0]]


def _of_pages(pages: PagesWord) -> Iterator[tuple[str, Path]]:
    total = pages.total
    places: dict[str, Any] = {
        "take": getattr(pages, "take", None) if not isinstance(pages, LastId) else None,
        "more": pages.more,
        "end": pages.end,
        "total.pages": total.pages if total else None,
        "total.records": total.records if total else None,
    }
    for what, path in places.items():
        if path is not None and not str(path).startswith("header:"):
            yield f"pages.{what}", path


def stands(operations: list[Operation], path: Path) -> bool:
    """Whether some described answer has something at the path, or leaves open what stands there."""
    return any(_at(each, path)[0] for each in operations)


def _at(operation: Operation, path: Path) -> tuple[bool, Any]:
    try:
        return True, operation.description.schemas.at(operation.answer(), split(path)[0])
    except Undescribed as missing:
        return missing.free, None


def _statuses(operations: list[Operation], job: Job) -> Iterator[str]:
    """Statuses that the manifest waits for and a description, which lists them, does not know."""
    for operation in operations:
        schemas, (_, schema) = operation.description.schemas, _at(operation, job.poll.status)
        listed = [each["enum"] for each in schemas.variants(schema) if each.get("enum")] if schema is not None else []
        if listed:
            known = {str(value) for values in listed for value in values}
            for status in (*job.poll.wait, *job.poll.done, *job.poll.failed, *job.poll.empty):
                if status not in known:
                    yield f"job.poll: {status!r} is none of the described statuses {', '.join(sorted(known))}"
            return
