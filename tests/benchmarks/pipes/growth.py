"""`make bench-growth`: what target-duckdb takes for the same keys again in a small and a large table, for a column that
is widened, and for a large record.

By turns; processor time and memory are those of the target alone, its start included.
"""

import json
import statistics
import sys
import tempfile
from collections.abc import Callable, Iterable
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import duckdb
from rich import box
from rich.console import Console
from rich.table import Table

from tests.benchmarks.pipes.measure import Cost, cost
from tests.benchmarks.pipes.orders import SCHEMA, order

SIZES = (100_000, 10_000_000)
ROUNDS = 3
LARGE = 10_000_000
"""Bytes of the large record."""
_PRIME = 7_368_787

Keys = Callable[[int], Iterable[int]]
BATCHES: dict[str, Keys] = {
    f"{count:,} {kind} keys": keys
    for count in (1_000, 70_000)
    for kind, keys in {
        "neighbouring": lambda size, count=count: range(size // 10, size // 10 + count),
        "random": lambda size, count=count: (number * _PRIME % size for number in range(count)),
    }.items()
}
"""What a batch's keys are like -> the keys in a table of so many rows."""


def main() -> None:
    """Prints the medians."""
    table = Table("load", "rows of the table", "CPU s", "RSS MB", box=box.MARKDOWN)
    with tempfile.TemporaryDirectory(prefix="engarde-bench-") as folder:
        places = {size: _filled(Path(folder, str(size)), size) for size in SIZES}
        for name, keys in BATCHES.items():
            files = {size: _lines(place / "batch", map(order, keys(size))) for size, place in places.items()}
            costs: dict[int, list[Cost]] = {size: [] for size in SIZES}
            for _ in range(ROUNDS):
                for size, place in places.items():
                    costs[size].append(_load(place, files[size]))
            for size in SIZES:
                _row(table, name, f"{size:,}", costs[size])
        for size, place in places.items():
            wide = _lines(place / "batch", [{**order(1), "items": 1.5}])
            _row(table, "a column widened", f"{size:,}", [_load(place, wide)])
        large = _lines(Path(folder, "large"), [{**order(1), "note": "x" * LARGE}])
        _row(table, f"a record of {LARGE // 1_000_000} MB", f"{SIZES[0]:,}", [_load(places[SIZES[0]], large)])
    Console(width=120).print(table)


def _row(table: Table, name: str, rows: str, costs: list[Cost]) -> None:
    cpu, memory = statistics.median(each.cpu for each in costs), max(each.memory for each in costs)
    table.add_row(name, rows, f"{cpu:.2f}", f"{memory:.0f}")


def _filled(folder: Path, size: int) -> Path:
    """A folder with a table of orders, keys 0 to `size`, all like the first."""
    folder.mkdir()
    (folder / "config.json").write_text(json.dumps({"path": str(folder / "orders.duckdb")}), encoding="utf-8")
    _load(folder, _lines(folder / "first", [order(0)]))
    # In a process of its own: the peak of memory passes from parent to child.
    fill = get_context("spawn").Process(target=_fill, args=(folder / "orders.duckdb", size))
    fill.start()
    fill.join()
    return folder


def _fill(database: Path, size: int) -> None:
    with duckdb.connect(str(database)) as connection:
        connection.execute("SET enable_progress_bar = false")
        row = "SELECT * REPLACE (printf('ord_%012d', i) AS id) FROM acme.orders, range(1, ?) AS r(i)"
        connection.execute(f"INSERT INTO acme.orders SELECT * EXCLUDE (i) FROM ({row})", [size])


def _lines(file: Path, orders: Iterable[dict[str, Any]]) -> Path:
    schema = {"type": "SCHEMA", "stream": "orders", "platform": "acme", "schema": SCHEMA, "key_properties": ["id"]}
    with file.open("w", encoding="utf-8") as lines:
        lines.write(json.dumps(schema) + "\n")
        for each in orders:
            lines.write(json.dumps({"type": "RECORD", "stream": "orders", "record": each}) + "\n")
        lines.write(json.dumps({"type": "STATE", "value": {}}) + "\n")
    return file


def _load(folder: Path, lines: Path) -> Cost:
    target = Path(sys.executable).parent / "target-duckdb"
    return cost([["cat", lines], [target, "--config", folder / "config.json"]], folder, {})


if __name__ == "__main__":
    main()
