"""Every file in messages/ is a situation; beside it lies what must be in the warehouse afterwards.

`source` names whose messages have this shape; they are written by hand, `make compat` runs the real ones.
"""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from tests.targets.warehouse import Warehouse

FOLDER = Path(__file__).parent / "messages"
SITUATIONS = sorted(path.stem for path in FOLDER.glob("*.singer"))


def _sorted(rows: list[dict[str, Any]]) -> list[str]:
    return sorted(json.dumps(row, sort_keys=True) for row in rows)


def test_there_are_situations_for_what_matters() -> None:
    assert len(SITUATIONS) >= 38
    assert {path.stem.removesuffix(".expected") for path in FOLDER.glob("*.json")} == set(SITUATIONS)


@pytest.mark.parametrize("batch_size_rows", [1, 1000], ids=["row_by_row", "at_once"])
@pytest.mark.parametrize("situation", SITUATIONS)
def test_situation(warehouse: Warehouse, situation: str, batch_size_rows: int) -> None:
    expected = json.loads((FOLDER / f"{situation}.expected.json").read_text())
    if batch_size_rows == 1 and warehouse.name == "postgres_15":
        pytest.skip("row by row is tried on PostgreSQL 18")
    runs = (FOLDER / f"{situation}.singer").read_bytes().split(b"=== next run ===\n")
    for run in runs:
        outcome = warehouse.load(run.splitlines(), **{"batch_size_rows": batch_size_rows, **expected.get("config", {})})

    if "error" in expected:
        assert outcome.error is not None
        assert re.search(expected["error"], outcome.error)
        assert "SECRET" not in outcome.error
    else:
        assert outcome.error is None
    for table, rows in expected.get("tables", {}).items():
        columns = rows[0] if rows else ["_sdc_extracted_at"]
        assert _sorted(warehouse.rows(table, columns)) == _sorted(rows)
    for table, types in expected.get("types", {}).items():
        found = warehouse.types(table)
        assert {name: str(found[name].kind) for name in types} == types
    if "states" in expected and batch_size_rows > 1:
        assert outcome.states == expected["states"]
    if "committed" in expected:
        assert warehouse.state() == expected["committed"]
    if "state" in expected:
        assert (outcome.states or [None])[-1] == expected["state"]
        assert warehouse.state() == expected["state"]
    for phrase in expected.get("report", []):
        assert any(phrase in line for line in outcome.reports), outcome.reports
    assert "SECRET" not in "".join(outcome.reports)
