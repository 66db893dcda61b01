"""Every value of the corpus is held as it was sent, or changed by the one rule that the corpus names, and counted."""

from __future__ import annotations

import re
from contextlib import closing
from pathlib import Path

import pytest

from targets.loading.names import quoted
from targets.loading.narrow import TOO_WIDE
from targets.loading.repair import TOO_DEEP
from targets.loading.store import Store
from tests.targets import corpus
from tests.targets.corpus import Case
from tests.targets.singer import record, schema
from tests.targets.warehouse import DuckDBWarehouse, Warehouse

LIMITS = {10: TOO_DEEP, 11: "unknown property kept in _extra", 12: TOO_WIDE}
"""The rules for records too large for the corpus; test_limits.py makes them."""
_REPORT = re.compile(r"corpus\.(\S+): \d+ records(?:.* values changed \((.*)\))?")


def test_the_corpus_is_large_enough() -> None:
    assert sum(len(case.sent) for case in corpus.cases("duckdb")) >= 300


def test_readers_are_told_every_rule() -> None:
    page = (Path(__file__).parents[2] / "docs" / "targets.md").read_text()
    rows = {int(row[1]): row[0] for row in re.finditer(r"^\| (\d+) \|.*$", page, re.MULTILINE)}
    rules = corpus.read()["rules"]
    assert rows.keys() == rules.keys() | set(LIMITS)
    assert [rule for number, rule in LIMITS.items() if rule not in rows[number]] == []
    assert [rule for number, rule in rules.items() if not all(part in rows[number] for part in rule.split("{}"))] == []


@pytest.mark.parametrize("way", ["plain", *(pytest.param(way, marks=pytest.mark.slow) for way in ("careful", "batch"))])
def test_no_value_is_lost(warehouse: Warehouse, way: str, tmp_path: Path) -> None:
    if warehouse.name == "postgres_15" and way != "plain":
        pytest.skip("PostgreSQL 15 is tried by plain lines")
    cases = corpus.cases(_target(warehouse))
    lines = b"\n".join(corpus.singer(cases, way, tmp_path))
    result = warehouse.run(tmp_path, lines, batch_size_bytes=20_000, batch_root=str(tmp_path))
    assert result.returncode == 0, result.stderr.decode()[:2000]
    reports = dict(_REPORT.findall(result.stderr.decode()))
    with closing(warehouse.open(warehouse.settings.model_validate(warehouse.config()))) as store:
        wrong = [said for case in cases for said in _differences(store, case, reports[case.stream])]
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("whole", [True, False], ids=["plain", "careful"])
def test_every_name_has_its_column(warehouse: Warehouse, whole: bool, tmp_path: Path) -> None:
    tables = corpus.named(_target(warehouse))
    lines = b"\n".join(line for table in tables for line in table.lines(whole=whole))
    result = warehouse.run(tmp_path, lines)
    again = warehouse.run(tmp_path, lines)
    assert [result.returncode, again.returncode] == [0, 0], result.stderr.decode()[:2000]
    assert b"changed" not in result.stderr + again.stderr
    for table in tables:
        rows = warehouse.rows(f"corpus.{table.stream}", ["id", *table.columns.values()])
        assert rows == [{"id": "1", **{table.columns[name]: value for name, value in table.values.items()}}]


def test_keys_that_look_alike_are_rows_of_their_own(warehouse: Warehouse) -> None:
    for number, keys in enumerate(corpus.read()["keys"]):
        lines = [schema(f"keys_{number}", id={"type": "string"}), *[record(f"keys_{number}", id=key) for key in keys]]
        assert warehouse.load(lines).error is None
        assert warehouse.load(lines).error is None
        assert sorted(row["id"] for row in warehouse.rows(f"shop.keys_{number}", ["id"])) == sorted(keys)


def _target(warehouse: Warehouse) -> str:
    return "duckdb" if isinstance(warehouse, DuckDBWarehouse) else "postgres"


def _differences(store: Store, case: Case, report: str) -> list[str]:
    where = f"{case.stream}: {b', '.join(case.sent)[:60]!r}:"
    kind = store.table_columns("corpus", case.stream)["v"].kind
    rows = store.query(
        f"SELECT {'CAST(v AS text)' if kind == 'json' else 'v'}, CAST(_extra AS text) "
        f"FROM corpus.{quoted(case.stream)} WHERE id LIKE 'v%' ORDER BY id"
    )
    same = corpus.equal_json if kind == "json" else corpus.equal
    held = zip([value for value, _ in rows], case.held, strict=True)
    wrong = [f"{where} held {value!r:.60}" for value, wanted in held if not same(value, wanted)]
    wrong += [f"{where} _extra {extra!r:.60}" for _, extra in rows if not corpus.equal_json(extra, case.kept)]
    wanted = "" if case.change is None else f"{case.change} {case.times}"
    wrong += [f"{where} counted {report!r}"] * (report != wanted)
    return wrong + [f"{where} column is {kind}"] * (case.wide not in (None, kind))
