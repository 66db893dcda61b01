"""Runs a tap for single records against the descriptions: each request is held, and each answer has to be a record."""

from dataclasses import replace
from pathlib import Path

from taps.contracts.answering import Answering
from taps.contracts.recording import Pretended, Recording, Sent, read_against
from taps.contracts.vendor import Vendor
from taps.engine.manifest import Manifest, Stream
from taps.engine.one import columns_of, identity_of
from taps.engine.one_read import read_named, single
from taps.engine.references import PARTS


def subject(stream: str) -> str:
    """What findings about the request for one record of a stream are told of."""
    return f"one of {stream}"


def record_singles(manifest: Manifest, vendor: Vendor, place: Path, found: Recording) -> None:
    """Asks for one record of each stream that says how; what it asked and what failed goes to `found`."""
    names = [name for name, stream in manifest.streams.items() if stream.one is not None]
    if not names:
        return
    wire = Pretended(vendor, Answering(_of_singles(manifest)), next(iter(manifest.auth)))
    wanted = {name: [_named(manifest.resolved(name))] for name in names}
    told, problems = read_against(manifest, place, wire, names, lambda run, top: read_named(run, top, wanted))
    found.sent += [replace(each, stream=subject(each.stream)) for each in wire.sent if each.stream in names] + [
        each for each in wire.sent if each.stream not in names
    ]
    for name in names:
        if name in problems:
            found.failures.setdefault(subject(name), problems[name])
        elif not told.get(name) and _is_described(wire.sent, name):
            found.failures.setdefault(subject(name), "the described answer holds no record")


def _named(stream: Stream) -> str:
    """A record of the stream; what fills several parts of a path has as many as `owner/name`."""
    one = stream.one
    assert one is not None and isinstance(stream.key, list)
    return identity_of(
        ["1/1" if f"{column}{PARTS}}}" in (one.path or "") else "1" for column in columns_of(one, stream.key)]
    )


def _is_described(sent: list[Sent], name: str) -> bool:
    return any(each.found is not None for each in sent if each.stream == name)


def _of_singles(manifest: Manifest) -> Manifest:
    """The manifest whose streams are asked for as single records: so the described answers are made."""
    streams: dict[str, Stream] = {}
    for name, stream in manifest.streams.items():
        streams[name] = single(manifest.resolved(name)) if stream.one is not None else stream
    return manifest.model_copy(update={"streams": streams})
