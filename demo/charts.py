"""Charts as inline SVG: coloured by the page's style, so that they follow light and dark."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from markupsafe import Markup, escape

WIDTH, HEIGHT = 460, 210
LEFT, RIGHT, TOP, BOTTOM = 44, 8, 10, 24


@dataclass(frozen=True)
class Series:
    """A line of the chart: one value a day; days it does not have count as zero. `colour` is a number from 1."""

    name: str
    colour: int
    values: dict[date, Decimal]


def lines(series: Sequence[Series], until: date, days: int, title: str) -> Markup:
    """A line for each series over the days up to `until`; hovering a day lists its values."""
    span = _span(until, days)
    top = _top(max((each.values.get(day, Decimal(0)) for each in series for day in span), default=Decimal(0)))
    drawn = [_frame(span, top)]
    drawn += [_line(each, span, top) for each in series]
    drawn.append(_hovers(span, series))
    return _svg("".join(drawn), title)


def columns(series: Series, mean: Series, until: date, days: int, title: str) -> Markup:
    """A column for each day, and a line over them; hovering a day lists both."""
    span = _span(until, days)
    top = _top(max((each.values.get(day, Decimal(0)) for each in (series, mean) for day in span), default=Decimal(0)))
    width = max((WIDTH - LEFT - RIGHT) / len(span) - 1, 0.8)
    drawn = [_frame(span, top)]
    for i, day in enumerate(span):
        if value := series.values.get(day):
            y = _y(value, top)
            drawn.append(
                f'<rect class="column s{series.colour}" x="{_x(i, span) - width / 2:.1f}" y="{y:.1f}" '
                f'width="{width:.1f}" height="{HEIGHT - BOTTOM - y:.1f}" rx="1"/>'
            )
    drawn += [_line(mean, span, top), _hovers(span, (series, mean))]
    return _svg("".join(drawn), title)


def _line(series: Series, span: Sequence[date], top: float) -> str:
    places = [(_x(i, span), _y(series.values.get(day, Decimal(0)), top)) for i, day in enumerate(span)]
    points = " ".join(f"{x:.1f},{y:.1f}" for x, y in places)
    return f'<polyline class="line s{series.colour}" points="{points}"/>'


def trailing_mean(values: dict[date, Decimal], until: date, days: int, over: int = 7) -> dict[date, Decimal]:
    """The mean of each day and the days before it, `over` in all."""
    return {
        day: sum((values.get(day - timedelta(back), Decimal(0)) for back in range(over)), Decimal(0)) / over
        for day in _span(until, days)
    }


def _span(until: date, days: int) -> list[date]:
    return [until - timedelta(back) for back in range(days - 1, -1, -1)]


def _top(largest: Decimal) -> float:
    """The end of the axis: the next of 1, 2, 3, 4, 5, 6, 8, 10 times a power of ten."""
    if largest <= 0:
        return 1.0
    power = 10 ** math.floor(math.log10(largest))
    return next(float(step * power) for step in (1, 2, 3, 4, 5, 6, 8, 10) if step * power >= largest)


def _x(place: int, span: Sequence[date]) -> float:
    return LEFT + (place + 0.5) * (WIDTH - LEFT - RIGHT) / len(span)


def _y(value: Decimal | float, top: float) -> float:
    return HEIGHT - BOTTOM - float(value) / top * (HEIGHT - BOTTOM - TOP)


def _frame(span: Sequence[date], top: float) -> str:
    drawn = []
    for part in range(5):
        value = top * part / 4
        y = _y(value, top)
        drawn.append(f'<line class="grid" x1="{LEFT}" x2="{WIDTH - RIGHT}" y1="{y:.1f}" y2="{y:.1f}"/>')
        drawn.append(f'<text class="tick" x="{LEFT - 6}" y="{y + 3.5:.1f}" text-anchor="end">{short(value)}</text>')
    for i, day in enumerate(span):
        if day.day == 1 and LEFT + 12 < _x(i, span) < WIDTH - 24:
            drawn.append(
                f'<text class="tick" x="{_x(i, span):.1f}" y="{HEIGHT - 7}" text-anchor="middle">{day:%b %Y}</text>'
                if day.month == 1 or i < 31
                else f'<text class="tick" x="{_x(i, span):.1f}" y="{HEIGHT - 7}" text-anchor="middle">{day:%b}</text>'
            )
    return "".join(drawn)


def _hovers(span: Sequence[date], series: Sequence[Series]) -> str:
    width = (WIDTH - LEFT - RIGHT) / len(span)
    drawn = []
    for i, day in enumerate(span):
        said = "\n".join(f"{each.name}: {each.values.get(day, Decimal(0)):,.2f}".replace(".00", "") for each in series)
        drawn.append(
            f'<rect class="hover" x="{_x(i, span) - width / 2:.1f}" y="{TOP}" width="{width:.1f}" '
            f'height="{HEIGHT - TOP - BOTTOM}"><title>{escape(f"{day:%a %d %b %Y}" + chr(10) + said)}</title></rect>'
        )
    return "".join(drawn)


def _svg(drawn: str, title: str) -> Markup:
    return Markup(  # noqa: S704 - all text in it is escaped above
        f'<svg viewBox="0 0 {WIDTH} {HEIGHT}" role="img" aria-label="{escape(title)}">{drawn}</svg>'
    )


def short(value: float | Decimal) -> str:
    """A number as an axis shows it: 1,200,000 is 1.2M."""
    number = float(value)
    for size, letter in ((1e6, "M"), (1e3, "k")):
        if abs(number) >= size:
            return f"{number / size:.1f}".removesuffix(".0") + letter
    return f"{number:.2f}".rstrip("0").rstrip(".")
