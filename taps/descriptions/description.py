"""What all readers give: operations found by method and path, with parameters, bodies, answers and logins."""

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from taps.descriptions.schemas import Schema, Schemas, Undescribed

_NUMBER = re.compile(r"\[\d+\]")
_VARIABLE = re.compile(r"\{[^{}]*\}")


@dataclass(frozen=True)
class Parameter:
    """A parameter of an operation and the schema of its value."""

    name: str
    place: str
    schema: Schema
    required: bool = False
    exploded: bool = False
    """An object whose properties are parameters themselves (`style: form`)."""


@dataclass(frozen=True)
class Login:
    """One way to log in, as described: `kind` is bearer, basic, key, oauth2 or other."""

    kind: str
    place: str = "header"
    name: str = "Authorization"
    token_urls: tuple[str, ...] = ()


@dataclass(frozen=True)
class Parts:
    """What an operation takes and gives."""

    parameters: tuple[Parameter, ...] = ()
    bodies: Mapping[str, Schema] = field(default_factory=dict)
    """Media type -> the schema of a request's body."""
    answers: Mapping[str, Mapping[str, Schema]] = field(default_factory=dict)
    """Status -> media type -> the schema of an answer."""
    logins: tuple[tuple[str, ...], ...] | None = None
    """Alternatives, each a set of names that `Description.logins` explains; None where nothing is said."""
    examples: tuple[Any, ...] = ()
    """Whole successful answers that the description shows."""
    problems: tuple[str, ...] = ()
    """What is wrong with the request that was asked about, where the request itself is described (a query)."""
    open_parameters: bool = False
    """Whether the description leaves open which query parameters there are."""
    carried: Schema | None = None
    """What the query answers that the request carries for later (a bulk export)."""
    deprecated: bool = False
    """Whether the vendor means to give the operation up."""


@dataclass(frozen=True, eq=False)
class Operation:
    """One method of one path, as described; its parts are read when they are asked for, which most never are."""

    description: "Description" = field(repr=False)
    method: str
    path: str
    read: Callable[[], Parts] = field(repr=False, compare=False)

    @cached_property
    def parts(self) -> Parts:
        """Parameters, bodies, answers, logins and examples."""
        return self.read()

    @property
    def parameters(self) -> tuple[Parameter, ...]:
        """The parameters of all places."""
        return self.parts.parameters

    def of_place(self, place: str) -> dict[str, Parameter]:
        """The parameters of one place, by name."""
        return {each.name: each for each in self.parameters if each.place == place}

    def body(self) -> Schema | None:
        """The schema of the request's body; None where none is described."""
        return _of_json(self.parts.bodies) if self.parts.bodies else None

    def query_names(self) -> set[str]:
        """Every query parameter as it is written in a request: `limit`, `created[gte]`, `expand[]`."""
        return {name for each in self.parameters if each.place == "query" for name, _ in self._written(each)}

    def query(self, name: str) -> Schema | None:
        """The schema of a query parameter by the name it is written with; None where there is no such parameter.

        Numbered ones (`filters[0][field]`) are described by the first of them.
        """
        numbered = _NUMBER.sub("[0]", name)
        for each in self.parameters:
            if each.place != "query":
                continue
            for written, schema in self._written(each):
                if written in (name, numbered) or (written.endswith("[*]") and name.startswith(written[:-2])):
                    return schema
        return None

    def _written(self, parameter: Parameter) -> Iterator[tuple[str, Schema]]:
        schemas, name = self.description.schemas, parameter.name
        yield name, parameter.schema
        for schema in schemas.variants(parameter.schema):
            if "items" in schema:
                yield name, schema["items"]
                yield f"{name}[]", schema["items"]
            for inner, below in (schema.get("properties") or {}).items():
                yield f"{name}[{inner}]", below
                yield f"{name}.{inner}", below
                if parameter.exploded:
                    yield inner, below
            if isinstance(schema.get("additionalProperties"), Mapping) or schema.get("additionalProperties") is True:
                yield f"{name}[*]", {}

    def answer(self, accept: str = "") -> Schema:
        """The schema of a successful answer of the media type asked for, or JSON; raises `Undescribed`."""
        for status in ("200", "201", "202", "2XX", "2xx", "default"):
            content = self.parts.answers.get(status)
            if content:
                return content[accept] if accept in content else _of_json(content)
        msg = f"no answer is described for {self.method} {self.path}"
        raise Undescribed(msg)


def _of_json(content: Mapping[str, Schema]) -> Schema:
    named = [schema for kind, schema in content.items() if "json" in kind]
    return named[0] if named else next(iter(content.values()))


class Description:
    """A vendor's API by its description; each format has a subclass that lists the operations."""

    format = ""
    whole = True
    """Whether what it does not have is not there; a collection of examples says nothing of the kind."""

    def __init__(self, schemas: Schemas, name: str = "") -> None:
        self.schemas = schemas
        self.name = name

    def operations(self) -> Iterable[Operation]:
        """Every operation, its path with the server's part in front."""
        raise NotImplementedError

    @cached_property
    def logins(self) -> Mapping[str, Login]:
        """The described ways to log in, by name."""
        return {}

    @cached_property
    def hosts(self) -> frozenset[str]:
        """The hosts of its servers that are written out."""
        return frozenset()

    def find(self, method: str, path: str, *, base: str = "") -> Operation:
        """The operation of a request's path; raises `Undescribed`.

        `base` is the path of the manifest's own address: a description that leaves (part of) it out still fits.
        """
        found = self.fitting(method, path, base=base)
        if found is None:
            methods = self._methods(path, base)
            also = f"; the path is described for {', '.join(methods)}" if methods else ""
            msg = f"{self.name or 'the description'} has no {method} {path}{also}"
            raise Undescribed(msg)
        return found

    def fitting(self, method: str, path: str, *, base: str = "", body: bytes | None = None) -> Operation | None:  # noqa: ARG002
        """The operation of a request's path, or None; `body` where it says what is meant."""
        for tail in _tails(path, base):
            found = [each for each in self._candidates(tail) if each.method == method.upper()]
            if found:
                return min(found, key=_looseness)
        return None

    def one_of(self, listing: Operation) -> Operation | None:
        """The operation that reads one record of a list: the list's path with one variable more."""
        length = len(segments(listing.path)) + 1
        for each in self._by_length.get(length, ()):
            if each.method == "GET" and each.path.startswith(listing.path.rstrip("/") + "/{"):
                return each
        return self._at_top(listing.path.rstrip("/").rpartition("/")[2])

    def _at_top(self, collection: str) -> Operation | None:
        """`/tasks/{task}` for a list that stands elsewhere: `/projects/{project}/tasks`."""
        found = [
            each
            for each in self.operations()
            if each.method == "GET" and re.search(rf"/{re.escape(collection)}/\{{[^/]+\}}$", each.path)
        ]
        return min(found, key=_looseness, default=None)

    def _methods(self, path: str, base: str) -> list[str]:
        return sorted({each.method for tail in _tails(path, base) for each in self._candidates(tail)})

    def _candidates(self, path: str) -> list[Operation]:
        asked = segments(path)
        return [
            operation
            for operation in (*self._by_length.get(len(asked), ()), *self._by_length.get(-1, ()))
            if _fits(segments(operation.path), asked)
        ]

    @cached_property
    def _by_length(self) -> dict[int, list[Operation]]:
        found: dict[int, list[Operation]] = defaultdict(list)
        for operation in self.operations():
            found[-1 if "{+" in operation.path else len(segments(operation.path))].append(operation)
        return found


def segments(path: str) -> list[str]:
    """A path's parts, without the query."""
    return path.partition("?")[0].partition("#")[0].strip("/").split("/")


def _tails(path: str, base: str) -> list[str]:
    """The path, and what is left of it when more and more of the base address is taken off."""
    asked, given = segments(path), [part for part in segments(base) if part]
    most = next((i for i, part in enumerate(given) if i >= len(asked) or asked[i] != part), len(given))
    return ["/".join(asked[cut:]) for cut in range(most + 1)]


def _looseness(operation: Operation) -> tuple[int, int]:
    return operation.path.count("{"), len(operation.path)


def _fits(described: list[str], asked: list[str]) -> bool:
    if any(part.startswith("{+") for part in described):
        return _pattern("/".join(described)).fullmatch("/".join(asked)) is not None
    return len(described) == len(asked) and all(
        known == given or ("{" in known and (_pattern(known).fullmatch(given) is not None))
        for known, given in zip(described, asked, strict=True)
    )


def _pattern(template: str) -> re.Pattern[str]:
    parts = _VARIABLE.split(template)
    names = _VARIABLE.findall(template)
    text = re.escape(parts[0])
    for name, rest in zip(names, parts[1:], strict=True):
        text += (".+" if name.startswith("{+") else "[^/]+") + re.escape(rest)
    return re.compile(text)
