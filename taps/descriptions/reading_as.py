"""Whether a described value reads as one of a manifest's types: the same conversions that a tap makes."""

import re
from typing import Any

from taps.descriptions.schemas import Schema, Schemas, types_of

_WHOLE_FORMATS = {"int64", "uint64", "int32", "uint32", "integer", "google-datetime-int"}
_NUMBER = re.compile(r"-?\d+(\.\d+)?")
_TIMES = {"date", "datetime"}
_EPOCHS = {"epoch", "epoch_ms"}


def reads_as(schemas: Schemas, node: Any, kind: str, form: str | None = None) -> bool:
    """Whether a value of this schema reads as a column of type `kind` (whose vendor format is `form`)."""
    variants = schemas.variants(node)
    return not variants or any(_reads(variant, kind, form) for variant in variants)


def _reads(schema: Schema, kind: str, form: str | None) -> bool:
    types = types_of(schema) - {"null"}
    if not types:
        return True
    match kind:
        case "json":
            return bool(types & {"object", "array"})
        case "string":
            return bool(types - {"object", "array"})
        case "boolean":
            return "boolean" in types or ("string" in types and _says(schema, {"true", "false"}))
        case "integer" | "epoch" | "epoch_ms":
            return bool(types & {"integer", "number"}) or ("string" in types and _numeric_text(schema))
        case "number":
            return bool(types & {"integer", "number"}) or ("string" in types and _numeric_text(schema))
        case "decimal":
            return bool(types & {"integer", "number", "string"})
        case "date" | "datetime" if form in _EPOCHS:
            return bool(types & {"integer", "number", "string"})
    return kind in _TIMES and ("string" in types or (form is not None and "integer" in types))


def _numeric_text(schema: Schema) -> bool:
    """A text that holds a number, as far as its format, pattern or example says so."""
    if schema.get("format") in _WHOLE_FORMATS | {"decimal", "float", "double", "numeric"}:
        return True
    examples = [
        schema.get("example"),
        schema.get("default"),
        *_list(schema.get("examples")),
        *_list(schema.get("enum")),
    ]
    given = [each for each in examples if isinstance(each, str) and each]
    return any(_NUMBER.fullmatch(each) for each in given) or str(schema.get("pattern", "")).startswith(
        ("^[0-9", "^\\d", "^-?")
    )


def _says(schema: Schema, words: set[str]) -> bool:
    known = {str(each).lower() for each in (*_list(schema.get("enum")), schema.get("example", ""))} - {""}
    return bool(known) and known <= words


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []
