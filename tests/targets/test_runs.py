"""Blocks of lines cut into runs, and what may be taken as a whole."""

from __future__ import annotations

import json

import pytest

from targets.loading.column_types import DATETIME, JSON, TEXT, ColumnType, Kind, simple
from targets.loading.plain import plain_lines
from targets.loading.plan import Column, Plan, TableName
from targets.loading.runs import Run, read_runs
from tests.targets.singer import joined, record, schema, state

_TYPES = {
    "id": TEXT, "n": simple(Kind.INTEGER), "x": simple(Kind.DOUBLE), "j": JSON, "d": ColumnType(Kind.DECIMAL, 38, 9),
    "at": DATETIME,
}  # fmt: skip
_COLUMNS = [Column(name, name, kind, kind, name == "id") for name, kind in (_TYPES | {"_extra": JSON}).items()]
_PLAN = Plan("orders", TableName("shop", "orders"), _COLUMNS, frozenset(_TYPES), bounded_decimals=True)
_WHOLE = '{"id":"a","n":1,"x":1.5,"j":{"a":[1]},"d":"12.50","at":"2026-01-01T10:00:00Z"}'


def _line(values: str, more: str = "", stream: str = "orders") -> bytes:
    return f'{{"type":"RECORD","stream":"{stream}","record":{values}{more}}}\n'.encode()


def _taken(*lines: bytes, version: int | None = None) -> bool:
    return plain_lines(_PLAN, Run("orders", b"".join(lines), len(lines)), version) is not None


def test_a_block_is_cut_where_something_else_begins() -> None:
    orders, others = _line(_WHOLE), _line(_WHOLE, stream="others")
    block = joined(schema()) + orders * 3 + joined(state(1)) + orders + others * 2 + b"\n" + others.rstrip(b"\n")
    runs = list(read_runs(block))
    assert b"".join(run.data for run in runs) == block
    assert [(run.stream, run.rows) for run in runs] == [
        (None, 1), ("orders", 3), (None, 1), ("orders", 1), ("others", 2), (None, 1), ("others", 1)
    ]  # fmt: skip


def test_lines_that_other_taps_write_are_runs_too() -> None:
    assert [(run.stream, run.rows) for run in read_runs(joined(record(id="a"), record(id="b")))] == [("orders", 2)]


def test_what_is_plain_is_taken_as_a_whole() -> None:
    assert _taken(_line(_WHOLE), _line(_WHOLE, ',"time_extracted":"2026-11-24T10:00:00Z"'))
    assert _taken(_line(_WHOLE, ',"version":7'), version=7)
    assert _taken(_line(_WHOLE.replace("a", "1234567890123456789", 1)))
    assert _taken(*(_line(_WHOLE.replace('"12.50"', value)) for value in ('"-0.123456789"', "null", "7", f'"{9**30}"')))


@pytest.mark.parametrize(
    "usual",
    [
        _line(_WHOLE.replace("1.5", "0.30000000000000004")),
        _line(_WHOLE.replace("1.5", "-5e-324")),
        _line(_WHOLE.replace("00Z", "00.1234560Z")),
        _line(_WHOLE.replace("[1]", '["550e8400-e29b-41d4-a716-44665544000e-1234"]')),
        _line(_WHOLE.replace("[1]", '["gid://shop/Order/45123456789012345678", "1.2.3.4.5.6.7.8.9.0.1.2.3"]')),
    ],
)
def test_what_only_looks_inexact_is_plain(usual: bytes) -> None:
    assert _taken(usual, _line(_WHOLE))


@pytest.mark.parametrize(
    "odd",
    [
        _line(_WHOLE, ',"version":7'),
        _line(_WHOLE, ',"stream":"others"'),
        _line(_WHOLE, ',"type":"STATE"'),
        _line(_WHOLE.replace('"id":"a",', "")),
        _line(_WHOLE.replace('"n":1', '"n":"1"')),
        _line(_WHOLE.replace('"id":"a"', '"id":null')),
        _line(_WHOLE.replace("1.5", "NaN")),
        _line(_WHOLE.replace("1.5", "1.000000000000000001")),
        _line(_WHOLE.replace("1.5", "0.10000000000000001")),
        _line(_WHOLE.replace("1.5", "-1E-400")),
        _line(_WHOLE.replace("[1]", "[1, 0.1e-400]")),
        _line(_WHOLE.replace("00Z", "00.1234567Z")),
        _line(_WHOLE.replace("12.50", "012.50")),
        _line(_WHOLE.replace("[1]", "[1234567890123456789012]")),
        _line(_WHOLE.replace('"a":[', '"b\\u0000":[')),
        _line(_WHOLE.replace('"a":[', '"\\ud800":[')),
        _line(_WHOLE).replace(b'"a":[', b'"\xff":['),
        _line(_WHOLE).replace(b",", b",\r"),
        _line(_WHOLE, ',"more":"x"}{"type":"RECORD"'),
        _line(_WHOLE[:-1]),
        *(
            _line(_WHOLE.replace("12.50", text))
            for text in ("", "1,2", "1.", ".5", "1e3", "NaN", "+1", " 1", "1\\n", "٣")
        ),
        *(_line(_WHOLE.replace("12.50", text)) for text in ("0.1234567891", "1" * 30, "1,", ",")),
        _line(_WHOLE.replace('"12.50"', "12.50")),
    ],
)
def test_one_odd_line_is_enough_to_look_at_each(odd: bytes) -> None:
    assert not _taken(_line(_WHOLE), odd, _line(_WHOLE))


def test_lines_of_records_that_lack_something_say_what() -> None:
    bare, spaced = _line('{"id":"a"}'), _line(_WHOLE.replace('"n":1,', ""), " ").replace(b"}\n", b"} \n")
    plain = plain_lines(_PLAN, Run("orders", _line(_WHOLE) + bare + spaced, 3), None)
    assert plain is not None
    assert plain.partial
    whole, *lacking = plain.data.splitlines()
    assert whole == _line(_WHOLE).rstrip()
    assert [json.loads(line) for line in lacking] == [
        {**json.loads(bare), "missing": [1, 2, 3, 4, 5, 6]},
        {**json.loads(spaced), "missing": [1, 6]},
    ]


def test_a_decimal_that_is_odd_is_found_in_records_that_lack_something() -> None:
    assert not _taken(_line('{"id":"a"}'), _line('{"id":"b","d":"1e3"}'))
