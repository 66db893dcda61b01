"""Registers an address against the descriptions: requests are held, and what is taken has to stand in the answers."""

from collections.abc import Iterator
from pathlib import Path

from taps.contracts.answering import Answering
from taps.contracts.answers import described, stands
from taps.contracts.findings import Finding
from taps.contracts.recording import Pretended, Recording, connection_against
from taps.contracts.vendor import Vendor
from taps.engine import registering
from taps.engine.errors import TapError, VendorRefused
from taps.engine.jobs import Step
from taps.engine.manifest import Manifest
from taps.engine.paths import Path as Place
from taps.engine.paths import split
from taps.engine.registering import ABOUT
from taps.engine.topics import topics

_ADDRESS = "https://engarde.example/api/v1/webhooks/vendor/token"


def record_registration(manifest: Manifest, vendor: Vendor, place: Path, found: Recording) -> Iterator[Finding]:
    """Registers, lists and takes back; what was asked goes to `found`, what is taken and not described is told."""
    words = manifest.webhooks.registering if manifest.webhooks else None
    if words is None:
        return
    wire = Pretended(vendor, Answering(manifest), next(iter(manifest.auth)))
    connection = connection_against(manifest, place, wire)
    told = sorted({topic for of in topics(manifest).values() for topic in of})
    asked = [[topic] for topic in told] if words.each else [told]
    taken: list[tuple[Step, list[Place]]] = [
        (words.create, [words.id, *([words.secret] if words.secret is not None else [])]),
        (words.listing, [_below(words.listing.records, each) for each in (words.key, words.address)]),
        (words.delete, []),
    ]
    for step, places in taken:
        before = len(wire.sent)
        try:
            if step is words.create:
                for each in asked:
                    registering.create(connection, words, _ADDRESS, each, "s" * 32)
            elif step is words.listing:
                list(registering.listed(connection, words))
            else:
                registering.remove(connection, words, "1")
        except TapError as refused:
            if described(wire.sent[before:]) and not (words.refused and isinstance(refused, VendorRefused)):
                found.failures.setdefault(ABOUT, refused.what)
        operations = described(wire.sent[before:])
        for path in places if operations else ():
            if not stands(operations, path):
                yield Finding(ABOUT, "request", f"{path!r} is taken, which no described answer has")
    found.sent += wire.sent


def _below(records: Place, path: Place) -> list[str]:
    return [*split(records)[0], *split(path)[0]]
