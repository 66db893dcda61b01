"""The Google Ads Query Language (https://developers.google.com/google-ads/api/docs/query/grammar), parsed."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from sandbox.google_ads.errors import query_error

_TOKEN = re.compile(
    r"""\s*(?:(?P<text>'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*")|(?P<number>-?\d+(?:\.\d+)?)(?![\w.])"""
    r"""|(?P<word>[A-Za-z_][\w.]*)|(?P<sign><=|>=|!=|=|<|>|\(|\)|,))"""
)
_SIGNS = ("=", "!=", "<", ">", "<=", ">=")
_KEYWORDS = {"SELECT", "FROM", "WHERE", "ORDER", "LIMIT", "PARAMETERS"}


@dataclass(frozen=True, slots=True)
class Condition:
    """One condition of WHERE: a field, an operator in capitals, and its values as text."""

    field: str
    operator: str
    values: tuple[str, ...] = ()


@dataclass(slots=True)
class Query:
    """A parsed query; `order` holds (field, descending)."""

    select: list[str]
    resource: str
    conditions: list[Condition] = field(default_factory=list)
    order: list[tuple[str, bool]] = field(default_factory=list)
    limit: int | None = None


@dataclass(frozen=True, slots=True)
class _Token:
    kind: str
    value: str

    def is_word(self, *words: str) -> bool:
        return self.kind == "word" and self.value.upper() in words


def _tokens(text: str) -> list[_Token]:
    found, position = [], 0
    text = text.rstrip()
    while position < len(text):
        match = _TOKEN.match(text, position)
        if match is None or match.lastgroup is None:
            raise query_error("UNEXPECTED_INPUT", f"unexpected input {text[position : position + 20].strip()!r}.")
        value = match[match.lastgroup]
        if match.lastgroup == "text":
            value = re.sub(r"\\(.)", r"\1", value[1:-1])
        found.append(_Token(match.lastgroup, value))
        position = match.end()
    return found


class _Parser:
    def __init__(self, text: str) -> None:
        self.tokens = _tokens(text)
        self.position = 0

    def peek(self) -> _Token:
        return self.tokens[self.position] if self.position < len(self.tokens) else _Token("end", "")

    def take(self) -> _Token:
        token = self.peek()
        self.position += 1
        return token

    def accept(self, *words: str) -> bool:
        if self.peek().is_word(*words):
            self.position += 1
            return True
        return False

    def sign(self, sign: str) -> bool:
        if self.peek().kind == "sign" and self.peek().value == sign:
            self.position += 1
            return True
        return False

    def name(self) -> str:
        token = self.take()
        if token.kind == "end":
            raise query_error("UNEXPECTED_END_OF_QUERY", "the query ended unexpectedly.")
        if token.kind != "word" or token.value.upper() in _KEYWORDS:
            raise query_error("BAD_FIELD_NAME", f"expected a field name, found '{token.value}'.")
        return token.value

    def value(self) -> str:
        token = self.take()
        if token.kind in ("text", "number", "word"):
            return token.value
        if token.kind == "end":
            raise query_error("UNEXPECTED_END_OF_QUERY", "the query ended unexpectedly.")
        raise query_error("BAD_VALUE", f"unexpected '{token.value}'.")

    def names(self) -> list[str]:
        made = [self.name()]
        while self.sign(","):
            made.append(self.name())
        return made

    def query(self) -> Query:
        if not self.accept("SELECT"):
            raise query_error("EXPECTED_SELECT", "a query begins with SELECT.")
        select = self.names()
        if not self.accept("FROM"):
            raise query_error("EXPECTED_FROM", f"expected FROM, found '{self.peek().value}'.")
        query = Query(select, self.name())
        if self.accept("WHERE"):
            query.conditions.append(self.condition())
            while self.accept("AND"):
                query.conditions.append(self.condition())
        if self.accept("ORDER"):
            query.order = self.ordering()
        if self.accept("LIMIT"):
            query.limit = self.bound()
        if self.accept("PARAMETERS"):
            self.position = len(self.tokens)
        if self.peek().kind != "end":
            raise query_error("UNEXPECTED_INPUT", f"unexpected input '{self.peek().value}'.")
        return query

    def ordering(self) -> list[tuple[str, bool]]:
        if not self.accept("BY"):
            raise query_error("EXPECTED_BY", "ORDER is followed by BY.")
        made = [(self.name(), self.descending())]
        while self.sign(","):
            made.append((self.name(), self.descending()))
        return made

    def descending(self) -> bool:
        return False if self.accept("ASC") else self.accept("DESC")

    def bound(self) -> int:
        value = self.value()
        if not value.isdigit() or int(value) < 1:
            raise query_error("BAD_LIMIT_VALUE", f"'{value}' is not a limit.")
        return int(value)

    def condition(self) -> Condition:
        name, token = self.name(), self.take()
        if token.kind == "sign" and token.value in _SIGNS:
            return Condition(name, token.value, (self.value(),))
        if token.is_word("IS"):
            negated = self.accept("NOT")
            if not self.accept("NULL"):
                raise query_error("BAD_OPERATOR", "IS is followed by NULL or NOT NULL.")
            return Condition(name, "IS NOT NULL" if negated else "IS NULL")
        negated = token.is_word("NOT")
        if negated:
            token = self.take()
        prefix = "NOT " if negated else ""
        if token.is_word("IN"):
            return Condition(name, f"{prefix}IN", self.listed())
        if token.is_word("LIKE"):
            return Condition(name, f"{prefix}LIKE", (self.value(),))
        if token.is_word("DURING"):
            return Condition(name, "DURING", (self.value().upper(),))
        if token.is_word("BETWEEN"):
            first = self.value()
            if not self.accept("AND"):
                raise query_error("EXPECTED_VALUE_WITH_BETWEEN_OPERATOR", "BETWEEN takes two values joined by AND.")
            return Condition(name, "BETWEEN", (first, self.value()))
        raise query_error("BAD_OPERATOR", f"'{token.value}' is not an operator.")

    def listed(self) -> tuple[str, ...]:
        if not self.sign("("):
            raise query_error("EXPECTED_LIST", "IN is followed by a list in parentheses.")
        if self.sign(")"):
            raise query_error("PROHIBITED_EMPTY_LIST_IN_CONDITION", "the list is empty.")
        made = [self.value()]
        while self.sign(","):
            made.append(self.value())
        if not self.sign(")"):
            raise query_error("EXPECTED_LIST", "the list is not closed.")
        return tuple(made)


def parse(text: str) -> Query:
    """Return the parsed query; raise AdsError where it does not follow the grammar."""
    return _Parser(text).query()
