"""What Mixpanel does that the manifest cannot say."""

from typing import Any


def days_of_a_funnel(answer: dict[str, Any]) -> list[dict[str, Any]]:
    """A funnel's report is a map from days to what happened; a table has a row for each day.

    https://developer.mixpanel.com/reference/funnels-query
    """
    return [{"date": day, **found} for day, found in answer.get("data", {}).items()]
