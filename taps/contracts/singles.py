"""Runs a tap for single records against the descriptions: each request is held, and each answer has to be a record."""

from dataclasses import replace
from pathlib import Path

from taps.contracts.answering import Answering
from taps.contracts.recording import Pretended, Recording, read_against
from taps.contracts.vendor import Vendor
from taps.engine.deletes import ByField
from taps.engine.manifest import Manifest, Stream
from taps.engine.one import columns_of, identity_of
from taps.engine.one_read import read_named, single
from taps.engine.references import PARTS


def subject(stream: str) -> str:
    """What findings about the request for one record of a stream are told of."""
    return f"one of {stream}"


def record_singles(manifest: Manifest, vendor: Vendor, place: Path, found: Recording) -> None:
    """Asks for one record of each stream that says how; what it asked and what failed goes to `found`."""
    for name, stream in manifest.streams.items():
        if stream.one is not None:
            _record(manifest, vendor, place, found, name)


def _record(manifest: Manifest, vendor: Vendor, place: Path, found: Recording, name: str) -> None:
    """One stream by itself: what hangs below it is asked for by lists, which are held elsewhere."""
    words = manifest.resolved(name)
    wire = Pretended(vendor, Answering(_with(manifest, name, single(words))), next(iter(manifest.auth)))
    wanted = {name: [_named(words)]}
    there = _with(manifest, name, _never_gone(manifest.streams[name]))
    told, problems = read_against(there, place, wire, [name], lambda run, top: read_named(run, top, wanted))
    found.sent += [replace(each, stream=subject(name)) if each.stream == name else each for each in wire.sent]
    if name in problems:
        found.failures.setdefault(subject(name), problems[name])
    elif not told.get(name) and any(each.found is not None for each in wire.sent if each.stream == name):
        found.failures.setdefault(subject(name), "the described answer holds no record")


def _never_gone(stream: Stream) -> Stream:
    """The stream without the fields that say that a record is gone: what is described may say it or not."""
    assert stream.one is not None
    deletes = "not_reported" if isinstance(stream.deletes, ByField) else stream.deletes
    return stream.model_copy(update={"deletes": deletes, "one": stream.one.model_copy(update={"gone": None})})


def _named(stream: Stream) -> str:
    """A record of the stream; what fills several parts of a path has as many as `owner/name`."""
    one = stream.one
    assert one is not None and isinstance(stream.key, list)
    return identity_of(
        ["1/1" if f"{column}{PARTS}}}" in (one.path or "") else "1" for column in columns_of(one, stream.key)]
    )


def _with(manifest: Manifest, name: str, words: Stream) -> Manifest:
    """The manifest whose stream is asked for as a single record: so the described answers are made."""
    return manifest.model_copy(update={"streams": {**manifest.streams, name: words}})
