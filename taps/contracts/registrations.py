"""Registers an address against the descriptions: requests are held, and what is taken has to stand in the answers."""

from collections.abc import Iterator
from pathlib import Path

from taps.contracts.answering import Answering
from taps.contracts.answers import described, stands
from taps.contracts.findings import Finding
from taps.contracts.recording import Pretended, Recording, connection_against
from taps.contracts.vendor import Vendor
from taps.engine import registering
from taps.engine.connection import Connection
from taps.engine.errors import TapError, VendorRefused
from taps.engine.jobs import Step
from taps.engine.manifest import Manifest
from taps.engine.one import identity_of
from taps.engine.paths import Path as Place
from taps.engine.paths import split
from taps.engine.registering import ABOUT
from taps.engine.topics import topics
from taps.engine.webhooks import Register

_ADDRESS = "https://engarde.example/api/v1/webhooks/vendor/token"


def record_registration(manifest: Manifest, vendor: Vendor, place: Path, found: Recording) -> Iterator[Finding]:
    """Registers, lists and takes back; what was asked goes to `found`, what is taken and not described is told."""
    words = manifest.webhooks.registering if manifest.webhooks else None
    if words is None:
        return
    wire = Pretended(vendor, Answering(manifest), next(iter(manifest.auth)))
    connection = connection_against(manifest, place, wire)
    for layer, step, places in ((each, *taken) for each in words.layers for taken in _taken(each)):
        before = len(wire.sent)
        try:
            _ask(connection, layer, step, manifest)
        except TapError as refused:
            if described(wire.sent[before:]) and not (layer.refused and isinstance(refused, VendorRefused)):
                found.failures.setdefault(ABOUT, refused.what)
        operations = described(wire.sent[before:])
        for path in places if operations else ():
            if not stands(operations, path):
                yield Finding(ABOUT, "request", f"{path!r} is taken, which no described answer has")
    found.sent += wire.sent


def _taken(words: Register) -> list[tuple[Step, list[Place]]]:
    """The requests, each with what of its answers is taken; that of `then` comes with what is registered."""
    key = None if words.single else words.key
    secret = [words.secret] if words.secret is not None and not words.shakes_hands else []
    return [
        (words.create, [*([words.id] if words.id is not None else []), *secret]),
        (
            words.listing,
            [_below(words.listing.records, each) for each in (key, words.address) if each is not None],
        ),
        (words.delete, []),
    ]


def _ask(connection: Connection, words: Register, step: Step, manifest: Manifest) -> None:
    of = None if words.of is None else _of(words)
    told = sorted({topic for of in topics(manifest).values() for topic in of})
    if step is words.create:
        for each in registering.asked_for(words, told):
            registering.create(connection, words, _ADDRESS, each, "s" * 32, of, "1")
    elif step is words.listing:
        list(registering.listed(connection, words, of))
    else:
        registering.remove(connection, words, identity_of(["1"] if of is None else [of, "1"]))


def _of(words: Register) -> str:
    """A value for `{webhook.of}`: of two parts where it fills several parts of a path, several where it has them."""
    if words.of is not None and isinstance(words.of.value, list):
        return identity_of(["1" for _ in words.of.value])
    return "1/1" if "{webhook.of:path}" in (words.create.path or "") else "1"


def _below(records: Place, path: Place) -> list[str]:
    return [*split(records)[0], *split(path)[0]]
