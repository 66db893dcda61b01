"""OpenAPI 3.0 and 3.1."""

from collections.abc import Iterator, Mapping
from functools import cached_property, partial
from typing import Any
from urllib.parse import urlsplit

from taps.descriptions.description import Description, Login, Operation, Parameter, Parts
from taps.descriptions.schemas import Schema

METHODS = ("get", "post", "put", "patch", "delete", "head")


class OpenApi3(Description):
    """An OpenAPI 3 document."""

    format = "openapi3"

    def operations(self) -> Iterator[Operation]:
        """Every operation; one for each path of its servers, where they differ."""
        document = self.schemas.document
        for path, given in (document.get("paths") or {}).items():
            item = self.schemas.resolve(given)
            for method in METHODS:
                if isinstance(item, Mapping) and isinstance(item.get(method), Mapping):
                    servers = item[method].get("servers") or item.get("servers") or document.get("servers") or [{}]
                    for prefix in dict.fromkeys(_prefix(server) for server in servers):
                        yield self.operation(method, _joined(prefix, path), item, item[method])

    @cached_property
    def hosts(self) -> frozenset[str]:
        """The hosts of its servers that are written out."""
        found = (urlsplit(str(each.get("url", ""))).hostname for each in self.schemas.document.get("servers") or ())
        return frozenset(filter(None, found))

    def operation(self, method: str, path: str, item: Any, body: Any) -> Operation:
        """One operation, whose parts are read later."""
        return Operation(self, method.upper(), path, partial(self._parts, item, body))

    def _parts(self, item: Any, body: Any) -> Parts:
        answers = body.get("responses") or {}
        said = body.get("security", self.schemas.document.get("security"))
        shown = [each for status in answers if status.startswith("2") for each in self.examples(answers[status])]
        return Parts(
            parameters=self.parameters(item, body),
            bodies=self.bodies(item, body),
            answers={status: self.content(answer) for status, answer in answers.items()},
            logins=None if said is None else tuple(tuple(each) for each in said),
            examples=tuple(shown),
            deprecated=body.get("deprecated") is True,
        )

    def bodies(self, item: Any, body: Any) -> dict[str, Schema]:  # noqa: ARG002 - Swagger 2 has it among the parameters
        """Media type -> the schema of a request's body."""
        return self.content(body.get("requestBody") or {})

    def parameters(self, item: Any, body: Any) -> tuple[Parameter, ...]:
        """The parameters of an operation: its own before those of its path."""
        found: dict[tuple[str, str], Parameter] = {}
        for given in (*(item.get("parameters") or ()), *(body.get("parameters") or ())):
            each = self.schemas.resolve(given)
            if isinstance(each, Mapping) and "name" in each:
                found[each["name"], each["in"]] = Parameter(
                    each["name"], each["in"], _parameter_schema(each), each.get("required") is True,
                    exploded=each.get("style", "form") == "form" and each.get("explode", True) is not False,
                )  # fmt: skip
        return tuple(found.values())

    def content(self, holder: Any) -> dict[str, Schema]:
        """Media type -> schema."""
        known = self.schemas.resolve(holder)
        content = known.get("content") if isinstance(known, Mapping) else None
        return {kind: media.get("schema", {}) for kind, media in (content or {}).items() if isinstance(media, Mapping)}

    def examples(self, answer: Any) -> Iterator[Any]:
        """The whole answers shown for a status."""
        known = self.schemas.resolve(answer)
        for media in (known.get("content") or {}).values() if isinstance(known, Mapping) else ():
            if "example" in media:
                yield media["example"]
            for each in (media.get("examples") or {}).values() if isinstance(media.get("examples"), Mapping) else ():
                shown = self.schemas.resolve(each)
                if isinstance(shown, Mapping) and "value" in shown:
                    yield shown["value"]

    @cached_property
    def logins(self) -> Mapping[str, Login]:
        """The security schemes."""
        schemes = (self.schemas.document.get("components") or {}).get("securitySchemes") or {}
        return {name: _login(self.schemas.resolve(scheme)) for name, scheme in schemes.items()}


def _prefix(server: Any) -> str:
    """The path of a server's address; its variables stay as `{variables}`."""
    url = str(server.get("url", "")) if isinstance(server, Mapping) else ""
    for name, variable in (server.get("variables") or {}).items() if isinstance(server, Mapping) else ():
        if "/" in str(variable.get("default", "")):
            url = url.replace("{" + name + "}", str(variable["default"]))
    bare = url.partition("://")[2]
    path = "/" + bare.partition("/")[2] if "://" in url else (urlsplit(url).path if url.startswith("/") else "")
    return path.rstrip("/")


def _joined(prefix: str, path: str) -> str:
    """The path behind its server's; some descriptions write the server's again into every path."""
    return path if prefix and f"{path}/".startswith(f"{prefix}/") else prefix + path


def _parameter_schema(parameter: Mapping[str, Any]) -> Schema:
    if isinstance(parameter.get("schema"), Mapping):
        schema: Schema = parameter["schema"]
        return schema
    for media in (parameter.get("content") or {}).values():
        found: Schema = media.get("schema", {})
        return found
    return {}


def _login(scheme: Any) -> Login:
    kind = str(scheme.get("type", "")) if isinstance(scheme, Mapping) else ""
    if kind == "http":
        return Login({"basic": "basic", "bearer": "bearer"}.get(str(scheme.get("scheme", "")).lower(), "other"))
    if kind == "apiKey":
        return Login("key", scheme.get("in", "header"), scheme.get("name", ""))
    if kind in {"oauth2", "openIdConnect"}:
        flows = (scheme.get("flows") or {}).values()
        return Login("oauth2", token_urls=tuple(flow["tokenUrl"] for flow in flows if flow.get("tokenUrl")))
    return Login("other")
