"""Whether a query can be answered: known resource and fields, fields that go together, values of the right kind."""

from __future__ import annotations

from datetime import date

from sandbox.google_ads.dates import DURING
from sandbox.google_ads.errors import AdsError, query_error
from sandbox.google_ads.fields import CORE_DATES, SELECTABLE, WITH_METRICS, Field, find_field
from sandbox.google_ads.gaql import Condition, Query

RANGES = ("=", "<", "<=", ">", ">=", "BETWEEN", "DURING")


def check(query: Query, *, manager: bool) -> None:
    """Raise AdsError where Google Ads would refuse the query."""
    if query.resource not in SELECTABLE:
        raise query_error(
            "BAD_RESOURCE_TYPE_IN_FROM_CLAUSE", f"'{query.resource}' is not a valid resource name in the FROM clause."
        )
    for clause, names in _clauses(query).items():
        for name in names:
            _check_field(name, query.resource, clause)
    for condition in query.conditions:
        _check_condition(condition)
    named = {name for names in _clauses(query).values() for name in names}
    if manager and any(name.startswith("metrics.") for name in named):
        raise query_error(
            "REQUESTED_METRICS_FOR_MANAGER", "Metrics cannot be requested for a manager account. Query its clients."
        )
    _check_dates(query, named)
    if query.resource == "click_view":
        _check_one_day(query)


def _check_one_day(query: Query) -> None:
    days = {(c.operator, c.values) for c in query.conditions if c.field == "segments.date"}
    single = any(operator == "=" or (operator == "BETWEEN" and len(set(values)) == 1) for operator, values in days)
    if not single and ("DURING", ("TODAY",)) not in days and ("DURING", ("YESTERDAY",)) not in days:
        message = "Queries including ClickView must have a filter limiting the results to one day."
        raise AdsError(400, "clickViewError", "EXPECTED_FILTER_ON_A_SINGLE_DAY", message)


def _clauses(query: Query) -> dict[str, list[str]]:
    return {
        "SELECT": query.select,
        "WHERE": [condition.field for condition in query.conditions],
        "ORDER_BY": [name for name, _ in query.order],
    }


def _check_field(name: str, resource: str, clause: str) -> None:
    if find_field(name) is None:
        raise query_error("UNRECOGNIZED_FIELD", f"unrecognized field '{name}'.")
    owner = name.partition(".")[0]
    if owner in ("metrics", "segments"):
        if resource in WITH_METRICS:
            return
        what = "METRIC" if owner == "metrics" else "SEGMENT"
        message = f"'{name}' cannot be used with the resource '{resource}' in the FROM clause."
        raise query_error(f"PROHIBITED_{what}_IN_SELECT_OR_WHERE_CLAUSE", message)
    if owner not in SELECTABLE[resource]:
        message = f"'{owner}' cannot be used in the {clause} clause with '{resource}' in the FROM clause."
        where = clause if clause in ("SELECT", "WHERE") else "SELECT"
        raise query_error(f"PROHIBITED_RESOURCE_TYPE_IN_{where}_CLAUSE", message)


def _check_condition(condition: Condition) -> None:
    field = find_field(condition.field)
    if field is None or condition.operator.endswith("NULL"):
        return
    if condition.operator == "DURING":
        if field.kind != "date":
            raise query_error("OPERATOR_FIELD_MISMATCH", f"'{condition.field}' cannot be used with DURING.")
        if condition.values[0] not in DURING:
            raise query_error("INVALID_VALUE_WITH_DURING_OPERATOR", f"'{condition.values[0]}' is not a date range.")
        return
    for value in condition.values:
        _check_value(condition, field, value)


def _check_value(condition: Condition, field: Field, value: str) -> None:
    if field.kind == "enum" and condition.operator in ("=", "!=", "IN", "NOT IN"):
        if field.constants and value not in (*field.constants, "UNSPECIFIED", "UNKNOWN"):
            raise query_error("BAD_ENUM_CONSTANT", f"'{value}' is not a constant of '{condition.field}'.")
    elif field.kind == "date":
        try:
            date.fromisoformat(value)
        except ValueError:
            raise query_error("INVALID_DATE_FORMAT", f"'{value}' is not a date (YYYY-MM-DD).") from None
    elif field.kind in ("int32", "int64", "double"):
        try:
            float(value)
        except ValueError:
            raise query_error("BAD_NUMBER", f"'{value}' is not a number.") from None


def _check_dates(query: Query, named: set[str]) -> None:
    """A date that is selected has to be bounded, and segments need to be selected where they are filtered on."""
    dates = {f"segments.{name}" for name in CORE_DATES}
    bounded = any(c.field in dates and c.operator in RANGES for c in query.conditions)
    if dates & set(query.select) and not bounded:
        raise query_error(
            "EXPECTED_FILTERS_ON_DATE_RANGE", "a finite range of dates is needed where a date segment is selected."
        )
    for name in sorted(named):
        if name.startswith("segments.") and name not in dates and name not in query.select:
            raise query_error(
                "EXPECTED_REFERENCED_FIELD_IN_SELECT_CLAUSE", f"'{name}' has to be in the SELECT clause to be used."
            )
