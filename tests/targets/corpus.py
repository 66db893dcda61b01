"""The corpus of hostile values as lines to load, and what the tables and the report must hold afterwards."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

import yaml

FILE = Path(__file__).with_name("corpus.yaml")
_NEIGHBOURS = 3


def read() -> dict[str, Any]:
    corpus: dict[str, Any] = yaml.safe_load(FILE.read_text())
    return corpus


@dataclass(frozen=True)
class Case:
    """Values of one column, sent one after the other into a table of its own, and what is held of them."""

    stream: str
    schema: dict[str, Any]
    sent: list[bytes]
    held: list[str | None]
    change: str | None
    times: int

    @property
    def kept(self) -> str | None:
        """What `_extra` holds of a value that its column does not."""
        if self.change is None or not self.change.endswith("original in _extra"):
            return None
        text = self.sent[0].decode()
        return f'{{"v":{json.dumps(text) if text in ("NaN", "Infinity", "-Infinity") else text}}}'

    @property
    def wide(self) -> str | None:
        """The kind of the column after it was widened."""
        return None if self.change is None else self.change.partition("column widened to ")[2] or None

    def declaration(self) -> bytes:
        properties = {"id": {"type": "string"}, "v": self.schema, "w": {"type": ["integer", "null"]}}
        message = {"type": "SCHEMA", "stream": self.stream, "platform": "corpus", "key_properties": ["id"]}
        return json.dumps({**message, "schema": {"type": "object", "properties": properties}}).encode()

    def records(self, *, whole: bool) -> list[bytes]:
        """The values, between neighbours that have none; `whole` says whether they mention every column."""
        around = [b'{"id":"%d","v":null,"w":1}' % number for number in range(_NEIGHBOURS)]
        more = b',"w":1' if whole else b""
        return [*around, *[b'{"id":"v%d","v":%b%b}' % (i, v, more) for i, v in enumerate(self.sent)], *around]


def cases(target: str) -> list[Case]:
    """The cases as they are expected of "duckdb" or "postgres"."""
    corpus = read()
    found = []
    for group in ("values", "series"):
        for kind, rows in corpus[group].items():
            for sent, *expected in rows:
                held, rule, times = _expected(expected, target)
                several = group == "series"
                found.append(
                    Case(
                        f"{kind.replace(' ', '_')}_{len(found)}",
                        corpus["schemas"][kind],
                        [text.encode("utf-8", "surrogateescape") for text in (sent if several else [sent])],
                        held if several else [held],
                        None if rule is None else _change(corpus["rules"], rule),
                        times,
                    )
                )
    return found


def _expected(expected: list[Any], target: str) -> tuple[Any, str | None, int]:
    if isinstance(expected[0], dict):
        expected = expected[0][target]
    held, rule, times = [*expected, *[None, 1][len(expected) - 1 :]]
    return held, None if rule is None else str(rule), times


def _change(rules: dict[int, str], rule: str) -> str:
    number, _, what = rule.partition(" ")
    return rules[int(number)].format(what)


def equal(found: Any, held: str | None) -> bool:
    """Whether a value read back is the one held: numbers by value, zero with its sign where a double has one."""
    if found is None or held is None:
        return found is held
    if isinstance(found, bool):
        return held == str(found).lower()
    if isinstance(found, float):
        return held == repr(found)
    if isinstance(found, int | Decimal):
        return Decimal(found) == Decimal(held)
    return held == (found if isinstance(found, str) else found.isoformat())


def equal_json(found: str | None, held: str | None) -> bool:
    """The same for JSON: by value, whatever its spelling."""
    return found == held if found is None or held is None else _parsed(found) == _parsed(held)


def _parsed(text: str) -> Any:
    return json.loads(text, parse_float=Decimal, parse_int=Decimal)


def singer(cases: list[Case], way: str, folder: Path) -> Iterator[bytes]:
    """The cases as messages: `plain` or `careful` RECORD lines, or as BATCH files."""
    for case in cases:
        yield case.declaration()
        records = case.records(whole=way != "careful")
        if way == "batch":
            file = folder / f"{case.stream}.jsonl"
            file.write_bytes(b"\n".join(records))
            message = {"type": "BATCH", "stream": case.stream, "encoding": {"format": "jsonl"}}
            yield json.dumps({**message, "manifest": [file.as_uri()]}).encode()
        else:
            yield from (b'{"type":"RECORD","stream":"%b","record":%b}' % (case.stream.encode(), r) for r in records)


@dataclass(frozen=True)
class Named:
    """A record of properties with hostile names, and the columns that they go to."""

    stream: str
    columns: dict[str, str]

    def lines(self, *, whole: bool) -> list[bytes]:
        """The record in two versions, of which the first may lack its last property."""
        text = {"type": ["string", "null"]}
        properties = {"id": {"type": "string"}, **dict.fromkeys(self.columns, text)}
        schema = {"stream": self.stream, "platform": "corpus", "key_properties": ["id"]}
        first = {"id": "1", **dict.fromkeys(self.columns, "old")}
        if not whole:
            first.popitem()
        messages = [
            {"type": "SCHEMA", **schema, "schema": {"type": "object", "properties": properties}},
            {"type": "RECORD", "stream": self.stream, "record": first},
            {"type": "RECORD", "stream": self.stream, "record": {"id": "1", **self.values}},
        ]
        return [json.dumps(message).encode() for message in messages]

    @property
    def values(self) -> dict[str, str]:
        return {name: f"of {name}" for name in self.columns}


def named(target: str) -> list[Named]:
    """The names as they are expected of "duckdb" or "postgres"."""
    return [
        Named(stream.replace(" ", "_"), dict(_column(name, target) for name in names))
        for stream, names in read()["names"].items()
    ]


def _column(name: str | list[Any], target: str) -> tuple[str, str]:
    if isinstance(name, str):
        return name, name
    prop, column = name
    return prop, column.get(target, prop) if isinstance(column, dict) else column
