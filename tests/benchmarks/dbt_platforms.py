"""`make bench-dbt`: what the number of platforms in the project costs those who use six of them.

Makes two projects in a temporary folder, one of six platforms and one of 220, out of copies of real platforms under
other names, and builds the same six in both on an empty DuckDB file.
"""

from __future__ import annotations

import argparse
import shutil
import sys
import tempfile
from collections.abc import Sequence
from functools import partial
from pathlib import Path

from tests.benchmarks.spent import by_turns, spent
from transform.launch import PROJECT

PARTS = (Path("models", "staging"), Path("macros", "staging"))
ENGARDE_DBT = Path(sys.executable).with_name("engarde-dbt")
DBT = Path(sys.executable).with_name("dbt")


def synthesise(folder: Path, count: int) -> list[str]:
    """Makes a dbt project of `count` platforms, copied from those there are; returns their names."""

    def no_platforms(path: str, names: list[str]) -> list[str]:
        return [*shutil.ignore_patterns("target", "logs", "__pycache__")(path, names),
                *(names if Path(path).relative_to(PROJECT) in PARTS else [])]  # fmt: skip

    shutil.copytree(PROJECT, folder, ignore=no_platforms)
    models = sorted(path.name for path in (PROJECT / PARTS[0]).iterdir() if any(path.glob("stg_*.sql")))
    names = []
    for number in range(count):
        original = models[number % len(models)]
        names.append(f"copy_{number:03}")
        for part in PARTS:
            _copy_as(PROJECT / part / original, folder / part / names[-1], original, names[-1])
    return names


def _copy_as(source: Path, target: Path, name: str, other: str) -> None:
    target.mkdir(parents=True, exist_ok=True)
    for file in source.iterdir() if source.is_dir() else ():
        text = file.read_text(encoding="utf-8").replace(name, other)
        (target / file.name.replace(name, other)).write_text(text, encoding="utf-8")


def main() -> None:
    """Prints processor seconds and ratios, the first run (nothing parsed yet) and the median of the later ones."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--platforms", type=int, default=220)
    options.add_argument("--connected", type=int, default=6)
    options.add_argument("--runs", type=int, default=3)
    given = options.parse_args()
    few, many = given.connected, given.platforms
    with tempfile.TemporaryDirectory(prefix="engarde-bench-") as place:
        projects = {count: Path(place) / f"of_{count}" for count in (few, many)}
        names = {count: synthesise(project, count) for count, project in projects.items()}[few]
        costs = {count: partial(build, project, names) for count, project in projects.items()}
        found = by_turns(costs, given.runs)
        for count, (first, later) in found.items():
            sys.stdout.write(f"{few} connected of {count}: {first:.1f} s, later {later:.1f} s\n")
        first, later = (found[many][time] / found[few][time] for time in (0, 1))
        sys.stdout.write(f"ratio: {first:.2f}, later {later:.2f}\n")
        whole = spent([DBT, "parse"], projects[many], {"DBT_PROFILES_DIR": str(projects[many])})
        sys.stdout.write(f"dbt by itself only parses all {many} platforms in {whole:.1f} s\n")


def build(project: Path, connected: Sequence[str]) -> float:
    """What `engarde dbt build` of the connected platforms costs."""
    variables = {"DBT_PROJECT_DIR": str(project), "ENGARDE_CONNECTED": ",".join(connected)}
    variables["ENGARDE_DUCKDB_PATH"] = str(project.with_suffix(".duckdb"))
    return spent([ENGARDE_DBT, "build"], project, variables)


if __name__ == "__main__":
    main()
