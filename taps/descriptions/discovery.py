"""Google's discovery documents."""

from collections.abc import Iterator, Mapping
from functools import cached_property, partial
from typing import Any
from urllib.parse import urlsplit

from taps.descriptions.description import Description, Login, Operation, Parameter, Parts
from taps.descriptions.schemas import Schemas

_TOKEN_URL = "https://oauth2.googleapis.com/token"  # noqa: S105 - an address


class _DiscoverySchemas(Schemas):
    def look_up(self, reference: str) -> Any:
        """Schemas are referred to by their bare name."""
        return (self.document.get("schemas") or {}).get(reference) or super().look_up(reference)


class Discovery(Description):
    """A Google API."""

    format = "discovery"

    def __init__(self, schemas: Schemas, name: str = "") -> None:
        super().__init__(_DiscoverySchemas(schemas.document, schemas.file), name)

    @cached_property
    def hosts(self) -> frozenset[str]:
        """The host of its root address."""
        return frozenset(filter(None, [urlsplit(self.schemas.document.get("rootUrl", "")).hostname]))

    def operations(self) -> Iterator[Operation]:
        """Every method of every resource, however deep."""
        yield from self._below(self.schemas.document)

    def _below(self, node: Mapping[str, Any]) -> Iterator[Operation]:
        for method in (node.get("methods") or {}).values():
            yield self._operation(method)
        for resource in (node.get("resources") or {}).values():
            yield from self._below(resource)

    def _operation(self, method: Mapping[str, Any]) -> Operation:
        document = self.schemas.document
        given = {**(document.get("parameters") or {}), **(method.get("parameters") or {})}
        path = "/" + document.get("servicePath", "") + method.get("flatPath", method["path"])
        return Operation(self, method["httpMethod"], path, partial(self._parts, method, given))

    def _parts(self, method: Mapping[str, Any], given: Mapping[str, Any]) -> Parts:
        return Parts(
            parameters=tuple(
                Parameter(name, each.get("location", "query"), _schema(each), each.get("required") is True)
                for name, each in given.items()
            ),
            bodies={"application/json": method["request"]} if "request" in method else {},
            answers={"200": {"application/json": method["response"]}} if "response" in method else {},
            logins=(("oauth2",),) if method.get("scopes") else None,
        )

    @cached_property
    def logins(self) -> Mapping[str, Login]:
        """OAuth 2.0 is the only one with scopes."""
        return {"oauth2": Login("oauth2", token_urls=(_TOKEN_URL,))}


def _schema(parameter: Mapping[str, Any]) -> dict[str, Any]:
    bare = {key: value for key, value in parameter.items() if key not in {"location", "required", "repeated"}}
    return {"type": "array", "items": bare} if parameter.get("repeated") else bare
