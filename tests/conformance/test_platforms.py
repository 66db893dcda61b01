"""Every check on every platform; PLATFORM=x in the environment means that one alone."""

import os
from functools import lru_cache

import pytest

from taps.kinds import platforms
from tests.conformance.catalogue import CHECKS
from tests.conformance.checks import Case, complaints

CHOSEN = os.environ.get("PLATFORM", "").split() or platforms("api")


@lru_cache(maxsize=2)
def case_of(platform: str) -> Case:
    return Case(platform)


@pytest.mark.parametrize(
    ("platform", "name"),
    [
        pytest.param(platform, name, marks=pytest.mark.xdist_group(platform), id=f"{platform}-{name}")
        for platform in CHOSEN
        for name in CHECKS
    ],
)
def test_platform(platform: str, name: str) -> None:
    found = complaints(name, case_of(platform))
    assert not found, f"{CHECKS[name].proves}\n" + "\n".join(found)
