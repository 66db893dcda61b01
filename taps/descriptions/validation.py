"""JSON Schema as descriptions mean it: `nullable`, references followed when they are met, types loosely named."""

import contextlib
from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

from jsonschema import Draft202012Validator
from jsonschema.exceptions import ValidationError
from jsonschema.validators import extend

from taps.descriptions.schemas import types_of

if TYPE_CHECKING:
    from taps.descriptions.schemas import Schemas

Errors = Iterator[ValidationError]
Check = Callable[[Any, Any, Any, Any], Errors]
"""A keyword's check: the validator, what the keyword says, the value, the schema."""
_TYPES = {"array", "boolean", "integer", "null", "number", "object", "string"}
_NUMBERS_AS_TEXT = {"int64", "uint64"}
"""Written as text by Google, read as a number too."""


def validator_class(schemas: "Schemas") -> Any:
    """A validator for the schemas of one description."""
    return extend(  # type: ignore[no-untyped-call]
        Draft202012Validator,
        {
            "$ref": _reference(schemas),
            "type": _typed(schemas),
            "anyOf": _any_of(schemas),
            "oneOf": _any_of(schemas),  # descriptions whose choices overlap say oneOf all the same
            "enum": _unless_null("enum", schemas),
            "pattern": _unless_null("pattern", schemas),
            "required": _required,
            "minimum": _within("minimum"),
            "maximum": _within("maximum"),
            "exclusiveMinimum": _nothing,  # a boolean in some, a number in others
            "exclusiveMaximum": _nothing,
            "format": _nothing,
        },
    )


def _reference(schemas: "Schemas") -> Check:
    def check(validator: Any, _: Any, value: Any, schema: Any) -> Errors:
        target = schemas.resolve(schema)
        if not (value is None and schemas.nullable(target)):
            yield from validator.descend(value, target)

    return check


def _typed(schemas: "Schemas") -> Check:
    def check(validator: Any, _: Any, value: Any, schema: Any) -> Errors:
        named = types_of(schema)
        if value is None and schemas.nullable(schema):
            return
        if named == {"string"} and schema.get("format") in _NUMBERS_AS_TEXT and validator.is_type(value, "number"):
            return
        if named and not any(validator.is_type(value, kind) for kind in named if kind in _TYPES):
            yield ValidationError(f"{value!r} is not of type {', '.join(sorted(named))}"[:200])

    return check


def _any_of(schemas: "Schemas") -> Check:
    def check(validator: Any, choices: Any, value: Any, schema: Any) -> Errors:
        if value is None and schemas.nullable(schema):
            return
        if all(list(validator.descend(value, choice)) for choice in choices):
            yield ValidationError(f"{value!r} is none of the {len(choices)} described variants"[:200])

    return check


def _unless_null(keyword: str, schemas: "Schemas") -> Check:
    original = Draft202012Validator.VALIDATORS[keyword]

    def check(validator: Any, said: Any, value: Any, schema: Any) -> Errors:
        if not (value is None and schemas.nullable(schema)):
            yield from original(validator, said, value, schema) or ()

    return check


def _within(keyword: str) -> Check:
    original = Draft202012Validator.VALIDATORS[keyword]

    def check(validator: Any, said: Any, value: Any, schema: Any) -> Errors:
        with contextlib.suppress(TypeError, ValueError):  # a limit written as text, as Google does
            yield from original(validator, said if isinstance(said, int | float) else float(said), value, schema) or ()

    return check


def _required(_: Any, names: Any, value: Any, _schema: Any) -> Errors:
    if isinstance(names, list) and isinstance(value, Mapping):
        for name in names:
            if name not in value:
                yield ValidationError(f"{name!r} is needed and not there")


def _nothing(*_: Any) -> Errors:
    yield from ()
