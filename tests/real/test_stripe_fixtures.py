"""Every sample object that Stripe publishes goes through tap-stripe and target-duckdb, and no field of it is lost."""

from collections.abc import Iterator
from typing import Any

import pytest

from taps.engine.load import load as load_manifest
from taps.engine.paths import split
from tests.contracts.descriptions import read
from tests.contracts.test_stripe import SAMPLES
from tests.real.comparing import lost
from tests.real.pipeline import Loaded, load
from tests.real.stripe_samples import Sample, as_events, serving

pytestmark = pytest.mark.real("stripe")

MANIFEST = load_manifest("stripe")
READ_BY_THEMSELVES = [name for name, stream in MANIFEST.streams.items() if not stream.parent and name != "events"]


@pytest.fixture(scope="module")
def samples() -> dict[str, Sample]:
    resources: dict[str, Sample] = read("stripe", "fixtures3.json")["resources"]
    return resources


@pytest.fixture(scope="module")
def loaded(samples: dict[str, Sample], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Loaded]:
    lists = {str(MANIFEST.streams[name].path): [as_listed(samples, SAMPLES[name])] for name in READ_BY_THEMSELVES}
    with serving({**lists, "/events": as_events(samples)}) as address:
        config = {"api_url": address, "api_key": "rk_test_samples", "start_date": "2002-01-01"}
        yield load("tap-stripe", config, tmp_path_factory.mktemp("samples"))


def as_listed(samples: dict[str, Sample], name: str) -> Sample:
    """A sample as a list shows it: the line items of a checkout session are there if the list expands them."""
    if name != "checkout.session":
        return samples[name]
    return {**samples[name], "line_items": {"object": "list", "data": [samples["item"]], "has_more": False}}


def test_the_run_ends_well(loaded: Loaded) -> None:
    assert loaded.code == 0, loaded.log


@pytest.mark.parametrize("name", READ_BY_THEMSELVES)
def test_a_sample_arrives_with_every_field(loaded: Loaded, samples: dict[str, Sample], name: str) -> None:
    sample = samples[SAMPLES[name]]
    (row,) = loaded.rows(f"stripe.{name}")
    assert row["_sdc_deleted_at"] is None
    assert lost(sample, row) == []


@pytest.mark.parametrize("name", [n for n, s in MANIFEST.streams.items() if s.parent and s.parent.inside])
def test_what_stands_inside_a_sample_arrives_too(loaded: Loaded, samples: dict[str, Sample], name: str) -> None:
    stream = MANIFEST.streams[name]
    assert stream.parent is not None
    found: Any = as_listed(samples, SAMPLES[str(stream.parent.stream)])
    for key in split(stream.parent.inside or ".")[0]:
        found = (found or {}).get(key)
    only = stream.only.get("object")
    children = [child for child in found or [] if only is None or child["object"] in only]
    if not children:
        pytest.skip(f"Stripe's sample of {stream.parent.stream} holds no {name}")
    rows = {row["id"]: row for row in loaded.rows(f"stripe.{name}")}
    for child in children:
        assert lost({key: value for key, value in child.items() if key not in stream.ignore}, rows[child["id"]]) == []


def test_every_sample_of_all_arrives_whole_as_an_events_object(loaded: Loaded, samples: dict[str, Sample]) -> None:
    arrived = {row["id"]: row["data"]["object"] for row in loaded.rows("stripe.events")}
    assert arrived == {f"evt_{name}": sample for name, sample in samples.items()}


def test_nothing_is_unknown_to_the_manifest(loaded: Loaded) -> None:
    assert "not declared" not in loaded.log
    assert "do not read as" not in loaded.log
