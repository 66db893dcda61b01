"""The pipe benchmark can run from a clone: its platform is sound, and its records are the size it says."""

from __future__ import annotations

import json
from pathlib import Path

from taps.engine.load import load
from tests.benchmarks.pipes.orders import order

FOLDER = Path(__file__).parent / "pipes" / "acme"


def test_the_platform_of_the_benchmark_is_sound_and_declares_every_field_of_its_records() -> None:
    fields = load("acme", FOLDER).streams["orders"].fields
    assert set(fields) == set(order(1))
    (shown,) = json.loads((FOLDER / "fixtures" / "orders.json").read_text(encoding="utf-8"))["answer"]["data"]
    assert shown == order(4)


def test_records_have_600_to_800_bytes() -> None:
    sizes = [len(json.dumps(order(number), ensure_ascii=False).encode()) for number in range(2_000)]
    assert 600 <= sum(sizes) / len(sizes) <= 800
