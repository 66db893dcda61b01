"""Properties with names longer than a warehouse takes: their columns get shorter names, and their values arrive."""

from __future__ import annotations

import json

import pytest

from tests.targets.warehouse import Warehouse

LONG = "budget_recommended_estimated_change_of_weekly_interactions_of_the_campaign"
TYPES = {
    "text": ({"type": ["null", "string"]}, "Übermut"),
    "integer": ({"type": ["null", "integer"]}, 12),
    "number": ({"type": ["null", "number"]}, 1.25),
    "decimal": ({"type": ["null", "string"], "x-sql-datatype": "decimal", "format": "decimal"}, "1.5"),
    "boolean": ({"type": ["null", "boolean"]}, False),
    "moment": ({"type": ["null", "string"], "format": "date-time"}, "2026-03-01T08:15:00+00:00"),
    "day": ({"type": ["null", "string"], "format": "date"}, "2026-03-01"),
    "object": ({"type": ["null", "object"]}, {"a": [1, None]}),
    "list": ({"type": ["null", "array"]}, ["a", None]),
    "null": ({"type": ["null", "object"]}, None),
    "empty": ({"type": ["null", "string"]}, ""),
}


@pytest.mark.parametrize("name", [LONG, "ä" * 40, "a" * 250], ids=["of_letters", "of_bytes", "beyond_duckdb"])
def test_values_of_long_names_arrive(warehouse: Warehouse, name: str) -> None:
    properties = {f"{name}_{kind}": schema for kind, (schema, _) in TYPES.items()}
    record = {f"{name}_{kind}": value for kind, (_, value) in TYPES.items()}
    schema = {"type": "object", "properties": {"id": {"type": "string"}, **properties}}
    messages = [
        {"type": "SCHEMA", "stream": "shop-things", "schema": schema, "key_properties": ["id"]},
        {"type": "RECORD", "stream": "shop-things", "record": {"id": "1", **record}},
    ]
    outcome = warehouse.load(json.dumps(message).encode() for message in messages)

    assert outcome.error is None
    columns = list(warehouse.types("shop.things"))[: len(record) + 1]
    (row,) = warehouse.rows("shop.things", columns)
    assert list(row.values())[1:] == list(record.values())
