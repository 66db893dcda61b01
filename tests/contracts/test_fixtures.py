"""The fixtures of Stripe and Google Ads are answers the vendors could give, and the tap reads all of them."""

from typing import Any

import pytest

from taps.engine.load import PLATFORMS, load
from tests.contracts.fixtures import answer, passed
from tests.contracts.openapi import OpenApi, read

MANIFESTS = {name: load(name) for name in ("stripe", "google_ads")}
STREAMS = [(platform, stream) for platform, manifest in MANIFESTS.items() for stream in manifest.streams]
NEWER_THAN_DESCRIBED = {"invoice_payments"}


@pytest.fixture(scope="module")
def descriptions() -> dict[str, OpenApi]:
    return {
        "stripe": OpenApi(read("stripe", "stripe_get.json"), prefix="/v1"),
        "google_ads": OpenApi(read("google_ads", "google-ads-api-v25-openapi.yml"), prefix="/v25"),
    }


def test_every_stream_has_a_fixture_and_every_fixture_a_stream() -> None:
    for platform, manifest in MANIFESTS.items():
        assert {file.stem for file in (PLATFORMS / platform / "fixtures").glob("*.json")} == set(manifest.streams)


@pytest.mark.parametrize(("platform", "name"), STREAMS)
def test_fixtures_are_valid_by_the_official_description(
    descriptions: dict[str, OpenApi], platform: str, name: str
) -> None:
    if name in NEWER_THAN_DESCRIBED:
        pytest.skip(f"{name}: newer than the official description at hand")
    stream = MANIFESTS[platform].resolved(name)
    described = descriptions[platform]
    operation = described.find(stream.method or "GET", stream.path or "")
    given: Any = answer(platform, name)
    for part in given if isinstance(given, list) else [given]:
        assert described.complaints(operation.answer_schema(), part) == []


@pytest.mark.parametrize(("platform", "name"), STREAMS)
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
