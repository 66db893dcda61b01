"""Every example object inside HubSpot's official descriptions arrives through tap-hubspot and target-duckdb whole."""

from collections.abc import Iterator
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest

from taps.engine.load import load as load_manifest
from tests.real.hubspot_samples import CRM, Sample, examples, serving
from tests.real.pipeline import Loaded, load

pytestmark = pytest.mark.real("hubspot")

MANIFEST = load_manifest("hubspot")
READ = [*CRM, "owners", "pipelines", "marketing_emails", "lists"]
UNWRAPPED = "properties"


@pytest.fixture(scope="module")
def given() -> dict[str, Sample]:
    return examples()


@pytest.fixture(scope="module")
def config(given: dict[str, Sample]) -> Iterator[dict[str, Any]]:
    with serving(given) as address:
        yield {"api_url": address, "access_token": "pat-na1-examples", "pipeline_objects": ["tickets"], "paced": False}


@pytest.fixture(scope="module")
def loaded(config: dict[str, Any], tmp_path_factory: pytest.TempPathFactory) -> Loaded:
    return load("tap-hubspot", config, tmp_path_factory.mktemp("examples"))


@pytest.fixture(scope="module")
def again(loaded: Loaded, config: dict[str, Any]) -> Loaded:
    return load("tap-hubspot", config, loaded.warehouse.parent, state=loaded.state)


def test_the_run_ends_well(loaded: Loaded) -> None:
    assert loaded.code == 0, loaded.log


@pytest.mark.parametrize("name", READ)
def test_an_example_arrives_with_every_field(loaded: Loaded, given: dict[str, Sample], name: str) -> None:
    (row,) = loaded.rows(f"hubspot.{name}")
    assert row["_sdc_deleted_at"] is None
    assert lost(given[name], row, inside={"pipelines": {"stages"}}.get(name, set())) == []


def test_the_stages_of_the_example_pipeline_arrive(loaded: Loaded, given: dict[str, Sample]) -> None:
    rows = {row["id"]: row for row in loaded.rows("hubspot.pipeline_stages")}
    assert set(rows) == {stage["id"] for stage in given["pipelines"]["stages"]}
    for stage in given["pipelines"]["stages"]:
        row = rows[stage["id"]]
        assert (row["object_type"], row["pipeline_id"]) == ("tickets", given["pipelines"]["id"])
        assert lost(stage, row) == []


@pytest.mark.parametrize("name", CRM)
def test_a_search_brings_the_same_record_once(again: Loaded, given: dict[str, Sample], name: str) -> None:
    assert again.code == 0, again.log
    (row,) = again.rows(f"hubspot.{name}")
    assert lost(given[name], row) == []


def lost(sample: Sample, row: dict[str, Any], inside: set[str] = frozenset()) -> list[str]:  # type: ignore[assignment]
    """The fields of an example that are neither in their column nor in `_extra`, envelopes opened."""
    flat = {key: value for key, value in sample.items() if key not in {UNWRAPPED, *inside}}
    flat |= sample.get(UNWRAPPED, {})
    extra = row["_extra"] or {}
    return [
        f"{key}: {value!r} arrived as {row.get(key)!r}"
        for key, value in flat.items()
        if not same(value, extra[key] if key in extra else row.get(key, ...))
    ]


def same(sent: Any, arrived: Any) -> bool:
    """Whether a column holds what was sent, in its own type: texts that read as numbers, moments or flags."""
    match arrived:
        case bool():
            return sent is arrived or sent == str(arrived).lower()
        case datetime():
            return bool(datetime.fromisoformat(sent) == arrived.astimezone(UTC))
        case date():
            return bool(sent == arrived.isoformat())
        case Decimal():
            return Decimal(str(sent)) == arrived
        case str():
            return str(sent) == arrived
    return bool(sent == arrived)
