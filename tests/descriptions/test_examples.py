"""Values made of schemas: valid by them, whole, and finite."""

import re
from typing import Any

import pytest

from taps.descriptions.examples import Examples
from taps.descriptions.patterns import text_for
from taps.descriptions.schemas import Schemas

CHILDREN = {"type": "array", "items": {"$ref": "#/components/schemas/Node"}}
NODE = {"Node": {"type": "object", "required": ["id"], "properties": {"id": {"type": "string"}, "children": CHILDREN}}}


@pytest.mark.parametrize(
    "schema",
    [
        {"type": "object", "properties": {"a": {"type": "integer", "minimum": 10}, "b": {"enum": ["x", "y"]}}},
        {"type": "array", "items": {"oneOf": [{"type": "object", "properties": {"id": {"type": "string"}}}]}},
        {"type": "string", "minLength": 40},
        {"type": "string", "pattern": "^[A-Z]{2}-\\d{4}$"},
        {"type": "number", "example": 3},
        {"allOf": [{"properties": {"a": {"type": "boolean"}}}, {"properties": {"b": {"type": "number"}}}]},
        {"$ref": "#/components/schemas/Node"},
    ],
)
def test_a_made_value_is_valid_and_whole(schema: Any) -> None:
    schemas = Schemas({"components": {"schemas": NODE}})
    made = Examples(schemas).of(schema)
    assert schemas.complaints(schema, made) == []
    if isinstance(made, dict):
        assert set(schemas.properties(schema)) == set(made)


def test_a_shown_value_is_taken_unless_it_is_wrong() -> None:
    examples = Examples(Schemas({}))
    assert examples.of({"type": "string", "example": "USD"}) == "USD"
    assert examples.of({"type": "integer", "example": "many"}) == 1


def test_what_may_be_an_id_or_an_object_is_the_id() -> None:
    assert isinstance(Examples(Schemas({})).of({"anyOf": [{"type": "object"}, {"type": "string"}]}), str)


def test_names_are_made_as_their_description_says() -> None:
    schema = {"type": "string", "description": "Output only. Format: accounts/{account}/properties/{property}"}
    assert Examples(Schemas({})).of(schema) == "accounts/1/properties/1"


@pytest.mark.parametrize("pattern", [r"^acct_\w{16}$", r"^(a|b)+$", r"[^a]x?", r"^\d{4}-(0[1-9]|1[0-2])$", r"^pfl_.+$"])
def test_a_pattern_gives_a_text_that_fits(pattern: str) -> None:
    text = text_for(pattern)
    assert text is not None
    assert re.search(pattern, text)


def test_a_pattern_that_is_not_pythons_gives_none() -> None:
    assert text_for(r"\p{L}+") is None
