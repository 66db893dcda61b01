"""`engarde train-matching`: reads the records that are compared, learns, shows the difference and writes the seed."""

from __future__ import annotations

import csv
import json
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from transform.launch import PROJECT
from transform.warehouse import asking

SEED = PROJECT / "seeds" / "match_weights.csv"
ENGARDE_DBT = Path(sys.executable).with_name("engarde-dbt")
MODEL = "int_identity_comparisons"
COLUMNS = (
    "first_norm",
    "first_as_written",
    "last_norm",
    "birth",
    "email_norm",
    "phone_e164",
    "street",
    "city",
    "postcode",
)
LEAST_RECORDS = 1000
LIMIT = 25.0
"""Bits that one level may weigh at most, for or against: more than that is chance, of very few pairs."""
Weights = dict[tuple[str, str], float]


class TrainingError(Exception):
    """Nothing was learned; the text says why and what to do."""


def train(target: str | None, file: Path, records: int, pairs: int, console: Console) -> None:
    """Learns weights from up to so many records of the warehouse and writes them to the seed's file.

    Raises `TrainingError` and `WarehouseError`, before anything is written.
    """
    try:
        from transform.training.levels import comparisons
        from transform.training.weights import learn
    except ImportError:
        msg = "needs Splink: pip install 'engarde[splink]', or in a clone: uv sync --inexact --extra splink"
        raise TrainingError(msg) from None

    import duckdb

    people = _features(target, records)
    with duckdb.connect() as connection:
        connection.register("people", people)
        connection.execute("CREATE TABLE features AS FROM people")
        learned = learn(connection, comparisons(_compiled(target)), pairs)
    # A file written before a comparison was shipped lacks its rows, and a comparison without weights links nothing.
    before = read(SEED) | (read(file) if file.exists() else {})
    after = before | {key: max(-LIMIT, min(LIMIT, weight)) for key, weight in learned.weights.items()}
    _show(before, learned.weights, after, console)
    for reason in learned.useless:
        console.print(f"Nothing was learned from pairs with the same {reason}")
    write(file, after)
    console.print(
        f"{file} is written, from {people.num_rows} records; levels that too few pairs show keep their weight. "
        "Next: engarde dbt build, which compares all records anew."
    )


def read(file: Path) -> Weights:
    """The weights of the seed, by comparison and level."""
    with file.open(encoding="utf-8", newline="") as lines:
        return {(row["comparison"], row["level"]): float(row["weight"]) for row in csv.DictReader(lines)}


def write(file: Path, weights: Mapping[tuple[str, str], float]) -> None:
    """Writes the seed, each comparison's heaviest level first."""
    rows = sorted(weights.items(), key=lambda item: (item[0][0], -item[1], item[0][1]))
    with file.open("w", encoding="utf-8", newline="") as lines:
        out = csv.writer(lines, lineterminator="\n")
        out.writerow(("comparison", "level", "weight"))
        out.writerows((comparison, level, f"{weight:.2f}") for (comparison, level), weight in rows)


def _features(target: str | None, records: int) -> Any:
    import pyarrow as pa

    # Keys are hashes, so that the first of them are a fair sample.
    columns = ", ".join(("record_key", *COLUMNS))
    query = f"SELECT {columns} FROM staging.int_customer_features ORDER BY record_key LIMIT {records}"  # noqa: S608
    with asking(PROJECT, PROJECT, target) as ask:
        rows = ask(query, ())
    if len(rows) < LEAST_RECORDS:
        msg = f"{len(rows)} records of people are too few to learn from; it takes {LEAST_RECORDS}"
        raise TrainingError(msg)
    names = ("unique_id", *COLUMNS)
    return pa.table({name: pa.array([row[place] for row in rows], pa.string()) for place, name in enumerate(names)})


def _compiled(target: str | None) -> str:
    """The SQL of the model that compares, as dbt makes it for the engine."""
    command = [str(ENGARDE_DBT), "--quiet", "compile", "--select", MODEL, "--output", "json"]
    command += ["--target", target] if target else []
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        msg = f"dbt cannot compile {MODEL}: {done.stdout.strip()[-500:]}"
        raise TrainingError(msg)
    return str(json.loads(done.stdout[done.stdout.index("{") :])["compiled"])


def _show(before: Weights, learned: Weights, after: Weights, console: Console) -> None:
    table = Table("comparison", "level", "before", "after", "difference")
    for key in sorted(after, key=lambda key: (key[0], -after[key])):
        old, new = before.get(key), after[key]
        change = "kept" if key not in learned else "new" if old is None else f"{new - old:+.2f}"
        table.add_row(*key, "" if old is None else f"{old:.2f}", f"{new:.2f}", change)
    console.print(table)
