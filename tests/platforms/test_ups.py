"""What names a Quantum View manifest."""

from pathlib import Path
from typing import Any

import pytest

from taps.engine.hooks import load_hook

FOLDER = Path(__file__).parents[2] / "taps" / "platforms" / "ups"
TWO = [{"TrackingNumber": "1ZENGARDE0000000001"}, {"TrackingNumber": "1ZENGARDE0000000002"}]


def named(record: dict[str, Any]) -> Any:
    return load_hook(FOLDER, "hooks.py:named_after_first_package", "record")(record)


@pytest.mark.parametrize("packages", [TWO, TWO[0]])
def test_the_first_package_names_a_manifest_whether_there_are_several_or_one(packages: Any) -> None:
    record = {"PickupDate": "20260301", "Package": packages}
    assert named(record) == {**record, "TrackingNumber": "1ZENGARDE0000000001"}


def test_a_manifest_without_packages_stays_as_it_is() -> None:
    assert named({"PickupDate": "20260301"}) == {"PickupDate": "20260301"}
