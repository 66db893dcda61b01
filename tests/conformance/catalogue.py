"""All checks, from the modules that hold them."""

from tests.conformance import checks_manifest, checks_replay
from tests.conformance.checks import CHECKS

__all__ = ["CHECKS", "MODULES"]

MODULES = (checks_manifest, checks_replay)
