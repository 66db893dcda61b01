"""Conditions on rows, `column=value` and the like, as SQL with parameters: no text of a request becomes SQL."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from difflib import get_close_matches

from orchestrate.data.errors import RowsError
from orchestrate.data.tables import dated
from orchestrate.warehouse.base import Condition, Reading, Table
from orchestrate.warehouse.names import quoted

_FORM = re.compile(r"(\w+)(!=|>=|<=|=|>|<)(.*)", re.DOTALL)
NULL = "null"


def read_condition(reading: Reading, table: Table, text: str) -> Condition:
    """`status=paid`, `amount>=10`, `customer_key=null`; raises `RowsError` for what is none or names no column."""
    form = _FORM.fullmatch(text)
    if form is None:
        raise RowsError(f"{text!r} is no condition; say one such as status=paid or amount>=10")
    name, operator, value = form.groups()
    if name not in table.columns:
        nearest = get_close_matches(name, table.columns, n=1)
        hint = f"did you mean {nearest[0]!r}?" if nearest else f"there are {', '.join(table.columns)}"
        raise RowsError(f"{table.name} has no column {name!r}; {hint}")
    if value == NULL and operator in {"=", "!="}:
        return Condition(f"{quoted(name)} IS {'NOT ' if operator == '!=' else ''}NULL", ())
    sought = reading.matching(value, table.columns[name])
    return Condition(f"{quoted(name)} {operator} {sought.sql}", sought.values)


def between(table: Table, date_from: date | None, date_to: date | None) -> list[Condition]:
    """Rows of these days, both included, in UTC; raises `RowsError` for a table that has no date."""
    if date_from is None and date_to is None:
        return []
    by = dated(table)
    if by is None:
        raise RowsError(f"{table.name} has no column of dates; leave date_from and date_to out")
    column, found = quoted(by), []
    if date_from is not None:
        found.append(Condition(f"{column} >= ?", (_moment(table.columns[by], date_from),)))
    if date_to is not None:
        try:
            after = date_to + timedelta(days=1)
        except OverflowError:
            raise RowsError("date_to lies beyond the calendar") from None
        found.append(Condition(f"{column} < ?", (_moment(table.columns[by], after),)))
    return found


def joined(conditions: Sequence[Condition]) -> Condition:
    """All of them at once."""
    values = tuple(value for each in conditions for value in each.values)
    return Condition(" AND ".join(each.sql for each in conditions) or "true", values)


def _moment(kind: str, day: date) -> date | datetime:
    return day if kind.upper() == "DATE" else datetime(day.year, day.month, day.day, tzinfo=UTC)
