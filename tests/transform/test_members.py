"""Every platform feeds each unified entity that it has, or the reason why not stands here."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from transform.launch import PROJECT

SALES = {"customers", "products", "orders", "order_lines", "payments", "refunds"}
PAYOUTS = {"payouts", "payout_items"}
EXPECTED = {
    "accounting": SALES,
    "advertising": {"campaigns", "campaign_performance_daily"},
    "communication": {"customers"},
    "crm": {"customers", "products", "orders", "order_lines"},
    "ecommerce": SALES | PAYOUTS,
    "marketing": {"customers", "campaigns"},
    "payments": {"customers", "payments", "refunds"} | PAYOUTS,
    "pos": SALES,
}
"""Entities that a platform of a category has as a rule."""
STREAMS = {
    "customers": "customers", "contacts": "customers", "profiles": "customers", "products": "products",
    "items": "products", "orders": "orders", "payments": "payments", "refunds": "refunds", "payouts": "payouts",
    "campaigns": "campaigns",
}  # fmt: skip
"""Streams whose name says that they hold an entity, whatever the category of the platform."""
OWN_PAYOUTS = "the shop takes no money itself: its processors pay out, and each is a platform of its own"
REASONS: dict[str, dict[str, str]] = {
    "adyen": {"customers": "has none: a shopper is only a reference and a mailbox in a report of payments"},
    "amazon_ads": {"customers": "its profiles are advertising accounts"},
    "amazon_seller": {"customers": "Amazon names buyers neither by id nor by a lasting mailbox"},
    "bigcommerce": {"payouts": OWN_PAYOUTS, "payout_items": OWN_PAYOUTS},
    "easypost": {"refunds": "postage that the carrier gives back, not a buyer's money"},
    "etsy": {"payout_items": "the ledger does not say of which disbursement an entry is"},
    "google_ads": {"customers": "its customers are advertising accounts"},
    "magento": {"payouts": OWN_PAYOUTS, "payout_items": OWN_PAYOUTS},
    "monday": {"products": "its items are rows of boards"},
    "paypal": {"payout_items": "PayPal does not say of which payments a withdrawal is made"},
    "razorpay": {"orders": "its orders are requests for a payment, not sales with lines"},
    "slack": {"customers": "its users are colleagues"},
    "twilio": {"customers": "knows numbers, not people"},
    "woocommerce": {"payouts": OWN_PAYOUTS, "payout_items": OWN_PAYOUTS},
}
"""Entities that a platform does not feed, each with why."""


def manifests() -> list[Path]:
    return sorted((PROJECT.parent / "taps" / "platforms").glob("*/manifest.yaml"))


def entities(platform: str) -> set[str]:
    """What the platform's staging models feed."""
    return {path.stem.split("__")[1] for path in (PROJECT / "models" / "staging" / platform).glob("stg_*.sql")}


@pytest.mark.parametrize("path", manifests(), ids=lambda path: path.parent.name)
def test_what_a_platform_does_not_feed_has_a_reason(path: Path) -> None:
    manifest = yaml.load(path.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)
    expected = EXPECTED.get(manifest["category"], set())
    named = {STREAMS[name] for name in manifest.get("streams", {}) if name in STREAMS}
    missing = (expected | named) - entities(path.parent.name)
    assert missing == set(REASONS.get(path.parent.name, {}))


def test_reasons_speak_of_platforms_that_are_there() -> None:
    assert set(REASONS) <= {path.parent.name for path in manifests()}
