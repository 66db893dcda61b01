"""What holds for every test."""

import logging
import os

import pytest
from hypothesis import settings

# Where a change is judged, the same examples are tried each time; on a developer's machine new ones.
settings.register_profile("ci", derandomize=True)
if os.environ.get("CI"):
    settings.load_profile("ci")


@pytest.fixture(autouse=True)
def _loggers_speak() -> None:
    """Libraries that configure logging in one test switch off what taps and targets would say in the next."""
    logging.disable(logging.NOTSET)
    for name, logger in logging.root.manager.loggerDict.items():
        if name.startswith(("tap-", "target-")) and isinstance(logger, logging.Logger):
            logger.disabled, logger.propagate = False, True
            logger.setLevel(logging.NOTSET)
