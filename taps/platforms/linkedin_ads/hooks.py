"""What LinkedIn's reports do that the manifest grammar cannot say."""

from datetime import date
from typing import Any


def with_day_and_pivots(record: dict[str, Any]) -> dict[str, Any]:
    """Lays out what a row is about: `date_start`, and `pivot_1`, `pivot_2` in the order asked for.

    The vendor tells the day as year, month and day apart, and the objects as a list of URNs without names.
    https://learn.microsoft.com/en-us/linkedin/marketing/integrations/ads-reporting/ads-reporting-schema
    """
    figures = {name: value for name, value in record.items() if name not in {"dateRange", "pivotValues"}}
    start = record["dateRange"]["start"]
    day = date(start["year"], start["month"], start["day"]).isoformat()
    pivots = {f"pivot_{number}": urn for number, urn in enumerate(record["pivotValues"], 1)}
    return {"date_start": day, **pivots, **figures}
