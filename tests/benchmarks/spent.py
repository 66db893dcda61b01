"""What a command costs in processor seconds, which other work on the machine changes less than the wall clock."""

from __future__ import annotations

import os
import resource
import statistics
import subprocess
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path


def spent(command: Sequence[str | Path], folder: Path, variables: Mapping[str, str]) -> float:
    """The processor seconds of a command and its children; ends the benchmark with its output if it fails."""
    before = _children()
    done = subprocess.run(
        [str(part) for part in command],
        cwd=folder, env={**os.environ, **variables}, capture_output=True, text=True, check=False,
    )  # fmt: skip
    if done.returncode:
        raise SystemExit(done.stdout[-3000:] + done.stderr[-1000:])
    return _children() - before


def by_turns(costs: Mapping[int, Callable[[], float]], runs: int) -> dict[int, tuple[float, float]]:
    """For each size what the first run cost and the median of the later ones, run by turns, so that whatever else
    happens on the machine concerns all sizes alike."""
    found: dict[int, list[float]] = {size: [] for size in costs}
    for _ in range(1 + runs):
        for size, cost in costs.items():
            found[size].append(cost())
    return {size: (first, statistics.median(later)) for size, (first, *later) in found.items()}


def _children() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime
