"""The answers that EasyPost's own client was recorded with go through tap-easypost and target-duckdb whole."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from taps.engine.load import load as load_manifest
from tests.contracts.descriptions import read
from tests.real.comparing import lost
from tests.real.pipeline import Loaded, load
from tests.real.published_samples import serving

pytestmark = pytest.mark.real("easypost")

STREAMS = load_manifest("easypost").streams
RECORDED = [name for name, stream in STREAMS.items() if stream.parent is None]


@pytest.fixture(scope="module")
def samples() -> dict[str, Any]:
    found: dict[str, Any] = read("easypost", "samples.json")
    return {name: found[name]["response"] for name in RECORDED}


@pytest.fixture(scope="module")
def loaded(samples: dict[str, Any], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Loaded]:
    answers = {str(STREAMS[name].path): last_page(answer) for name, answer in samples.items()}
    nothing = {**{name: [] for name in samples}, "reports": [], "has_more": False}
    start = (datetime.now(UTC) - timedelta(days=20)).date().isoformat()
    with serving(answers, nothing) as address:
        config = {"api_url": address, "api_key": "EZTKsamples", "start_date": start}
        yield load("tap-easypost", config, tmp_path_factory.mktemp("samples"))


def last_page(answer: Any) -> Any:
    """The recorded answer as if nothing followed; a bare list has no pages."""
    return {**answer, "has_more": False} if isinstance(answer, dict) else answer


def records(samples: dict[str, Any], name: str) -> list[dict[str, Any]]:
    """The objects of a recorded answer, without what the manifest leaves aside."""
    answer = samples[name]
    found: list[dict[str, Any]] = answer if isinstance(answer, list) else answer[name]
    return [{key: value for key, value in each.items() if key not in STREAMS[name].ignore} for each in found]


def test_the_run_ends_well(loaded: Loaded) -> None:
    assert loaded.code == 0, loaded.log


@pytest.mark.parametrize("name", RECORDED)
def test_a_recorded_object_arrives_with_every_field(loaded: Loaded, samples: dict[str, Any], name: str) -> None:
    rows = {row["id"]: row for row in loaded.rows(f"easypost.{name}")}
    sent = records(samples, name)
    assert sent
    for sample in sent:
        assert lost(sample, rows[sample["id"]]) == []


def test_the_rates_inside_a_shipment_arrive(loaded: Loaded, samples: dict[str, Any]) -> None:
    rows = {row["id"]: row for row in loaded.rows("easypost.rates")}
    rates = [rate for shipment in records(samples, "shipments") for rate in shipment["rates"]]
    assert rates
    for rate in rates:
        assert lost(rate, rows[rate["id"]]) == []


def test_nothing_is_unknown_to_the_manifest(loaded: Loaded) -> None:
    assert "not declared" not in loaded.log
    assert "do not read as" not in loaded.log


def test_no_carriers_credentials_are_read(loaded: Loaded) -> None:
    assert all("credentials" not in (row["_extra"] or {}) for row in loaded.rows("easypost.carrier_accounts"))
