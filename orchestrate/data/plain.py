"""Values of a warehouse as JSON has them."""

from __future__ import annotations

import base64
import json
import math
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

AS_IT_IS = frozenset({"VARCHAR", "TEXT", "SMALLINT", "INTEGER", "BIGINT", "BOOLEAN"})
"""Types of a warehouse's columns, in capitals, whose values need no look at each."""


def plain(value: Any, kind: str = "") -> Any:
    """Decimals as texts, moments as ISO 8601 in UTC, bytes as base64; JSON as it is, all else as text."""
    if kind == "JSON" and isinstance(value, str):
        return json.loads(value)
    if isinstance(value, datetime):
        moment = value if value.tzinfo else value.replace(tzinfo=UTC)
        return moment.astimezone(UTC).isoformat().replace("+00:00", "Z")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Decimal):
        return f"{value:f}"
    if isinstance(value, bytes):
        return base64.b64encode(value).decode()
    if isinstance(value, float) and not math.isfinite(value):
        return str(value)
    if isinstance(value, list):
        return [plain(each) for each in value]
    if isinstance(value, dict):
        return {str(name): plain(each) for name, each in value.items()}
    return value if value is None or isinstance(value, (str, int, float)) else str(value)
