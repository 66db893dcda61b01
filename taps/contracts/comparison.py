"""The whole comparison of one platform."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path

import msgspec

from taps.contracts import answers, fields, requests
from taps.contracts.findings import Finding, Kind
from taps.contracts.recording import Recording, record
from taps.contracts.registrations import record_registration
from taps.contracts.singles import record_singles
from taps.contracts.vendor import Vendor
from taps.descriptions.schemas import Undescribed
from taps.engine.load import PLATFORMS, load
from taps.engine.manifest import Manifest


@dataclass
class Comparison:
    """What was found, stream by stream, before anything is excused."""

    manifest: Manifest
    recording: Recording
    findings: list[Finding] = field(default_factory=list)

    def of(self, stream: str) -> list[Finding]:
        """The findings of a stream."""
        return [each for each in self.findings if each.stream == stream]


@lru_cache(maxsize=4)
def compare(platform: str, folder: Path | None = None) -> Comparison:
    """Runs the platform's tap against its descriptions and compares; raises `ManifestError`."""
    manifest = load(platform, folder)
    vendor = Vendor.of(platform)
    place = folder or PLATFORMS / platform
    recording = record(manifest, platform, vendor, place)
    record_singles(manifest, vendor, place, recording)
    found = Comparison(manifest, recording)
    found.findings += record_registration(manifest, vendor, place, recording)
    for name in manifest.streams:
        found.findings += _of_stream(manifest, name, recording, place)
    found.findings += _others(manifest, recording)
    return found


def _of_stream(manifest: Manifest, name: str, recording: Recording, folder: Path) -> list[Finding]:
    found = list(dict.fromkeys((*_requests(name, recording), *answers.compare(manifest, name, recording))))
    try:
        place = fields.place_of(manifest, name, recording)
        found += fields.compare(manifest, name, place, recording)
    except Undescribed as undescribed:
        found.append(Finding(name, "undescribed" if recording.whole else "unshown", str(undescribed)))
    else:
        found += _failure(manifest, name, recording, place)
        found += _fixture(manifest, name, recording, folder)
    return list(dict.fromkeys(found))


def _requests(name: str, recording: Recording) -> Iterator[Finding]:
    for sent in recording.of(name):
        if sent.refusal and not sent.given:
            yield Finding(name, "request" if recording.whole else "unshown", sent.refusal)
        yield from (Finding(name, "request", each) for each in requests.complaints(sent))
        if sent.found is not None and not sent.given and sent.found.operation.parts.deprecated:
            yield Finding(name, "old", f"the vendor has deprecated {sent.request.method} {sent.found.operation.path}")


def _failure(manifest: Manifest, name: str, recording: Recording, place: fields.Place) -> Iterator[Finding]:
    if name in recording.failures:
        kind: Kind = "failure" if recording.whole else "unshown"
        yield Finding(name, kind, f"the tap cannot read the described answer: {recording.failures[name]}")
    for column in fields.lost(manifest, name, recording):
        yield Finding(name, "field", "the described records have a value and none arrived", column)
    node = recording.nodes.get(name)
    if node is not None:
        for column in node.shaper.drifted:
            stream, answered = manifest.resolved(name), recording.answered.get(name)
            if fields.says_nothing(place, stream, column, node.columns[column], answered):
                continue
            drifted: Kind = "open" if place.partial else "field"  # an example may hold a word for a value
            yield Finding(name, drifted, f"a described value does not read as {node.columns[column].kind}", column)


def _fixture(manifest: Manifest, name: str, recording: Recording, folder: Path) -> Iterator[Finding]:
    """What the description has against the types in the stream's fixture, an answer the vendor could have given."""
    file = folder / "fixtures" / f"{name}.json"
    sent = next((each for each in recording.of(name) if not each.given), None)
    stream = manifest.resolved(name)
    if not file.is_file() or sent is None or sent.found is None or stream.job or (stream.first and stream.first.job):
        return
    answer = msgspec.json.decode(file.read_bytes()).get("answer")
    operation = sent.found.operation
    if operation.parts.answers and stream.format == "json":
        schemas, schema = operation.description.schemas, operation.answer(sent.accept)
        streamed = isinstance(answer, list) and "array" not in schemas.types(schema)
        for part in answer if streamed else [answer]:
            wrong = schemas.complaints(schema, part, about="type")
            yield from (Finding(name, "fixture", each) for each in wrong if ": None is not" not in each)


def _others(manifest: Manifest, recording: Recording) -> Iterator[Finding]:
    """Requests that belong to no stream: logins, account facts, custom columns."""
    others = {each.stream for each in recording.sent} - set(manifest.streams) - {""}
    for name in sorted(others):
        yield from dict.fromkeys(_requests(name, recording))
    yield from answers.of_account(manifest, recording)
    for name, what in recording.failures.items():
        if name not in manifest.streams:
            yield Finding(name, "failure", what)
