"""What Amplitude does that the manifest cannot say: a chart is a list of days beside lists of values."""

from typing import Any


def days(answer: dict[str, Any]) -> list[dict[str, Any]]:
    """A chart names its days once, and beside them stands one list of values; a table has a row for each day.

    https://amplitude.com/docs/apis/analytics/dashboard-rest#get-active-and-new-user-counts
    """
    found = answer["data"]
    # no list of values stands there where nothing happened at all
    return [
        {"date": day, "value": value}
        for values in found.get("series", [])[:1]
        for day, value in zip(found["xValues"], values, strict=True)
    ]


def days_of_a_funnel(answer: dict[str, Any]) -> list[dict[str, Any]]:
    """A funnel tells in the lists of its days how many users took each step; a table has a row for each day.

    https://amplitude.com/docs/apis/analytics/dashboard-rest#funnel-analysis
    """
    rows = []
    for funnel in answer["data"] or []:
        by_day = funnel["dayFunnels"]
        for day, steps in zip(by_day["xValues"], by_day["series"], strict=True):
            rows.append({"date": day, "started": steps[0], "converted": steps[-1]})
    return rows


def days_of_revenue(answer: dict[str, Any]) -> list[dict[str, Any]]:
    """The value of new users is a map from days to figures named r1d, r2d and on; a table has a row for each day.

    https://amplitude.com/docs/apis/analytics/dashboard-rest#revenue-lifetime-value-ltv
    """
    rows = []
    for series in answer["data"].get("series", []):
        for day, figures in series["values"].items():
            own = {name: value for name, value in figures.items() if name in {"count", "paid", "total_amount"}}
            later = {name: value for name, value in figures.items() if name not in own}
            rows.append({"date": day, **own, "later": later})
    return rows
