"""The suite itself: a sound platform passes, and every check finds the defect that is planted for it."""

import pytest

from tests.conformance import defects_reading, defects_trouble
from tests.conformance.catalogue import CHECKS
from tests.conformance.checks import Case, complaints
from tests.conformance.defects import ACME, PLANTS, planted
from tests.conformance.page import PAGE, text

DEFECTS = (defects_reading, defects_trouble)


@pytest.fixture(scope="module")
def acme() -> Case:
    return Case("acme", ACME)


def test_there_are_forty_checks_at_least_and_a_defect_for_each():
    assert len(CHECKS) >= 40
    assert set(PLANTS) == set(CHECKS)


@pytest.mark.parametrize("name", CHECKS)
def test_a_sound_platform_passes(acme, name):
    assert complaints(name, acme) == []


@pytest.mark.parametrize("name", CHECKS)
def test_the_planted_defect_is_found(tmp_path, name):
    with planted(name, tmp_path) as case:
        assert complaints(name, case), f"{name} says nothing about: {CHECKS[name].defect}"


def test_the_page_is_as_the_checks_say():
    assert PAGE.read_text(encoding="utf-8") == text(), "run `make generate`"
