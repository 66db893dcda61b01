"""Answers a query: rows that match, summed up as its segments say, in Google's JSON."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from datetime import date
from typing import Any

from sandbox.google_ads.account_view import AccountView
from sandbox.google_ads.checks import check
from sandbox.google_ads.dates import during, today_in
from sandbox.google_ads.entities import Row
from sandbox.google_ads.fields import find_field
from sandbox.google_ads.gaql import Condition, Query
from sandbox.google_ads.measures import Measures

Json = dict[str, Any]


def camel(name: str) -> str:
    """Return a dotted snake_case name as Google's JSON has it."""
    return re.sub(r"_([a-z0-9])", lambda match: match[1].upper(), name)


def _typed(name: str, text: str) -> Any:
    field = find_field(name)
    kind = field.kind if field else "string"
    if kind in ("int32", "int64", "double"):
        return float(text)
    return text.upper() == "TRUE" if kind == "boolean" else text


def _like(pattern: str) -> re.Pattern[str]:
    parts = [".*" if part == "%" else "." if part == "_" else re.escape(part) for part in re.split(r"([%_])", pattern)]
    return re.compile("".join(parts), re.IGNORECASE | re.DOTALL)


def _test(condition: Condition, today: date) -> Callable[[Any], bool]:
    """Return the test of a present value."""
    name, operator = condition.field, condition.operator
    if operator == "DURING":
        first, last = during(condition.values[0], today)
        return lambda value: bool(first <= value <= last)
    values = [_typed(name, text) for text in condition.values]
    tests: dict[str, Callable[[Any], bool]] = {
        "=": lambda value: bool(value == values[0]),
        "!=": lambda value: bool(value != values[0]),
        "<": lambda value: bool(value < values[0]),
        "<=": lambda value: bool(value <= values[0]),
        ">": lambda value: bool(value > values[0]),
        ">=": lambda value: bool(value >= values[0]),
        "IN": lambda value: value in values,
        "NOT IN": lambda value: value not in values,
        "BETWEEN": lambda value: bool(values[0] <= value <= values[1]),
        "IS NOT NULL": lambda _value: True,
        "IS NULL": lambda _value: False,
    }
    if operator in tests:
        return tests[operator]
    pattern = _like(condition.values[0])
    return lambda value: (pattern.fullmatch(str(value)) is not None) != (operator == "NOT LIKE")


def _matches(row: Row, tests: Iterable[tuple[Condition, Callable[[Any], bool]]]) -> bool:
    for condition, test in tests:
        value = row.get(condition.field)
        if value is None:
            if condition.operator not in ("IS NULL", "NOT IN", "!=", "NOT LIKE"):
                return False
        elif not test(value):
            return False
    return True


def _summed(view: AccountView, query: Query, before: list[Condition], today: date) -> list[Row]:
    """Return one row for each entity and combination of selected segments."""
    tests = [(condition, _test(condition, today)) for condition in before]
    on_segments = [test for test in tests if test[0].field.startswith("segments.")]
    on_rows = [test for test in tests if test not in on_segments]
    segments = [name for name in query.select if name.startswith("segments.")]
    # All rows take part in sharing out a campaign's day, also those that are not asked for.
    rows = view.rows(query.resource)
    wanted = {_identity(row, query.resource): _matches(row, on_rows) for row in rows}
    groups: dict[tuple[Any, ...], tuple[Row, Measures]] = {}
    if not segments:
        # Without segments, entities without traffic are answered too.
        for row in rows:
            if wanted[_identity(row, query.resource)]:
                groups[_identity(row, query.resource),] = (row, Measures())
    for row, day, measures in view.days(query.resource, rows, lambda known: _matches(known, on_segments)):
        made = _identity(row, query.resource)
        if not (wanted[made] if made in wanted else _matches(row, on_rows)):
            continue
        key = (made, *(day.get(name) for name in segments))
        if key not in groups:
            groups[key] = (row | {name: day[name] for name in segments if name in day}, Measures())
        groups[key][1].add(measures)
    return [row | measures.row() for row, measures in groups.values()]


def _identity(row: Row, resource: str) -> str:
    return str(row[f"{resource}.resource_name"])


def answer(view: AccountView, query: Query) -> list[Json]:
    """Return the rows a query asks for; raise AdsError where it cannot be answered."""
    check(query, manager=view.account.manager)
    today = today_in(view.account.time_zone, view.now.now)
    on_metrics = [c for c in query.conditions if c.field.startswith("metrics.")]
    before = [c for c in query.conditions if c not in on_metrics]
    used = {*query.select, *(c.field for c in query.conditions), *(name for name, _ in query.order)}
    if any(name.startswith(("metrics.", "segments.")) for name in used):
        rows = _summed(view, query, before, today)
    else:
        tests = [(condition, _test(condition, today)) for condition in before]
        rows = [row for row in view.rows(query.resource) if _matches(row, tests)]
    rows = [row for row in rows if _matches(row, [(c, _test(c, today)) for c in on_metrics])]
    for name, descending in reversed(query.order):
        rows.sort(key=lambda row, name=name: (row.get(name) is not None, row.get(name)), reverse=descending)  # type: ignore[misc]
    return [_json(row, query) for row in rows[: query.limit]]


def _json(row: Row, query: Query) -> Json:
    made: Json = {}
    owners = dict.fromkeys((query.resource, *(name.partition(".")[0] for name in query.select)))
    wanted = [f"{owner}.resource_name" for owner in owners if owner not in ("metrics", "segments")]
    if any(name.startswith("ad_group_ad.ad.") for name in query.select):
        wanted.append("ad_group_ad.ad.resource_name")
    for name in dict.fromkeys((*wanted, *query.select)):
        value = row.get(name)
        if value is None:
            continue
        field = find_field(name)
        target = made
        *path, last = camel(name).split(".")
        for step in path:
            target = target.setdefault(step, {})
        target[last] = str(value) if field and field.kind == "int64" else value
    return made


def field_mask(query: Query) -> str:
    """Return the selected fields as the answer's field mask."""
    return ",".join(camel(name) for name in query.select)
