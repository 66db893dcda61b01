"""A small sandbox that most tests of the vendors share; those that move time or make faults start their own."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

import sandbox

START = 1_750_000_000 // 3600 * 3600  # a fixed past moment: the same business at any time


def specs() -> Path:
    return Path(os.environ.get("ENGARDE_SPECS") or Path(__file__).resolve().parents[2].parent / "shared" / "specs")


@pytest.fixture(scope="session")
def spec_folder() -> Path:
    folder = specs()
    if not folder.is_dir():
        pytest.skip(f"no official descriptions in {folder}: set ENGARDE_SPECS")
    return folder


@pytest.fixture(scope="session")
def small_box() -> Iterator[sandbox.Box]:
    settings = sandbox.Settings(stripe_requests_per_second=10_000)
    with sandbox.running(seed=7, people=300, start=START, settings=settings) as box:
        yield box
