"""`make bench-reconcile`: what it costs to identify invented customers, and to match invented orders with payments:
in full, after 1 % changed, and again.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import duckdb

from tests.benchmarks import sales
from tests.benchmarks.built import Run, Warehouse, warehouse
from transform.scoring.population import populate

PEOPLE = """
    SELECT unique_id::text AS id, platform, first_name, last_name, try_cast(dob AS date) AS dob, email, phone, street,
        suburb, postcode, NULL::text AS state
    FROM population
"""
# Of a thousand records six change (a moved house, a new telephone), two vanish and two are new.
LATER = f"""
    SELECT * REPLACE (CASE WHEN id::bigint % 1000 < 3 THEN '7 new road' ELSE street END AS street,
        CASE WHEN id::bigint % 1000 BETWEEN 3 AND 5 THEN '07' || lpad(id, 9, '5') ELSE phone END AS phone)
    FROM ({PEOPLE}) WHERE hash(id) % 1000 >= 2
"""
FIRST = f"SELECT * FROM ({PEOPLE}) WHERE hash(id, 'new') % 1000 >= 2"
KEYS = "SELECT record_key, customer_key FROM unified.customer_identities WHERE is_current ORDER BY 1"


@dataclass(frozen=True)
class Work:
    """What is measured: models, the settings they are built with, and the raw tables before and after the change."""

    settings: dict[str, str]
    models: Sequence[str]
    first: Callable[[Warehouse, duckdb.DuckDBPyConnection, int, int], None]
    later: Callable[[Warehouse, duckdb.DuckDBPyConnection, int, int], None]


def _first_people(made: Warehouse, source: duckdb.DuckDBPyConnection, size: int, seed: int) -> None:
    populate(source, size, seed)
    made.load(source, {"people.records": FIRST})


def _later_people(made: Warehouse, source: duckdb.DuckDBPyConnection, _size: int, _seed: int) -> None:
    made.load(source, {"people.records": LATER})


def _first_sales(made: Warehouse, source: duckdb.DuckDBPyConnection, size: int, seed: int) -> None:
    sales.invent(source, size, seed)
    sales.sell(source, size, seed, later=False)
    made.load(source, sales.TABLES)


def _later_sales(made: Warehouse, source: duckdb.DuckDBPyConnection, size: int, seed: int) -> None:
    sales.sell(source, size, seed, later=True)
    made.load(source, sales.TABLES)


WORK = {
    "customers": Work(
        {"ENGARDE_STAGING": "scoring", "ENGARDE_CONNECTED": "people"},
        ["+customer_identities"], _first_people, _later_people,
    ),
    "orders": Work(
        {"ENGARDE_CONNECTED": "shopify,stripe"},
        [f"+{table}" for table in ("reconciliation_results", "payouts", "customers", "customer_conflicts")],
        _first_sales, _later_sales,
    ),
}  # fmt: skip


def main() -> None:
    """Prints seconds of each model and the ratios."""
    options = argparse.ArgumentParser(description=__doc__)
    for what in WORK:
        options.add_argument(f"--{what}", type=int, nargs="*", default=[])
    options.add_argument("--engines", nargs="+", default=["duckdb", "postgres"])
    options.add_argument("--seed", type=int, default=1)
    given = options.parse_args()
    for engine in given.engines:
        for what, work in WORK.items():
            for size in getattr(given, what):
                with tempfile.TemporaryDirectory(prefix="engarde-bench-") as place:
                    folder = Path(place)
                    with warehouse(engine, folder, work.settings) as made:
                        measure(made, f"{engine}, {size:,} {what}", work, size, given.seed)


def measure(made: Warehouse, title: str, work: Work, size: int, seed: int) -> None:
    """A full build, an increment and a rerun."""
    with duckdb.connect(str(made.folder / "invented.duckdb")) as source:
        work.first(made, source, size, seed)
        made.dbt("seed")
        arguments = (
            "--threads", "1", "--resource-type", "model", "--resource-type", "snapshot",
            "--select", *work.models, "--vars", json.dumps({"default_country": "GB"}),
        )  # fmt: skip
        full = made.dbt("build", *arguments)
        work.later(made, source, size, seed)
    part = made.dbt("build", *arguments)
    before = made.rows(KEYS)
    again = made.dbt("build", *arguments)
    changed = len(set(before) ^ set(made.rows(KEYS)))
    sys.stdout.write(f"{title}\n{_table(full, part, again)}")
    sys.stdout.write(
        f"an increment costs {part.total / full.total:.1%} of a full run; keys changed by a rerun: {changed}; "
        f"dbt's process: {full.processor:.0f}, {part.processor:.0f}, {again.processor:.0f} processor seconds, "
        f"at most {full.megabytes:.0f} MB\n\n"
    )
    sys.stdout.flush()


def _table(*runs: Run) -> str:
    lines = [f"{'model':<32}{'full':>8}{'1 %':>8}{'again':>8}"]
    rows = [(model, [run.seconds.get(model, 0) for run in runs]) for model in runs[0].seconds]
    rows += [(f"in {folder}/", [run.by_folder.get(folder, 0) for run in runs]) for folder in runs[0].by_folder]
    rows += [("all", [run.total for run in runs])]
    lines += [f"{name:<32}" + "".join(f"{seconds:8.2f}" for seconds in each) for name, each in rows]
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    main()
