"""What tells a report of Amazon Ads that is being made already."""

import json
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from taps.engine.hooks import load_hook

FOLDER = Path(__file__).parents[2] / "taps" / "platforms" / "amazon_ads"


@pytest.mark.parametrize(
    ("answer", "found"),
    [
        ({"code": "425", "detail": "The Request is a duplicate of : 4ee811a0-0000-4000-8000-000000000001"},
         "4ee811a0-0000-4000-8000-000000000001"),
        ({"code": "425", "detail": "Too early"}, None),
        ({"code": "425"}, None),
    ],
)  # fmt: skip
def test_a_refused_repetition_names_the_report_that_runs(answer: dict[str, Any], found: str | None) -> None:
    given = SimpleNamespace(json=lambda: json.loads(json.dumps(answer)))
    assert load_hook(FOLDER, "hooks.py:running_report_id", "duplicate")(given) == found
