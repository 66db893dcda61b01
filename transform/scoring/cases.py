"""What is scored: a set of files with known truth, what the best known systems reach on it, and what we reach."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Score:
    """How many links were right, made, and there to be made."""

    right: int
    made: int
    wanted: int

    @property
    def precision(self) -> float:
        """Share of the links made that are right; 1 if none was made."""
        return self.right / self.made if self.made else 1.0

    @property
    def recall(self) -> float:
        """Share of the links to be made that were made; 1 if there are none."""
        return self.right / self.wanted if self.wanted else 1.0

    @property
    def f1(self) -> float:
        """Harmonic mean of precision and recall."""
        total = self.precision + self.recall
        return 2 * self.precision * self.recall / total if total else 0.0


@dataclass(frozen=True)
class Result:
    """Scores by what they count, and wall seconds and peak memory (MB) of the dbt run if there was one."""

    scores: dict[str, Score]
    seconds: float | None = None
    megabytes: float | None = None


OF_THE_DESIGN = "DATASETS=folder says where the sets are"


@dataclass(frozen=True)
class Case:
    """A set of files and how to score it; `run` gets the files and an empty folder to work in."""

    name: str
    files: tuple[Path, ...]
    reference: str
    """F1 of pairs of the best known system on these files; empty where none is known."""
    run: Callable[[tuple[Path, ...], Path], Result]
    remedy: str = ""
    """What to do where files are missing; empty for a user's own, which have to be there."""

    @property
    def missing(self) -> list[Path]:
        """The files that are not there."""
        return [file for file in self.files if not file.exists()]
