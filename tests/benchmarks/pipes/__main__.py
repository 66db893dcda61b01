"""`make bench`: what it costs to bring orders from an HTTP server into DuckDB and Postgres, ours, peers and floors.

All take turns, so that whatever else the machine does concerns all alike. Quote ratios: times wander.
"""

import argparse
import statistics
import tempfile
from contextlib import ExitStack
from pathlib import Path

from rich.console import Console
from rich.progress import track

from tests.benchmarks.pipes import orders, server, tables
from tests.benchmarks.pipes.contenders import CONTENDERS, PEERS, Place
from tests.benchmarks.pipes.measure import Cost, cost
from tests.postgres import fresh_database, system_server

ROOT = Path(__file__).parents[3]
LOADS = ("first", "second")
_ENVIRONMENT = {"PYTHONPATH": str(ROOT), "PYTHONDONTWRITEBYTECODE": "", "RUNTIME__DLTHUB_TELEMETRY": "false"}


def main() -> None:
    """Prints medians and ratios."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--records", type=int, default=100_000)
    options.add_argument("--rounds", type=int, default=3)
    options.add_argument("--only", default="", help="parts of contenders' names, joined by commas")
    given = options.parse_args()
    parts = [part.strip().lower() for part in given.only.split(",") if part.strip()]
    chosen = [name for name in CONTENDERS if not parts or any(part in name.lower() for part in parts)]
    console = Console(width=140)
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="engarde-bench-")))
        work = orders.write(PEERS, given.records)
        port = stack.enter_context(server.serving(work / "pages"))
        socket = stack.enter_context(system_server()) if any("ostgres" in name for name in chosen) else ""
        console.print(f"{given.records:,} records, {server.pages_per_second(port):,.0f} pages/s from the server")
        costs: dict[tuple[str, str], list[Cost]] = {}
        turns = [(name, number) for number in range(given.rounds) for name in chosen]
        for name, number in track(turns, console=console, description="rounds", transient=True):
            own = folder / f"{number}-{chosen.index(name)}"
            own.mkdir()
            database = stack.enter_context(fresh_database(socket, own.name)) if "ostgres" in name else ""
            place = Place(f"http://127.0.0.1:{port}", work / "orders.jsonl", own, socket, database)
            for load in LOADS[: 1 if name.endswith("alone") else 2]:
                costs.setdefault((name, load), []).append(cost(CONTENDERS[name](place), own, _ENVIRONMENT))
    medians = {key: _median(each) for key, each in costs.items()}
    console.print(tables.costs(medians, given.records), tables.ratios(medians))


def _median(costs: list[Cost]) -> Cost:
    parts = zip(*(each.parts for each in costs), strict=True)
    return Cost(
        statistics.median(each.wall for each in costs),
        statistics.median(each.cpu for each in costs),
        statistics.median(each.memory for each in costs),
        tuple(statistics.median(part) for part in parts),
    )


if __name__ == "__main__":
    main()
