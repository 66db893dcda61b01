"""What Clover does that the manifest grammar cannot say."""

from typing import Any

MOST = 100
"""So many records of a list come inside another record, and nothing says that there are more."""


def tell_cut_lines(record: dict[str, Any]) -> dict[str, Any]:
    """An order holds its first hundred lines without telling whether there are others; `linesCut` tells.

    Source: https://docs.clover.com/dev/docs/paginating-elements
    """
    lines = record.get("lineItems")
    elements = lines.get("elements") if isinstance(lines, dict) else None
    return record | {"linesCut": len(elements or []) >= MOST}
