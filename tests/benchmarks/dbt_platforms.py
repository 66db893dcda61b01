"""`make bench-dbt`: what the number of platforms in the project costs those who use six of them.

Makes two projects in a temporary folder, one of six platforms and one of 220, out of copies of real platforms under
other names, and builds the same six in both on an empty DuckDB file.
"""

from __future__ import annotations

import argparse
import os
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

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


def seconds(project: Path, *arguments: str, program: Path = ENGARDE_DBT, connected: Sequence[str] = ()) -> float:
    """The processor seconds of a dbt command, which other work on the machine does not change; fails if it does."""
    variables = {"DBT_PROJECT_DIR": str(project), "DBT_PROFILES_DIR": str(project)}
    variables["ENGARDE_DUCKDB_PATH"] = str(project.with_suffix(".duckdb"))
    if connected:
        variables["ENGARDE_CONNECTED"] = ",".join(connected)
    begun = _spent()
    done = subprocess.run(
        [str(program), *arguments], env={**os.environ, **variables}, capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise SystemExit(done.stdout[-3000:] + done.stderr[-1000:])
    return _spent() - begun


def _spent() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def main() -> None:
    """Prints processor seconds and ratios, the first run (nothing parsed yet) and the median of the later ones."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--platforms", type=int, default=220)
    options.add_argument("--connected", type=int, default=6)
    options.add_argument("--runs", type=int, default=3)
    given = options.parse_args()
    with tempfile.TemporaryDirectory(prefix="engarde-bench-") as place:
        projects = {count: Path(place) / f"of_{count}" for count in (given.connected, given.platforms)}
        names = {count: synthesise(project, count) for count, project in projects.items()}[given.connected]
        spent: dict[int, list[float]] = {count: [] for count in projects}
        for _ in range(1 + given.runs):  # by turns, so that whatever else happens meanwhile concerns both
            for count, project in projects.items():
                spent[count].append(seconds(project, "build", connected=names))
        (few, few_later), (many, many_later) = ((first, statistics.median(later)) for first, *later in spent.values())
        for count, (first, *later) in spent.items():
            _say(f"{given.connected} connected of {count}: {first:.1f} s, later {statistics.median(later):.1f} s")
        _say(f"ratio: {many / few:.2f}, later {many_later / few_later:.2f}")
        whole = seconds(projects[given.platforms], "parse", program=DBT)
        _say(f"dbt by itself only parses all {given.platforms} platforms in {whole:.1f} s")


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")


if __name__ == "__main__":
    main()
