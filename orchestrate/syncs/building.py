"""What dbt builds of what a warehouse holds that its models do not know yet: runs that end together are built once."""

from __future__ import annotations

from collections.abc import Collection

DECISIONS = "decisions"
"""Stands among the platforms where people decided something."""
_TESTS = ("test", "unit_test")
_DECIDED = ("identity_overrides+", "attribute_overrides+")


def selection(platforms: Collection[str]) -> list[str]:
    """The arguments for what dbt builds once rows of these platforms were loaded, or people decided.

    What was tested when it was loaded is not tested again before somebody sees what a decision did.
    """
    loaded = [f"@source:{platform}" for platform in platforms if platform != DECISIONS]
    chosen = ["--select", *loaded, *(_DECIDED if DECISIONS in platforms else ())]
    return chosen if loaded else [*chosen, "--exclude-resource-type", *_TESTS]
