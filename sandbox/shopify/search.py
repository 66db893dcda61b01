"""The Admin API's search syntax: field:value, comparators, AND, OR, NOT, quotes, parentheses, prefixes.

Source: https://shopify.dev/docs/api/usage/search-syntax. A filter the vendor does not know is ignored and reported in
`extensions.search`; one that the vendor knows and the sandbox does not imitate is an error, never silently ignored.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Literal
from zoneinfo import ZoneInfo

from graphql import GraphQLError

from sandbox.shopify.nodes import Ask, Node, digits

SHOP_ZONE = ZoneInfo("America/New_York")
Kind = Literal["time", "text", "token", "id", "number", "flag"]


@dataclass(frozen=True, slots=True)
class Filter:
    """One name usable in `query:`: how it compares, and where its values stand in a node."""

    kind: Kind
    values: Callable[[Node], Sequence[Any]]


@dataclass(frozen=True, slots=True)
class Resource:
    """What can be asked of one list field: its filters, its sort keys, the text that bare words are looked for in."""

    filters: Mapping[str, Filter] = field(default_factory=dict)
    sorts: Mapping[str, Callable[[Node], Any]] = field(default_factory=dict)
    known: frozenset[str] = frozenset()
    text: Callable[[Node], str] = lambda node: str(node.get("id"))


Test = Callable[[Node], bool]

_TOKENS = re.compile(
    r"""\s*(?:(?P<paren>[()])|(?P<not>-(?=\S)|NOT\b)|(?P<link>AND|OR)(?=\s|\(|$)
    |(?P<name>[A-Za-z_][\w.\-]*)\s*:\s*(?P<op>>=|<=|>|<)?\s*(?P<value>"[^"]*"|'[^']*'|[^\s()]+)
    |(?P<word>"[^"]*"|'[^']*'|[^\s()]+))""",
    re.VERBOSE,
)


def search(items: Sequence[Node], query: str, resource: Resource, ask: Ask) -> list[Node]:
    """Return the items that the query matches; what it could not use is reported to `ask`."""
    warnings: list[dict[str, str]] = []
    test = _Parser(query, resource, warnings).parse()
    if warnings:
        ask.context.reports.append({"path": list(ask.path), "query": query, "parsed": {}, "warnings": warnings})
    return [node for node in items if test(node)]


@dataclass(slots=True)
class _Parser:
    query: str
    resource: Resource
    warnings: list[dict[str, str]]
    tokens: list[dict[str, str]] = field(default_factory=list)
    at: int = 0

    def parse(self) -> Test:
        self.tokens = [
            {name: text for name, text in match.groupdict().items() if text is not None}
            for match in _TOKENS.finditer(self.query)
            if match.group().strip()
        ]
        if not self.tokens:
            return lambda _node: True
        return self._either()

    def _peek(self) -> dict[str, str]:
        return self.tokens[self.at] if self.at < len(self.tokens) else {}

    def _either(self) -> Test:
        tests = [self._every()]
        while self._peek().get("link") == "OR":
            self.at += 1
            tests.append(self._every())
        return tests[0] if len(tests) == 1 else lambda node: any(test(node) for test in tests)

    def _every(self) -> Test:
        tests = [self._term()]
        while (token := self._peek()) and token.get("paren") != ")" and token.get("link") != "OR":
            if token.get("link") == "AND":
                self.at += 1
            tests.append(self._term())
        return tests[0] if len(tests) == 1 else lambda node: all(test(node) for test in tests)

    def _term(self) -> Test:
        token = self._peek()
        self.at += 1
        if "not" in token:
            inner = self._term()
            return lambda node: not inner(node)
        if token.get("paren") == "(":
            inner = self._either()
            self.at += 1
            return inner
        if "name" in token:
            return self._compare(token["name"], token.get("op", ""), _unquote(token["value"]))
        wanted = _unquote(token.get("word", "")).lower().rstrip("*")
        return lambda node: wanted in self.resource.text(node).lower()

    def _compare(self, name: str, operator: str, value: str) -> Test:
        known = self.resource.filters.get(name)
        if known is None and name in self.resource.known:
            raise GraphQLError(f"the sandbox does not imitate the search filter '{name}' of this field")
        if known is None:
            message = "Invalid search field for this query."
            self.warnings.append({"field": name, "message": message, "code": "invalid_field"})
            return lambda _node: True
        if value == "*":
            return lambda node: any(found is not None for found in known.values(node))
        matches = _matcher(known.kind, operator, value)
        return lambda node: any(matches(found) for found in known.values(node) if found is not None)


def _unquote(text: str) -> str:
    return text[1:-1] if len(text) > 1 and text[0] == text[-1] and text[0] in "\"'" else text


def _matcher(kind: Kind, operator: str, value: str) -> Callable[[Any], bool]:
    match kind:
        case "time":
            return _time_matcher(operator, value)
        case "number" | "id":
            return _number_matcher(kind, operator, value)
        case "flag":
            return lambda found: found is (value.lower() == "true")
        case _:
            return _text_matcher(kind, value)


def _number_matcher(kind: Kind, operator: str, value: str) -> Callable[[Any], bool]:
    try:
        wanted = float(digits(value) if kind == "id" else value)
    except ValueError:
        return lambda _found: False
    return lambda found: _holds(float(digits(str(found)) if kind == "id" else found), operator, wanted)


def _text_matcher(kind: Kind, value: str) -> Callable[[Any], bool]:
    lowered = value.lower()
    if lowered.endswith("*"):
        return lambda found: str(found).lower().startswith(lowered[:-1])
    if kind == "token":
        choices = [part.strip() for part in lowered.split(",")]
        return lambda found: str(found).lower() in choices
    return lambda found: lowered in str(found).lower()


def _time_matcher(operator: str, value: str) -> Callable[[Any], bool]:
    try:
        wanted = datetime.fromisoformat(value)
    except ValueError:
        raise GraphQLError(f"Invalid date in search query: {value!r}") from None
    if wanted.tzinfo is None:
        wanted = wanted.replace(tzinfo=SHOP_ZONE)
    if "T" not in value and not operator:
        start = wanted.timestamp()
        return lambda found: start <= _epoch(found) < start + 86_400
    return lambda found: _holds(_epoch(found), operator, wanted.timestamp())


def _epoch(text: str) -> float:
    return datetime.fromisoformat(text).astimezone(UTC).timestamp()


def _holds(found: float, operator: str, wanted: float) -> bool:
    match operator:
        case ">":
            return found > wanted
        case ">=":
            return found >= wanted
        case "<":
            return found < wanted
        case "<=":
            return found <= wanted
        case _:
            return found == wanted
