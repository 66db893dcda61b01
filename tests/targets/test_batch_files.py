"""BATCH messages: files of one folder, all or nothing."""

from __future__ import annotations

import gzip
import json
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from tests.targets.singer import schema, state
from tests.targets.warehouse import DuckDBWarehouse

ROWS = [{"id": "a", "n": 1}, {"id": "b", "n": 2}]


def _message(*files: str, style: str = "jsonl", compression: str = "none") -> bytes:
    encoding = {"format": style, "compression": compression}
    return json.dumps({"type": "BATCH", "stream": "orders", "encoding": encoding, "manifest": list(files)}).encode()


@pytest.mark.parametrize(("style", "compression"), [("jsonl", "none"), ("jsonl", "gzip"), ("parquet", "none")])
def test_files_are_loaded(duckdb_file: DuckDBWarehouse, tmp_path: Path, style: str, compression: str) -> None:
    file = tmp_path / "batch"
    lines = "".join(json.dumps(row) + "\n" for row in ROWS).encode()
    if style == "parquet":
        pq.write_table(pa.Table.from_pylist(ROWS), file)
    else:
        file.write_bytes(gzip.compress(lines) if compression == "gzip" else lines)
    message = _message(f"file://{file}", style=style, compression=compression)
    outcome = duckdb_file.load([schema(), message, state(1)], batch_root=str(tmp_path))
    assert outcome.error is None
    assert outcome.states == [{"bookmarks": 1}]
    assert sorted(row["n"] for row in duckdb_file.rows("shop.orders", ["n"])) == [1, 2]


@pytest.mark.parametrize(
    ("name", "phrase"),
    [
        ("{root}/absent", "absent is missing"),
        ("file:///etc/passwd", "outside"),
        ("{root}/../../etc/passwd", "outside"),
        ("s3://bucket/file", "from this machine only"),
    ],
)
def test_files_elsewhere_or_missing_stop_the_run(
    duckdb_file: DuckDBWarehouse, tmp_path: Path, name: str, phrase: str
) -> None:
    message = _message(name.format(root=tmp_path))
    outcome = duckdb_file.load([schema(), message, state(1)], batch_root=str(tmp_path))
    assert outcome.error is not None
    assert phrase in outcome.error
    assert outcome.states == []
    assert duckdb_file.state() is None
