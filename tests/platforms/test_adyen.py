"""Adyen's signature of a delivery's items, against the sample that its client libraries are tested with."""

import json
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest

from taps.engine.hooks import load_hook

FOLDER = Path(__file__).parents[2] / "taps" / "platforms" / "adyen"
KEY = "44782DEF547AAA06C910C43932B1EB0C71FC68D9D0C057550C48EC2ACF6BA056"
ITEM: dict[str, Any] = {
    "pspReference": "7914073381342284",
    "merchantAccountCode": "TestMerchant",
    "merchantReference": "TestPayment-1407325143704",
    "amount": {"value": 1130, "currency": "EUR"},
    "eventCode": "AUTHORISATION",
    "success": "true",
    "additionalData": {"hmacSignature": "coqCmt/IZ4E3CzPvMY8zTjQVL5hYJUiBRg8UU+iCWo0="},
}


def accepted(*items: dict[str, Any], key: str = KEY) -> bool:
    body = {"live": "false", "notificationItems": [{"NotificationRequestItem": item} for item in items]}
    verify = load_hook(FOLDER, "hooks.py:verify_items", "webhook.verify")
    return bool(verify(json.dumps(body).encode(), {}, key))


def test_a_signed_item_is_accepted() -> None:
    assert accepted(ITEM)


@pytest.mark.parametrize("field", ["pspReference", "merchantAccountCode", "merchantReference", "eventCode", "success"])
def test_a_changed_field_is_refused(field: str) -> None:
    assert not accepted(ITEM | {field: "other"})


def test_a_changed_amount_is_refused() -> None:
    changed = deepcopy(ITEM)
    changed["amount"]["value"] = 1

    assert not accepted(changed)


def test_one_unsigned_item_among_signed_ones_refuses_the_delivery() -> None:
    assert not accepted(ITEM, ITEM | {"additionalData": {}})


def test_no_items_and_a_wrong_key_are_refused() -> None:
    assert not accepted()
    assert not accepted(ITEM, key="00" * 32)
    assert not accepted(ITEM, key="no hexadecimal")
