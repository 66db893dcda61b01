"""`one:` how a single record is asked for by its id, where a delivery or a person names it."""

from typing import Annotated, Any, Literal

from pydantic import BeforeValidator

from taps.engine.deletes import ByField
from taps.engine.words import Path, Text, Word


class One(Word):
    """The request for the record whose key is `{record.id}`; a text is its path alone."""

    path: Text | None = None
    method: Literal["GET", "POST"] | None = None
    params: dict[str, Any] = {}
    body: Any = None
    graphql: str | None = None
    variables: dict[str, Any] = {}
    rate: str | list[str] | None = None
    records: Path = "."
    own: list[str] = []
    """The columns that its lists carry from a parent and that the record itself holds."""
    gone: ByField | None = None
    """What a record says that the vendor still shows and that its lists no longer hold."""


def _written(value: Any) -> Any:
    return {"path": value} if isinstance(value, str) else value


OneWord = Annotated[One, BeforeValidator(_written, json_schema_input_type=One | str)]
