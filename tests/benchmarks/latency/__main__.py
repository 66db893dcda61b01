"""`make bench-latency`: how near a tap comes to the bound of the permitted concurrency where answers are slow."""

import tempfile
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

from rich.console import Console
from rich.table import Table

from tests.benchmarks.latency.slow_vendor import ANSWERS_AFTER, SIZE, serving
from tests.benchmarks.latency.works import AT_ONCE, DAYS, WORKS, Work
from tests.engine.vendor import platform, run


def main() -> None:
    """Prints the seconds of each way to read, its bound, and the share of the bound that was reached."""
    table = Table("answers after 100 ms, 8 at once", "requests", "seconds", "bound", "reached")
    for column in table.columns[1:]:
        column.justify = "right"
    with serving() as address:
        for name, work in WORKS.items():
            seconds, bound = _seconds(work, address), work.rounds * ANSWERS_AFTER
            table.add_row(name, f"{work.requests}", f"{seconds:.2f}", f"{bound:.1f}", f"{bound / seconds:.0%}")
    Console(width=120).print(table)


def _seconds(work: Work, address: str) -> float:
    with tempfile.TemporaryDirectory(prefix="engarde-bench-") as folder:
        tap = platform(Path(folder, "acme"), f"streams:\n{work.streams}")
        since = (datetime.now(UTC) - timedelta(days=DAYS)).date().isoformat()
        begun = time.monotonic()
        told = run(tap, address, max_concurrency=AT_ONCE, start_date=since)
        taken = time.monotonic() - begun
    if told.code or not told.of("RECORD") or len(told.of("RECORD")) < SIZE:
        raise SystemExit("bench: a run failed; its lines are above")
    return taken


if __name__ == "__main__":
    main()
