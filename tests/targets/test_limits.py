"""Records larger than a database takes: too many columns, rows too wide, keys too long, JSON too deep."""

from __future__ import annotations

import json
import random
import re
from pathlib import Path
from typing import Any

import pytest

from targets.loading.errors import LoadError
from targets.loading.messages import read_line
from tests.targets.singer import INTEGER, TEXT, record, schema
from tests.targets.warehouse import DuckDBWarehouse, PostgresWarehouse, Warehouse

_RULE = re.compile(r"([a-z][^(),]*(?:, [a-z][^(),]*)*) ([\d,]+)[,)]")
OBJECT = {"type": ["object", "array", "null"]}


def _wide(columns: int, kind: dict[str, Any], value: Any) -> list[bytes]:
    """A whole record, and one that mentions two columns only."""
    names = [f"c{number}" for number in range(columns)]
    whole = record(id="whole", **dict.fromkeys(names, value))
    return [schema(id=TEXT, **dict.fromkeys(names, kind)), whole, record(id="partial", c0=value, c999=value)]


def _held(warehouse: Warehouse, columns: int) -> dict[str, dict[str, Any]]:
    """By key: what the columns hold, and `_extra` in their place where they hold nothing."""
    there = [name for name in warehouse.types("shop.orders") if name in {f"c{number}" for number in range(columns)}]
    rows = warehouse.rows("shop.orders", ["id", "_extra", *there])
    return {
        row["id"]: {**{name: row[name] for name in there if row[name] is not None}, **(row["_extra"] or {})}
        for row in rows
    }


def _counted(report: str) -> dict[str, int]:
    return {rule: int(count.replace(",", "")) for rule, count in _RULE.findall(report.partition("changed (")[2])}


@pytest.mark.parametrize(
    ("columns", "kind", "value", "extra", "narrowed"),
    [
        (1500, TEXT, "abc", 0, False),
        (2000, TEXT, "abc", 408, False),
        (1500, INTEGER, 2**40, 0, True),
        (1500, TEXT, "x" * 30, 0, True),
        (1500, {"type": ["boolean", "null"]}, True, 0, False),
    ],
    ids=["fits", "many", "integers", "texts", "booleans"],
)
def test_postgres_keeps_wide_records_whole(
    postgres: PostgresWarehouse, columns: int, kind: dict[str, Any], value: Any, extra: int, narrowed: bool
) -> None:
    lines = _wide(columns, kind, value)
    for _ in range(2):
        outcome = postgres.load(lines)
        assert outcome.error is None
        counted = _counted(outcome.reports[0])
        assert counted.pop("unknown property kept in _extra", 0) == extra
        assert (counted.pop("row too wide, null, original in _extra", 0) > 100) is narrowed
        assert counted == {}
    whole = dict.fromkeys([f"c{number}" for number in range(columns)], value)
    assert _held(postgres, columns) == {"whole": whole, "partial": {"c0": value, "c999": value}}


class _RoomyDuckDB(DuckDBWarehouse):
    def config(self) -> dict[str, Any]:
        return {**super().config(), "memory_limit": "1GB"}


def test_duckdb_takes_1600_columns(tmp_path: Path) -> None:
    warehouse = _RoomyDuckDB(tmp_path / "warehouse.duckdb")
    outcome = warehouse.load(_wide(1600, TEXT, "abc"))
    assert outcome.error is None
    assert _counted(outcome.reports[0]) == {}
    whole = dict.fromkeys([f"c{number}" for number in range(1600)], "abc")
    assert _held(warehouse, 1600) == {"whole": whole, "partial": {"c0": "abc", "c999": "abc"}}


def test_columns_that_the_table_has_keep_their_values_when_many_more_come(postgres: PostgresWarehouse) -> None:
    assert postgres.load([schema(id=TEXT, zz=TEXT), record(id="a", zz="before")]).error is None
    names = [f"c{number}" for number in range(1700)]
    lines = [schema(id=TEXT, **dict.fromkeys(names, TEXT), zz=TEXT), record(id="b", zz="after", c1699="last")]
    assert postgres.load(lines).error is None
    assert postgres.rows("shop.orders", ["id", "zz", "_extra"]) == [
        {"id": "a", "zz": "before", "_extra": None},
        {"id": "b", "zz": "after", "_extra": {"c1699": "last"}},
    ]
    assert len(postgres.types("shop.orders")) == 1600


def test_a_row_that_partial_records_make_too_wide_is_refused_in_one_line(postgres: PostgresWarehouse) -> None:
    names = [f"c{number}" for number in range(1500)]
    declared = schema(id=TEXT, **dict.fromkeys(names, INTEGER))
    first, second = (dict.fromkeys(half, 2**40) for half in (names[:800], names[800:]))
    assert postgres.load([declared, record(id="a", **first)]).error is None
    error = postgres.load([declared, record(id="a", **second)]).error
    assert error is not None
    assert "no place for so many values in one row" in error
    assert _held(postgres, 1500) == {"a": first}


@pytest.mark.parametrize("length", [3000, 9000])
def test_a_long_key_is_a_key_or_refused_in_one_line(warehouse: Warehouse, length: int) -> None:
    key = random.Random(length).randbytes(length // 2).hex()
    lines = [schema(id=TEXT, n=INTEGER), record(id=key, n=1), record(id=key, n=2)]
    error = warehouse.load(lines).error
    if isinstance(warehouse, DuckDBWarehouse):
        assert error is None
        assert warehouse.rows("shop.orders", ["id", "n"]) == [{"id": key, "n": 2}]
        return
    assert error is not None
    assert 'a key of "shop"."orders" is longer than its index takes' in error
    assert key[:50] not in error
    assert warehouse.rows("shop.orders", ["id"]) == []
    assert warehouse.load(lines, load_method="append-only").error is None
    assert len(warehouse.rows("shop.orders", ["id"])) == 2


@pytest.mark.parametrize(("begin", "end"), [(b"[", b"]"), (b'{"a":', b"}")], ids=["arrays", "objects"])
@pytest.mark.parametrize(("levels", "cut"), [(400, 0), (3000, 1), (100_000, 1)])
def test_deep_json_is_kept(warehouse: Warehouse, begin: bytes, end: bytes, levels: int, cut: int) -> None:
    deep = begin * levels + b"1" + end * levels
    plain = record(id="a", j=[0]).replace(b"[0]", b'["]", ' + deep + b"]")
    outcome = warehouse.load([schema(id=TEXT, j=OBJECT), plain])
    assert outcome.error is None
    assert _counted(outcome.reports[0]) == ({"nested too deeply, as text": cut} if cut else {})
    (held,) = warehouse.query("SELECT CAST(j AS text) FROM shop.orders")[0]
    assert held.replace("\\", "").replace('"', "").replace(" ", "") == plain_text(deep)


def plain_text(deep: bytes) -> str:
    """How the column reads once quotes and spaces are gone: the text of the deep part is its JSON."""
    return ("[]," + deep.decode() + "]").replace('"', "")


def test_what_lies_below_the_deepest_level_is_its_own_text() -> None:
    deep = b'{"a":["\\"]",' * 700 + b"1" + b"]}" * 700
    line = read_line(b'{"type":"RECORD","stream":"s","record":' + b"[" * 3000 + deep + b"]" * 3000 + b"}", 1)
    part: Any = json.loads(line.data)["record"] if line.changes else None
    while isinstance(part, list):
        (part,) = part
    assert part == (b"[" * 2501 + deep + b"]" * 2501).decode()


def test_a_deep_state_is_refused_not_changed() -> None:
    with pytest.raises(LoadError, match="nested deeper than about 2,000 levels"):
        read_line(b'{"type":"STATE","value":' + b"[" * 3000 + b"]" * 3000 + b"}", 1)


def test_a_number_beyond_jsonb_in_extra_is_a_text_there(warehouse: Warehouse) -> None:
    number = {"type": ["number", "null"]}
    line = record(id="a", d=0, unknown=0).replace(b": 0", b": 1e200000")
    assert warehouse.load([schema(id=TEXT, d=number), line]).error is None
    (held,) = warehouse.query("SELECT CAST(_extra AS text) FROM shop.orders")[0]
    wanted = "1e200000" if isinstance(warehouse, DuckDBWarehouse) else '"1e200000"'
    assert held.replace(" ", "") == f'{{"d":{wanted},"unknown":{wanted}}}'
