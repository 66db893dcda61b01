"""Amplitude's charts name their days once, with lists of values beside them: each day becomes a row of its own."""

from typing import Any

import pytest

from taps.platforms.amplitude import hooks

DAYS = ["2026-03-01", "2026-03-02"]


def test_a_day_has_its_own_value() -> None:
    answer = {"data": {"series": [[41, 38]], "xValues": DAYS}}

    assert hooks.days(answer) == [{"date": "2026-03-01", "value": 41}, {"date": "2026-03-02", "value": 38}]


@pytest.mark.parametrize("nothing", [{"series": [], "xValues": DAYS}, {}])
def test_where_nothing_happened_there_are_no_rows(nothing: dict[str, Any]) -> None:
    assert hooks.days({"data": nothing}) == []


def test_a_value_too_few_is_no_answer() -> None:
    with pytest.raises(ValueError, match="shorter"):
        hooks.days({"data": {"series": [[41]], "xValues": DAYS}})


def test_a_funnel_tells_who_began_and_who_came_to_its_end() -> None:
    answer = {"data": [{"dayFunnels": {"series": [[44, 30, 11], [36, 20, 9]], "xValues": DAYS}}]}

    assert hooks.days_of_a_funnel(answer) == [
        {"date": "2026-03-01", "started": 44, "converted": 11},
        {"date": "2026-03-02", "started": 36, "converted": 9},
    ]


def test_new_users_bring_in_more_from_day_to_day() -> None:
    figures = {"r1d": 9.9, "r2d": 19.8, "count": 12, "paid": 3, "total_amount": 412.6}

    assert hooks.days_of_revenue({"data": {"series": [{"dates": DAYS[:1], "values": {DAYS[0]: figures}}]}}) == [
        {"date": "2026-03-01", "count": 12, "paid": 3, "total_amount": 412.6, "later": {"r1d": 9.9, "r2d": 19.8}}
    ]
