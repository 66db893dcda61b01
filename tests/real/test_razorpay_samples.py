"""The sample answers of Razorpay's own client go through tap-razorpay and target-duckdb whole."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from taps.engine.load import load as load_manifest
from tests.contracts.descriptions import read
from tests.real.comparing import lost
from tests.real.pipeline import Loaded, load
from tests.real.published_samples import serving

pytestmark = pytest.mark.real("razorpay")

SAMPLES = {
    "addons": "addon_collection",
    "customers": "customer_collection",
    "disputes": "dispute_collection",
    "invoices": "invoice_collection",
    "items": "item_collection",
    "orders": "order_collection",
    "payment_links": "payment_link_collection",
    "payments": "qrcode_payments_collection",
    "plans": "plan_collection",
    "qr_codes": "qrcode_collection",
    "refunds": "refund_collection",
    "settlements": "settlement_collection",
    "subscriptions": "subscription_collection",
    "transfers": "transfers_collection",
    "virtual_accounts": "virtual_accounts_collection",
}


@pytest.fixture(scope="module")
def samples() -> dict[str, Any]:
    found: dict[str, Any] = read("razorpay", "samples.json")
    return {stream: found[name] for stream, name in SAMPLES.items()}


@pytest.fixture(scope="module")
def loaded(samples: dict[str, Any], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Loaded]:
    streams = load_manifest("razorpay").streams
    answers = {str(streams[name].path): answer for name, answer in samples.items()}
    config = {"key_id": "rzp_test_samples", "key_secret": "samples"}
    config["start_date"] = (datetime.now(UTC) - timedelta(days=20)).date().isoformat()
    with serving(answers, {"entity": "collection", "count": 0, "items": [], "payment_links": []}) as address:
        folder = tmp_path_factory.mktemp("samples")
        yield load("tap-razorpay", {**config, "api_url": address}, folder, streams=frozenset(SAMPLES))


def test_the_run_ends_well(loaded: Loaded) -> None:
    assert loaded.code == 0, loaded.log


@pytest.mark.parametrize("name", SAMPLES)
def test_a_sample_arrives_with_every_field(loaded: Loaded, samples: dict[str, Any], name: str) -> None:
    sent = samples[name]["payment_links" if name == "payment_links" else "items"]
    rows = {row["id"]: row for row in loaded.rows(f"razorpay.{name}")}
    assert sent
    for sample in sent:
        assert lost(sample, rows[sample["id"]]) == []


def test_every_value_reads_as_its_column_says(loaded: Loaded) -> None:
    assert "do not read as" not in loaded.log
