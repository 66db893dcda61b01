"""What Facebook does that the manifest cannot say."""

from typing import Any


def values_by_day(answer: dict[str, Any]) -> list[dict[str, Any]]:
    """Insights answer one object per metric with a list of days inside; a table has one row per metric and day.

    https://developers.facebook.com/docs/graph-api/reference/insights
    """
    return [
        {
            "metric": metric["name"],
            "period": metric.get("period"),
            "title": metric.get("title"),
            "end_time": day.get("end_time"),
            "value": day.get("value"),
        }
        for metric in answer.get("data", [])
        for day in metric.get("values", [])
    ]
