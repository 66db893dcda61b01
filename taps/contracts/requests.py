"""Compares a request that a tap made with the operation that a description says it means."""

import contextlib
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import parse_qsl

import msgspec

from taps.contracts.recording import Sent
from taps.descriptions.description import Login, Operation
from taps.descriptions.examples import UNKNOWN
from taps.descriptions.schemas import Schema, Schemas

_OWN_HEADERS = {"authorization", "accept", "content-type", "user-agent", "accept-encoding"}


def complaints(sent: Sent) -> Iterator[str]:
    """What the description has against a described request; nothing for an address that the vendor gave itself."""
    if sent.found is None or sent.given:
        return
    operation = sent.found.operation
    yield from operation.parts.problems
    yield from _query(sent, operation)
    yield from _headers(sent, operation)
    yield from _body(sent, operation)
    yield from _login(sent, operation)


def _query(sent: Sent, operation: Operation) -> Iterator[str]:
    schemas = operation.description.schemas
    keys = {login.name for login in operation.description.logins.values() if login.place == "query"}
    for name, value in sent.request.params:
        schema = operation.query(name)
        if schema is not None and value != UNKNOWN:
            yield from (f"parameter {name}: {each.removeprefix('.: ')}" for each in _as_text(schemas, schema, value))
        elif schema is None and name not in keys and not operation.parts.open_parameters:
            yield f"there is no query parameter {name!r} at {operation.method} {operation.path}"
    given = {name.partition("[")[0] for name, _ in sent.request.params}
    for name, parameter in operation.of_place("query").items():
        if parameter.required and name.partition("[")[0] not in given and name not in keys:
            yield f"query parameter {name!r} is needed at {operation.method} {operation.path}"


def _as_text(schemas: Schemas, schema: Schema, value: str) -> list[str]:
    """A parameter's value is text; it fits if any reading of it as JSON fits, of a list if each member does."""
    if schemas.types(schema) == {"array"}:
        inner = schemas.item(schema)
        if value.startswith("["):
            with contextlib.suppress(msgspec.DecodeError):
                return schemas.complaints(schema, msgspec.json.decode(value))
        wrong = [
            item for item in value.split(",") if schemas.types(inner) != {"array"} and _as_text(schemas, inner, item)
        ]
        return [f"{', '.join(wrong)} not among what is described"] if wrong else []
    readings: list[Any] = [value]
    if value.lower() in {"true", "false"}:
        readings.append(value.lower() == "true")
    with contextlib.suppress(msgspec.DecodeError):
        readings.append(msgspec.json.decode(value))
    readings += [[reading] for reading in readings] + [value.split(",")]
    found = [schemas.complaints(schema, reading) for reading in readings]
    return min(found, key=lambda each: ("is not of type" in str(each), len(each)))[:2] if all(found) else []


def _headers(sent: Sent, operation: Operation) -> Iterator[str]:
    given = {name.lower() for name in sent.request.headers} | _OWN_HEADERS
    for name, parameter in operation.of_place("header").items():
        if parameter.required and name.lower() not in given:
            yield f"header {name!r} is needed at {operation.method} {operation.path}"


def _body(sent: Sent, operation: Operation) -> Iterator[str]:
    schema, body = operation.body(), sent.request.body
    if body is None:
        return
    if schema is None and operation.description.format == "graphql":
        return
    if schema is None:
        yield f"no body is described for {operation.method} {operation.path}"
        return
    schemas = operation.description.schemas
    value = _decoded(body, sent.request.headers)
    if value is None:
        return
    if isinstance(value, _Form):
        known = schemas.properties(schema)
        yield from (f"form field {name!r} is not described" for name in value if name.partition("[")[0] not in known)
        return
    yield from (f"body: {each}" for each in schemas.complaints(schema, value))
    yield from (f"body: {each!r} is not described" for each in _unknown(schemas, schema, value, ""))


class _Form(dict[str, str]):
    """The fields of a form."""


def _decoded(body: bytes, headers: Mapping[str, str]) -> Any:
    kind = next((value for name, value in headers.items() if name.lower() == "content-type"), "")
    if "form" in kind:
        return _Form(parse_qsl(body.decode(), keep_blank_values=True))
    try:
        return msgspec.json.decode(body)
    except msgspec.DecodeError:
        return None


def _unknown(schemas: Schemas, schema: Any, value: Any, place: str) -> Iterator[str]:
    if isinstance(value, list):
        for item in value:
            yield from _unknown(schemas, schemas.item(schema), item, place)
    if not isinstance(value, dict) or schemas.free(schema):
        return
    known = schemas.properties(schema)
    open_ = any(each.get("additionalProperties") for each in schemas.variants(schema))
    for name, below in value.items():
        if name in known:
            yield from _unknown(schemas, known[name], below, f"{place}{name}.")
        elif not open_:
            yield f"{place}{name}"


def _login(sent: Sent, operation: Operation) -> Iterator[str]:
    """The alternatives that are described, of which one must be met; a description without logins says nothing."""
    known = operation.description.logins
    if not operation.parts.logins or not known or sent.request.login == "none":
        return
    ways = [[known[name] for name in names if name in known] for names in operation.parts.logins]
    if any(all(_met(sent, login) for login in way) for way in ways):
        return
    shown = " or ".join(sorted({" and ".join(_shown(login) for login in way) for way in ways}))
    yield f"the login {sent.login!r} is not described; {operation.path} takes {shown}"


def _met(sent: Sent, login: Login) -> bool:
    headers = {name.lower(): value for name, value in sent.request.headers.items()}
    scheme = headers.get("authorization", "").partition(" ")[0].lower()
    if login.kind == "key":
        if login.place == "query":
            return any(name == login.name for name, _ in sent.request.params)
        return login.place == "cookie" or login.name.lower() in headers
    if login.kind == "basic":
        return scheme == "basic"
    return login.kind == "other" or (bool(scheme) and scheme != "basic")


def _shown(login: Login) -> str:
    return f"{login.name} in the {login.place}" if login.kind == "key" else login.kind
