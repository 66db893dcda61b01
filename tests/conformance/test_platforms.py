"""Every check on every platform; in the environment PLATFORM=x is that one alone, CHECK=y that check, WITHOUT=z not it.

A platform is one test, so that one process runs its checks: they share what the platform's runs wrote.
"""

import os

import pytest

from taps.kinds import platforms
from tests.conformance.catalogue import CHECKS
from tests.conformance.checks import Case, complaints

CHOSEN = os.environ.get("PLATFORM", "").split() or platforms("api")
WANTED = os.environ.get("CHECK", "").split() or list(CHECKS)
WITHOUT = os.environ.get("WITHOUT", "").split()


@pytest.mark.parametrize("platform", CHOSEN)
def test_platform(platform: str, subtests: pytest.Subtests) -> None:
    case = Case(platform)
    for name in (each for each in WANTED if each not in WITHOUT):
        with subtests.test(name):
            found = complaints(name, case)
            assert not found, f"{CHECKS[name].proves}\n" + "\n".join(found)
