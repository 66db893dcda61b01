"""`make score`: precision, recall and F1 on data with known truth, beside what the best known systems reach.

PEOPLE, PAYMENTS and PRODUCTS in the environment name a user's own files (two with a comma between), which are then
scored instead; DATASETS says where the sets of the design lie, COUNTRY in which country
people's phone numbers are read, and VARS (JSON) sets variables of dbt otherwise than the project does.
"""

from __future__ import annotations

import os
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

from rich.console import Console
from rich.table import Table

from transform.launch import PROJECT
from transform.scoring import payments, people, products, sandbox
from transform.scoring.builds import BuildError
from transform.scoring.cases import Case

OWN: dict[str, Callable[[tuple[Path, ...]], Case]] = {
    "PEOPLE": people.own,
    "PAYMENTS": payments.own,
    "PRODUCTS": products.own,
}
"""Environment variable -> the case made of the files it names."""
SETS = (people.cases, payments.cases, products.cases, sandbox.cases)
"""What makes the cases of the design, given the folder of the data sets."""


def chosen() -> list[Case]:
    """The user's own files if any are named, else the sets of the design."""
    named = [
        make(tuple(Path(file) for file in os.environ[kind].split(",")))
        for kind, make in OWN.items()
        if os.environ.get(kind)
    ]
    datasets = Path(os.environ.get("DATASETS") or PROJECT.parents[1] / "shared" / "datasets")
    return named or [case for sets in SETS for case in sets(datasets)]


def main() -> int:
    """Prints the table; 1 if dbt fails or a file that the user named is missing."""
    table = Table("set", "of", "precision", "recall", "F1", "best known F1", "seconds", "MB")
    skipped, failed = [], False
    for case in chosen():
        if case.missing:
            why = f"there is no {', '.join(map(str, case.missing))}"
            skipped.append(f"{case.name}: skipped, {why}; {case.remedy}" if case.remedy else f"{case.name}: {why}")
            failed = failed or not case.remedy
            continue
        with tempfile.TemporaryDirectory() as folder:
            try:
                result = case.run(case.files, Path(folder))
            except BuildError as error:
                sys.stderr.write(f"score: {case.name}: {error}\n")
                return 1
        first = True
        for counted, score in result.scores.items():
            measured = (
                (case.reference, _shown(result.seconds, 1), _shown(result.megabytes, 0)) if first else ("", "", "")
            )
            table.add_row(
                case.name if first else "",
                counted,
                f"{score.precision:.4f}",
                f"{score.recall:.4f}",
                f"{score.f1:.4f}",
                *measured,
            )
            first = False
    Console(width=140).print(table)
    for line in skipped:
        sys.stderr.write(f"{line}\n")
    return int(failed)


def _shown(number: float | None, places: int) -> str:
    return "" if number is None else f"{number:.{places}f}"


if __name__ == "__main__":
    raise SystemExit(main())
