"""Writes the report: one page that needs no network."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from demo import charts
from demo.figures import Day, Figures

DAYS = 120
COLOURS = {"shopify": 1, "stripe": 2, "hubspot": 3, "google_ads": 4}
RULES = {
    "shared reference": "the shop's transaction names the payment",
    "metadata order id": "the payment's metadata names the order's id",
    "metadata order number": "the payment's metadata names the order's number",
    "amount time person": "same amount, currency and person, close in time, and no better candidate",
    "email": "the same e-mail address",
    "reference": "one account names the other's id",
    "phone and name": "the same telephone and the same name",
    "phone and first name": "the same telephone and first name",
    "phone and last name": "the same telephone and last name",
}
"""Rules in words; a rule without any is shown by its name."""


def write_report(figures: Figures, path: Path) -> Path:
    """Writes the page and returns where it is."""
    pages = Environment(
        loader=FileSystemLoader(Path(__file__).parent), autoescape=True, undefined=StrictUndefined, trim_blocks=True,
        lstrip_blocks=True,
    )  # fmt: skip
    pages.filters |= {"n": lambda value: f"{value:,.0f}", "share": _share, "named": _named, "money": _money}
    # The present day is not over: a chart that ended with it would seem to fall.
    until = figures.run.now.date() - timedelta(days=1)
    page = pages.get_template("report.html.j2").render(
        figures=figures, colours=COLOURS, rules=RULES, revenue=_revenue(figures.revenue, until),
        channels=_channels(figures.channels, until), totals=_totals(figures), days=DAYS,
    )  # fmt: skip
    path.write_text(page, encoding="utf-8")
    return path


def _named(platform: str) -> str:
    """A platform's name as its owner writes it."""
    return {"hubspot": "HubSpot", "google_ads": "Google Ads"}.get(platform, platform.replace("_", " ").title())


def _share(part: int, whole: int) -> str:
    return f"{part / whole:.1%}".replace(".0%", "%") if whole else "none"


def _money(value: Decimal, currency: str) -> str:
    return f"{value:,.0f} {currency}"


def _totals(figures: Figures) -> dict[str, Any]:
    orders = Counter[str]()
    for kind, _why, count in figures.orders:
        orders[kind] += count
    payments = Counter[str]()
    for kind, _why, count in figures.payments:
        payments[kind] += count
    return {
        "accounts": sum(figures.people.accounts.values()),
        "orders": sum(orders.values()),
        "orders_matched": orders["matched"],
        "payments": sum(payments.values()),
        "payments_matched": payments["matched"],
        "rows": {platform: sum(rows for _name, rows in tables) for platform, tables in figures.tables.items()},
        "paid": _sums(figures.revenue, "paid"),
        "spent": _sums(figures.channels, "spend"),
    }


def _sums(days: Iterable[Day], measure: str) -> list[tuple[str, Decimal]]:
    """Sums by currency, the one used on most days first: sums of different currencies have no order."""
    sums: dict[str, Decimal] = defaultdict(Decimal)
    used: Counter[str] = Counter()
    for day in days:
        if value := day.values[measure]:
            sums[day.currency] += value
            used[day.currency] += 1
    return [(currency, sums[currency]) for currency, _days in used.most_common()]


def _revenue(days: list[Day], until: date) -> list[tuple[str, Markup]]:
    """A chart for each of the currencies with most paid days, largest first."""
    busy = Counter(day.currency for day in days if day.values["paid"])
    found = []
    for currency, _count in busy.most_common(2):
        paid = {day.day: day.values["paid"] or Decimal(0) for day in days if day.currency == currency}
        mean = charts.Series("mean of 7 days", 4, charts.trailing_mean(paid, until, DAYS))
        title = f"Paid per day, {currency}"
        found.append((title, charts.columns(charts.Series(f"paid, {currency}", 1, paid), mean, until, DAYS, title)))
    return found


def _channels(days: list[Day], until: date) -> dict[str, Any]:
    """Charts of the channels that were used in the days shown, and the colour of each channel."""
    shown = [day for day in days if until - timedelta(DAYS) < day.day <= until]
    used = sorted({day.series for day in shown if any(day.values.values())})
    colour = {name: place for place, name in enumerate(used, start=1)}
    found = []
    for currency, _sum in _sums(shown, "spend"):
        chosen = [day for day in shown if day.currency == currency]
        found.append(_chart(f"Spend per day, {currency}", chosen, "spend", colour, until))
    found.append(_chart("Clicks per day", shown, "clicks", colour, until))
    found.append(_chart("Conversions per day, as the platform counts them", shown, "conversions", colour, until))
    return {"charts": found, "legend": colour}


def _chart(title: str, days: list[Day], measure: str, colour: dict[str, int], until: date) -> tuple[str, Markup]:
    values: dict[str, dict[date, Decimal]] = {name: defaultdict(Decimal) for name in colour}
    for day in days:
        if day.series in colour:
            values[day.series][day.day] += day.values[measure]
    series = [charts.Series(name, colour[name], dict(found)) for name, found in values.items() if any(found.values())]
    return title, charts.lines(series, until, DAYS, title)
