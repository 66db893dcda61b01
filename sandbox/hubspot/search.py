"""Search over CRM records: filter groups, sorts, pages, and the ceiling of 10,000 results.

Source: https://developers.hubspot.com/docs/api-reference/search/guide
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from sandbox.hubspot.errors import invalid
from sandbox.hubspot.property_types import PropertyType, property_type
from sandbox.hubspot.records import Record

CEILING = 10_000
MAX_PAGE = 200
MAX_GROUPS, MAX_FILTERS = 5, 6
Test = Callable[[Record], bool]


def matching(records: Sequence[Record], asked: dict[str, Any]) -> list[Record]:
    """Return the living records that the search request asks for, sorted; raise RefusedError when it is malformed."""
    groups = asked.get("filterGroups") or []
    if not isinstance(groups, list) or len(groups) > MAX_GROUPS:
        raise invalid(f"At most {MAX_GROUPS} filterGroups are allowed.")
    tests = [_group(group) for group in groups]
    query = str(asked.get("query") or "").lower()
    found = [
        record
        for record in records
        if record.archived is None
        and (not tests or any(test(record) for test in tests))
        and (not query or any(query in (value or "").lower() for value in record.values.values()))
    ]
    return _sorted(found, asked.get("sorts") or [])


def page_bounds(asked: dict[str, Any]) -> tuple[int, int]:
    """Return offset and limit of a search request; raise RefusedError beyond the ceiling."""
    limit = asked.get("limit") or 10
    if not isinstance(limit, int) or not 0 < limit <= MAX_PAGE:
        raise invalid(f"The limit of a search is between 1 and {MAX_PAGE}.")
    after = str(asked.get("after") or "0")
    if not after.isdigit():
        raise invalid(f"There was a problem with the request: 'after' must be a number, was {after!r}")
    if int(after) + limit > CEILING:
        raise invalid(f"The total of 'after' and 'limit' may not exceed {CEILING} results.")
    return int(after), limit


def _group(group: Any) -> Test:
    filters = group.get("filters") if isinstance(group, dict) else None
    if not isinstance(filters, list) or len(filters) > MAX_FILTERS:
        raise invalid(f"A filter group holds between 1 and {MAX_FILTERS} filters.")
    tests = [_filter(found) for found in filters]
    return lambda record: all(test(record) for test in tests)


def _filter(asked: dict[str, Any]) -> Test:
    name, operator = asked.get("propertyName"), asked.get("operator")
    if not isinstance(name, str) or operator not in _OPERATORS:
        raise invalid(f"Invalid input JSON: a filter needs a propertyName and a known operator, was {operator!r}")
    kind = property_type(name)
    if operator in ("HAS_PROPERTY", "NOT_HAS_PROPERTY"):
        present = operator == "HAS_PROPERTY"
        return lambda record: (record.values.get(name) is not None) is present
    if operator in ("IN", "NOT_IN"):
        wanted = {str(value).lower() for value in asked.get("values") or []}
        if not wanted:
            raise invalid(f"operator {operator} requires values")
        inside = operator == "IN"
        return lambda record: ((record.values.get(name) or "").lower() in wanted) is inside
    value, high = asked.get("value"), asked.get("highValue")
    if value is None or (operator == "BETWEEN" and high is None):
        raise invalid(f"operator {operator} requires a value")
    return _compared(name, operator, kind, str(value), None if high is None else str(high))


def _compared(name: str, operator: str, kind: PropertyType, value: str, high: str | None) -> Test:
    if operator in ("CONTAINS_TOKEN", "NOT_CONTAINS_TOKEN"):
        token = value.lower().strip("*")
        return lambda record: (token in (record.values.get(name) or "").lower()) is (operator == "CONTAINS_TOKEN")
    low = _typed(kind, value)
    top = None if high is None else _typed(kind, high)
    compare = _OPERATORS[operator]

    def test(record: Record) -> bool:
        held = record.values.get(name)
        if held is None:
            return operator == "NEQ"
        found = _typed(kind, held)
        return bool(compare(found, low, top))

    return test


_OPERATORS: dict[str, Callable[[Any, Any, Any], bool]] = {
    "EQ": lambda found, low, _high: found == low,
    "NEQ": lambda found, low, _high: found != low,
    "GT": lambda found, low, _high: found > low,
    "GTE": lambda found, low, _high: found >= low,
    "LT": lambda found, low, _high: found < low,
    "LTE": lambda found, low, _high: found <= low,
    "BETWEEN": lambda found, low, high: low <= found <= high,
    "IN": lambda *_: False,
    "NOT_IN": lambda *_: False,
    "HAS_PROPERTY": lambda *_: False,
    "NOT_HAS_PROPERTY": lambda *_: False,
    "CONTAINS_TOKEN": lambda *_: False,
    "NOT_CONTAINS_TOKEN": lambda *_: False,
}


def _typed(kind: PropertyType, text: str) -> Any:
    if kind == "datetime":
        return _milliseconds(text)
    if kind == "number":
        try:
            return Decimal(text)
        except InvalidOperation:
            raise invalid(f"{text!r} is not a number") from None
    return text.lower()


def _milliseconds(text: str) -> int:
    if text.lstrip("-").isdigit():
        return int(text)
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise invalid(f"{text!r} is neither milliseconds nor an ISO 8601 time") from None
    return int((moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp() * 1000)


def _sorted(found: list[Record], sorts: Any) -> list[Record]:
    if not isinstance(sorts, list) or len(sorts) > 1:
        raise invalid("Only one sort is allowed.")
    if not sorts:
        return found
    asked = sorts[0] if isinstance(sorts[0], dict) else _written(str(sorts[0]))
    name = str(asked.get("propertyName") or "hs_object_id")
    kind = property_type(name)
    falling = asked.get("direction") == "DESCENDING"

    def key(record: Record) -> tuple[Any, int]:
        held = record.values.get(name)
        return ((0, "") if held is None else (1, _typed(kind, held)), int(record.id))

    return sorted(found, key=key, reverse=falling)


def _written(text: str) -> dict[str, str]:
    falling = text.startswith("-")
    return {"propertyName": text.lstrip("-"), "direction": "DESCENDING" if falling else "ASCENDING"}
