from __future__ import annotations

import re
from datetime import date, timedelta
from decimal import Decimal

import pytest

from demo import charts

UNTIL = date(2026, 11, 17)


def test_a_line_has_a_point_for_every_day_and_lies_inside() -> None:
    values = {UNTIL - timedelta(days=back): Decimal(back) for back in range(30)}
    drawn = charts.lines([charts.Series("clicks", 1, values)], UNTIL, 30, "Clicks")
    points = [
        tuple(map(float, point.split(",")))
        for point in re.search(r'points="([^"]+)"', drawn)[1].split()  # type: ignore[index]
    ]
    assert len(points) == 30
    assert all(0 <= x <= charts.WIDTH and 0 <= y <= charts.HEIGHT for x, y in points)
    assert points[0][1] < points[-1][1], "a larger value stands higher"


def test_names_cannot_break_out_of_the_page() -> None:
    drawn = charts.lines([charts.Series("<script>", 1, {UNTIL: Decimal(1)})], UNTIL, 2, '"><script>')
    assert "<script>" not in drawn


def test_the_mean_counts_days_without_a_value_as_nothing() -> None:
    mean = charts.trailing_mean({UNTIL: Decimal(7), UNTIL - timedelta(days=6): Decimal(14)}, UNTIL, 1)
    assert mean == {UNTIL: Decimal(3)}


@pytest.mark.parametrize(("value", "said"), [(0, "0"), (950, "950"), (1200, "1.2k"), (2_000_000, "2M"), (0.25, "0.25")])
def test_axis_numbers_are_short(value: float, said: str) -> None:
    assert charts.short(value) == said
