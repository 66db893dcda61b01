"""All checks, from the modules that hold them."""

from tests.conformance import (
    checks_answers,
    checks_bookmarks,
    checks_data,
    checks_loading,
    checks_logins,
    checks_manifest,
    checks_refusals,
    checks_replay,
)
from tests.conformance.checks import CHECKS

__all__ = ["CHECKS", "MODULES"]

MODULES = (
    checks_manifest,
    checks_replay,
    checks_bookmarks,
    checks_logins,
    checks_refusals,
    checks_answers,
    checks_data,
    checks_loading,
)
