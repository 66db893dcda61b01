"""`one:` how a single record is asked for by its id, where a delivery or a person names it."""

import json
from collections.abc import Sequence
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator

from taps.engine.deletes import ByField
from taps.engine.words import Path, Text, Word


class One(Word):
    """The request for the record whose key is `{record.id}`; a text is its path alone."""

    by: list[str] = []
    """The columns that say which record is meant, `{record.repository}` and so on, where its key alone does not."""

    path: Text | None = None
    method: Literal["GET", "POST"] | None = None
    params: dict[str, Any] = {}
    body: Any = None
    graphql: str | None = None
    variables: dict[str, Any] = {}
    rate: str | list[str] | None = None
    records: Path = "."
    own: list[str] = []
    """The columns that its lists carry from a parent and that the record itself holds; those of `by` are known."""
    gone: ByField | None = None
    """What a record says that the vendor still shows and that its lists no longer hold."""


def _written(value: Any) -> Any:
    return {"path": value} if isinstance(value, str) else value


def columns_of(one: One, key: Sequence[str]) -> list[str]:
    """The columns that say which record is meant."""
    return one.by or list(key)


def identity_of(values: Sequence[Any]) -> str:
    """How a record is named: by its id, or by a JSON array of texts where one value does not say which it is."""
    texts = [str(each) for each in values]
    return texts[0] if len(texts) == 1 else json.dumps(texts, separators=(",", ":"))


def values_of(columns: Sequence[str], identity: str) -> dict[str, str] | None:
    """Column -> value of a name that `identity_of` made; None where it names something else."""
    if len(columns) == 1:
        return {columns[0]: identity}
    try:
        values = json.loads(identity)
    except ValueError:
        return None
    fits = isinstance(values, list) and len(values) == len(columns)
    return dict(zip(columns, map(str, values), strict=True)) if fits else None


OneWord = Annotated[One, BeforeValidator(_written, json_schema_input_type=One | str)]
