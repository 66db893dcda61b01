"""Every tap against the vendor's descriptions: what it asks and declares agrees, or a deviation says why not."""

import pytest

from taps.contracts import evidence, kept
from taps.contracts.comparison import compare
from taps.contracts.deviations import load
from taps.descriptions.index import at_hand, described, folder
from taps.engine.load import PLATFORMS
from taps.kinds import kind_of

GRADED = sorted(path.parent.name for path in PLATFORMS.glob("*/evidence.json"))


@pytest.fixture(autouse=True)
def descriptions() -> None:
    if not at_hand():
        pytest.skip(f"no descriptions at {folder()}: set ENGARDE_SPECS to the folder that holds them")


@pytest.fixture(scope="module", params=[pytest.param(each, marks=pytest.mark.xdist_group(each)) for each in GRADED])
def platform(request: pytest.FixtureRequest) -> str:
    """One platform after the other, so that each is compared once for all tests."""
    return str(request.param)


def test_the_tap_agrees_with_what_the_vendor_describes(platform: str) -> None:
    if kind_of(platform) != "api" or not described(platform):
        pytest.skip(f"{platform}: there is no description that can be read")
    findings = compare(platform).findings
    deviations = load(platform)
    assert [str(each) for each in deviations.unexcused(findings)] == []
    assert deviations.needless(findings) == []


def test_the_evidence_is_of_today(platform: str) -> None:
    assert kept.known(platform) == evidence.compute(platform), f"run: engarde evidence {platform}"
