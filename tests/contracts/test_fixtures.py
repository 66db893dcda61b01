"""The fixtures of Stripe, Google Ads and HubSpot are answers the vendors could give, and the tap reads all of them."""

from typing import Any

import pytest

from taps.contracts.comparison import compare
from taps.engine.load import PLATFORMS, load
from tests.contracts.descriptions import specs
from tests.contracts.fixtures import answer, passed

MANIFESTS = {name: load(name) for name in ("stripe", "google_ads", "hubspot")}
OWN = {
    platform: [name for name, stream in manifest.streams.items() if not (stream.parent and stream.parent.inside)]
    for platform, manifest in MANIFESTS.items()
}
"""Platform -> the streams that are asked for; the others stand inside their parents' answers."""
STREAMS = [(platform, stream) for platform, streams in OWN.items() for stream in streams]


def test_every_stream_has_a_fixture_and_every_fixture_a_stream() -> None:
    for platform, streams in OWN.items():
        files = {file.stem for file in (PLATFORMS / platform / "fixtures").glob("*.json")}
        assert set(streams) <= files <= set(MANIFESTS[platform].streams)


@pytest.mark.parametrize(("platform", "name"), STREAMS)
def test_fixtures_are_valid_by_the_official_description(platform: str, name: str) -> None:
    """In everything, not in types only, as is asked of every platform."""
    specs()
    sent = compare(platform).recording.of(name)
    if not sent or sent[0].found is None or MANIFESTS[platform].resolved(name).path is None:
        pytest.skip(f"{name}: not described at hand")
    operation = sent[0].found.operation
    given: Any = answer(platform, name)
    for part in given if isinstance(given, list) else [given]:
        assert operation.description.schemas.complaints(operation.answer(), part) == []


WHOLE = [
    (platform, name)
    for platform, name in STREAMS
    if not (MANIFESTS[platform].streams[name].each or "page" in MANIFESTS[platform].streams[name].hooks)
]
"""Without those of which columns are found out at run time, or whose rows a hook makes."""


@pytest.mark.parametrize(("platform", "name"), WHOLE)
def test_fixtures_pass_with_nothing_undeclared(platform: str, name: str) -> None:
    manifest = MANIFESTS[platform]
    found = passed(manifest, name, answer(platform, name))
    assert found.rows
    assert found.drifted == {}
    assert found.undeclared == {}
    required = {column for column, spec in manifest.resolved(name).columns_declared.items() if spec.required}
    for row in found.rows:
        assert {column for column in required if row[column] is None} == set()
        assert row["_extra"] is None
