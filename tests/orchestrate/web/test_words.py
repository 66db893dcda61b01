"""How values are said on pages."""

from __future__ import annotations

from decimal import Decimal

import pytest

from orchestrate.data.plain import plain
from orchestrate.web.words import amount


@pytest.mark.parametrize(
    ("value", "said"),
    [
        ("689.040000000", "689.04"), ("0E-9", "0"), ("0.500000000", "0.50"), ("-0.050000000", "-0.05"),
        ("1234567.125000000", "1\u202f234\u202f567.125"), ("-1200.000000000", "-1\u202f200"), (None, "\u2013"),
    ],
)  # fmt: skip
def test_amounts_are_written_out_without_zeros_that_say_nothing(value: str | None, said: str) -> None:
    assert amount(value and plain(Decimal(value))) == said
