"""What a command sets up for its own log does not outlive the test that ran it."""

from __future__ import annotations

import io
import logging

import pytest

OUTPUT = io.StringIO()


@pytest.mark.parametrize("turn", [1, 2])
def test_a_handler_is_gone_with_its_test(turn: int) -> None:
    root = logging.getLogger()
    assert not [handler for handler in root.handlers if getattr(handler, "stream", None) is OUTPUT], turn
    root.addHandler(logging.StreamHandler(OUTPUT))
