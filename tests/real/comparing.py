"""Whether what a vendor sent arrived."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any


def lost(sent: dict[str, Any], row: dict[str, Any]) -> list[str]:
    """The fields of an object that are neither in their column nor in `_extra` as they were sent."""
    extra = row["_extra"] or {}
    return [
        f"{key}: {type(value).__name__} arrived as {row.get(key)!r}"
        for key, value in sent.items()
        if not _same(value, extra[key] if key in extra else row.get(key, ...))
    ]


def _same(sent: Any, arrived: Any) -> bool:
    if isinstance(arrived, Decimal) and isinstance(sent, int | float | str):
        return Decimal(str(sent)) == arrived
    if isinstance(arrived, datetime) and isinstance(sent, str):
        return datetime.fromisoformat(sent) == arrived
    if isinstance(arrived, date) and isinstance(sent, str):
        return date.fromisoformat(sent) == arrived
    return bool(sent == arrived)
