"""What holds for every test."""

import gc
import logging
import os
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import settings
from xdist.scheduler import LoadFileScheduling

# A busy machine is no fault. Where a change is judged, the same examples are tried each time; elsewhere new ones.
settings.register_profile("own", deadline=None)
settings.register_profile("ci", deadline=None, derandomize=True)
settings.load_profile("ci" if os.environ.get("CI") else "own")

LONG = (
    "tests/transform/",
    "tests/orchestrate/syncs/",
    "tests/orchestrate/reconciliation/",
    "tests/chaos/",
    "tests/demo/",
    "tests/meltano/",
    "tests/journeys/",
    "tests/conformance/test_staging.py",
)
"""Folders whose files run for minutes: begun first, so that no worker ends with one of them while the other rests."""


TOGETHER = ("tests/transform/built/", "tests/orchestrate/reconciliation/")
"""Folders whose tests share what takes a minute to make: one worker runs them all. Else a worker takes a file."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Puts the files that take longest first; the others stay as they are."""
    items.sort(key=lambda item: next((n for n, folder in enumerate(LONG) if item.nodeid.startswith(folder)), len(LONG)))


def pytest_collection_finish() -> None:
    """What was imported and collected stays to the end: to walk through it again and again took a sixth of the time."""
    gc.set_threshold(50_000, 20, 50)


class _ByPlace(LoadFileScheduling):
    def _split_scope(self, nodeid: str) -> str:
        together = next((folder for folder in TOGETHER if nodeid.startswith(folder)), None)
        return together or str(super()._split_scope(nodeid))


def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Any:
    """Work by file, as `--dist loadfile`, and by folder where that says it."""
    return _ByPlace(config, log) if config.getvalue("dist") == "loadfile" else None


@pytest.fixture(autouse=True)
def _logging_as_it_was() -> Iterator[None]:
    """Commands set the process's logging up for themselves: their handlers write to streams that end with the test."""
    root = logging.getLogger()
    handlers, level = list(root.handlers), root.level
    yield
    root.handlers = handlers
    root.setLevel(level)
