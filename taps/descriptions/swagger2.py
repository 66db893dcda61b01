"""Swagger 2.0, read as the OpenAPI 3 it would be."""

from collections.abc import Iterator, Mapping
from functools import cached_property
from typing import Any

from taps.descriptions.description import Login, Operation, Parameter
from taps.descriptions.openapi3 import METHODS, OpenApi3
from taps.descriptions.schemas import Schema

_NO_SCHEMA = {"name", "in", "description", "required", "collectionFormat"}


class Swagger2(OpenApi3):
    """A Swagger 2 document."""

    format = "swagger2"

    def operations(self) -> Iterator[Operation]:
        """Every operation."""
        document = self.schemas.document
        prefix = str(document.get("basePath") or "").rstrip("/")
        for path, item in (document.get("paths") or {}).items():
            for method in METHODS:
                if isinstance(item, Mapping) and isinstance(item.get(method), Mapping):
                    yield self.operation(method, prefix + path, item, item[method])

    @cached_property
    def hosts(self) -> frozenset[str]:
        """Its host."""
        return frozenset(filter(None, [self.schemas.document.get("host")]))

    def parameters(self, item: Any, body: Any) -> tuple[Parameter, ...]:
        """The parameters that are no body."""
        found: dict[tuple[str, str], Parameter] = {}
        for each in self._given(item, body):
            if each.get("in") not in {"body", "formData"}:
                schema = {key: value for key, value in each.items() if key not in _NO_SCHEMA}
                name, place = each["name"], each["in"]
                found[name, place] = Parameter(name, place, schema, each.get("required") is True)
        return tuple(found.values())

    def _given(self, item: Any, body: Any) -> list[Mapping[str, Any]]:
        given = (*(item.get("parameters") or ()), *(body.get("parameters") or ()))
        return [each for each in map(self.schemas.resolve, given) if isinstance(each, Mapping) and "name" in each]

    def bodies(self, item: Any, body: Any) -> dict[str, Schema]:
        """The body, or the form that the form parameters make."""
        given = self._given(item, body)
        for each in given:
            if each.get("in") == "body":
                return {"application/json": each.get("schema", {})}
        form = {each["name"]: each for each in given if each.get("in") == "formData"}
        needed = [name for name, each in form.items() if each.get("required") is True]
        plain = {name: {k: v for k, v in each.items() if k not in _NO_SCHEMA} for name, each in form.items()}
        schema = {"type": "object", "properties": plain, "required": needed}
        return {"application/x-www-form-urlencoded": schema} if form else {}

    def content(self, holder: Any) -> dict[str, Schema]:
        """Media type -> schema of an answer."""
        known = self.schemas.resolve(holder)
        return {"application/json": known["schema"]} if isinstance(known, Mapping) and "schema" in known else {}

    def examples(self, answer: Any) -> Iterator[Any]:
        """The whole answers shown for a status."""
        known = self.schemas.resolve(answer)
        if isinstance(known, Mapping) and isinstance(known.get("examples"), Mapping):
            yield from known["examples"].values()

    @cached_property
    def logins(self) -> Mapping[str, Login]:
        """The security definitions."""
        return {
            name: _login(scheme) for name, scheme in (self.schemas.document.get("securityDefinitions") or {}).items()
        }


def _login(scheme: Mapping[str, Any]) -> Login:
    match scheme.get("type"):
        case "basic":
            return Login("basic")
        case "apiKey":
            return Login("key", scheme.get("in", "header"), scheme.get("name", ""))
        case "oauth2":
            return Login("oauth2", token_urls=tuple(filter(None, [scheme.get("tokenUrl")])))
    return Login("other")
