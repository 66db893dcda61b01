"""Tables of a warehouse and their columns, with what the models' documentation says of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from difflib import get_close_matches
from functools import cache
from typing import Any

import yaml

from orchestrate.data.errors import NoRowsError
from orchestrate.warehouse.base import Reading, Table
from transform.launch import PROJECT

MODELS = PROJECT / "models" / "reconciled"
SCHEMAS = ("unified", "marts")
_DATED = (
    "placed_at", "processed_at", "arrival_date", "occurred_at", "date_day", "booked_on", "start_date", "last_seen_at",
    "observed_at", "valid_from", "at", "created_at", "updated_at", "_loaded_at", "_sdc_extracted_at",
)  # fmt: skip
"""Columns by which `date_from` and `date_to` choose: the first of them that a table has."""


def dated(table: Table) -> str | None:
    """The column by which rows are chosen by date."""
    return next((name for name in _DATED if name in table.columns), None)


def table(reading: Reading, schema: str, name: str) -> Table:
    """A table of this state; raises `NoRowsError` with the nearest name."""
    found = reading.described(schema, name)
    if found is None:
        known = reading.names(schema)
        nearest = get_close_matches(name, known, n=1)
        hint = f"did you mean {nearest[0]!r}?" if nearest else f"there are {', '.join(known) or 'none yet'}"
        raise NoRowsError(f"there is no table {name!r} in {schema}; {hint}")
    key = keys().get(name) if schema in SCHEMAS else None
    return replace(found, key=key) if key in found.columns else found


@cache
def documented() -> Mapping[str, tuple[str, Mapping[str, str]]]:
    """Model -> what it is, and what each of its columns is."""
    return {
        model["name"]: (
            model.get("description", ""),
            {each["name"]: each.get("description", "") for each in model.get("columns") or []},
        )
        for model in _models()
    }


@cache
def keys() -> Mapping[str, str]:
    """Model -> the column that is unique and never null, as its tests and constraints say."""
    return {
        model["name"]: column["name"]
        for model in _models()
        for column in model.get("columns") or []
        if "unique" in column.get("data_tests", ())
        and ("not_null" in column["data_tests"] or {"type": "not_null"} in column.get("constraints", ()))
    }


@cache
def _models() -> Sequence[Mapping[str, Any]]:
    """The models of unified tables and marts, as their files describe them."""
    return [
        model
        for schema in SCHEMAS
        for file in sorted((MODELS / schema).glob("*.yml"))
        for model in yaml.safe_load(file.read_text(encoding="utf-8")).get("models") or []
    ]
