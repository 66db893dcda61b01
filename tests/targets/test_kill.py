"""kill -9 in the middle of a load, then again from the last state: nothing lost, nothing doubled."""

from __future__ import annotations

import contextlib
import json
import random
import subprocess
from pathlib import Path

import pytest

from tests.targets.singer import joined, record, schema, state
from tests.targets.warehouse import DuckDBWarehouse, PostgresWarehouse, Warehouse

ROWS = 3000
EVERY = 100


def _source(first: int, keys: tuple[str, ...]) -> list[bytes]:
    """What a tap sends that resumes after row `first`: a state each hundred rows."""
    blocks = [joined(schema(keys=keys))]
    for start in range(first, ROWS, EVERY):
        rows = [record(id=str(n), n=n) for n in range(start, start + EVERY)]
        blocks.append(joined(*rows, state(start + EVERY)))
    return blocks


def _killed_run(command: list[str], data: bytes, chance: random.Random) -> bytes:
    """Runs the target and kills it at a byte of the input or shortly after; returns its standard output."""
    process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    assert process.stdin is not None
    try:
        process.stdin.write(data[: chance.randrange(len(data))])
        process.stdin.flush()
        process.wait(timeout=chance.uniform(0.4, 1.6))
    except (subprocess.TimeoutExpired, BrokenPipeError):
        pass
    process.kill()
    assert process.stdout is not None
    out = process.stdout.read()
    with contextlib.suppress(BrokenPipeError):
        process.stdin.close()
    process.wait()
    return out


def _resume_point(out: bytes, before: int) -> int:
    whole = [line for line in out.split(b"\n")[:-1] if line]
    return json.loads(whole[-1])["bookmarks"] if whole else before


def _check(warehouse: Warehouse, folder: Path, keys: tuple[str, ...], seed: int) -> None:
    chance = random.Random(seed)
    command = warehouse.command(folder, batch_size_rows=chance.choice([70, 130, 500]))
    at = 0
    for _ in range(2):
        at = _resume_point(_killed_run(command, b"".join(_source(at, keys)), chance), at)
    result = subprocess.run(command, input=b"".join(_source(at, keys)), capture_output=True, check=True, timeout=240)
    at = _resume_point(result.stdout, at)
    assert at == ROWS
    found = sorted(row["n"] for row in warehouse.rows("shop.orders", ["n"]))
    assert found == list(range(ROWS))


@pytest.mark.parametrize("keys", [("id",), ()], ids=["keyed", "append"])
@pytest.mark.parametrize("seed", range(2))
def test_duckdb_survives_kills(duckdb_file: DuckDBWarehouse, tmp_path: Path, keys: tuple[str, ...], seed: int) -> None:
    _check(duckdb_file, tmp_path, keys, seed)


@pytest.mark.parametrize("keys", [("id",), ()], ids=["keyed", "append"])
@pytest.mark.parametrize("seed", range(2))
def test_postgres_survives_kills(postgres: PostgresWarehouse, tmp_path: Path, keys: tuple[str, ...], seed: int) -> None:
    _check(postgres, tmp_path, keys, seed)
