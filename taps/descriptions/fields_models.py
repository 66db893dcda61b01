"""Operations with named request and answer models, each model a list of fields with the types of Microsoft's client."""

import re
from collections.abc import Iterator, Mapping
from functools import partial
from pathlib import Path
from typing import Any

from taps.descriptions.description import Description, Operation, Parts
from taps.descriptions.documents import parsed
from taps.descriptions.schemas import Schema, Schemas

_PLAIN: dict[str, dict[str, Any]] = {
    "Str": {"type": "string"},
    "Int": {"type": "integer"},
    "Float": {"type": "number"},
    "Bool": {"type": "boolean"},
    "datetime": {"type": "string", "format": "date-time"},
    "date": {"type": "string", "format": "date"},
    "Any": {},
}
_SERVICES = {"campaign_management": "campaign", "ad_insight": "adinsight", "customer_management": "customer",
             "customer_billing": "billing"}  # fmt: skip
"""Service -> how its models' names begin, where they differ."""
_ROOTS = {"BaseModel", None}


class Models(Description):
    """One file of services, operations, models and enumerations."""

    format = "fields"

    def __init__(self, file: Path) -> None:
        self.given: Mapping[str, Any] = parsed(file)
        super().__init__(Schemas({}, file), file.name)
        self._built: dict[str, dict[str, Any]] = {}

    def operations(self) -> Iterator[Operation]:
        """Every operation of every service."""
        for service, operations in self.given["operations"].items():
            for each in operations:
                parts = partial(self._parts, _SERVICES.get(service, service), each)
                yield Operation(self, each["method"], each["path"], parts)

    def _parts(self, service: str, operation: Mapping[str, Any]) -> Parts:
        return Parts(
            bodies={"application/json": self._model(service, operation["request_model"])},
            answers={"200": {"application/json": self._model(service, operation["response_model"])}},
        )

    def _model(self, service: str, name: str) -> dict[str, Any]:
        key = f"{service}.{name}"
        if key not in self._built:
            schema: dict[str, Any] = {"type": "object", "properties": {}}
            self._built[key] = schema
            model = self.given["models"].get(key)
            if model is not None and model.get("base") == "Flag":
                self._built[key] = {"type": "string"}
                return self._built[key]
            if model is None:
                schema.pop("properties")
                return self._built[key]
            schema["properties"] |= self._own(service, model)
            derived = [
                {"type": "object", "properties": self._own(service, each)}
                for other, each in self.given["models"].items()
                if each.get("base") == name and other.startswith(f"{service}.")
            ]
            if derived:  # where a base model is named, any that derives from it may stand
                schema["anyOf"] = [{"type": "object", "properties": {}}, *derived]
        return self._built[key]

    def _own(self, service: str, model: Mapping[str, Any]) -> dict[str, Any]:
        """The properties of a model and of those it derives from."""
        above = self.given["models"].get(f"{service}.{model.get('base')}") if model.get("base") not in _ROOTS else None
        inherited = self._own(service, above) if above is not None else {}
        return {**inherited, **{field: self._typed(service, kind) for field, kind in model["fields"].items()}}

    def _typed(self, service: str, kind: str) -> Schema:
        listed = re.fullmatch(r"List\[(.+)\]", kind)
        if listed:
            return {"type": "array", "items": self._typed(service, listed[1])}
        if kind in _PLAIN:
            return _PLAIN[kind]
        values = self.given["enums"].get(f"{service}.{kind}")
        if values:
            return {"type": "string", "enum": values}
        return self._model(service, kind) if f"{service}.{kind}" in self.given["models"] else {}
