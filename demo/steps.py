"""The steps of the main job: load with Meltano, build with dbt."""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from demo.failure import StepFailed
from orchestrate.meltano_run import Loaded, LogLine, process_group, run_meltano
from orchestrate.project import Project

_PLACE = re.compile(r"(?P<at>\d+) of (?P<all>\d+) ")
_DONE = re.compile(r"Done\. PASS=(?P<passed>\d+) WARN=(?P<warned>\d+) ERROR=(?P<failed>\d+)")


@dataclass(frozen=True)
class Built:
    """What dbt did."""

    passed: int
    warned: int


def load(
    project: Project, variables: Mapping[str, str], start: Callable[[str], None], done: Callable[[str, str], None]
) -> dict[str, Loaded]:
    """Runs all taps of the job demo-to-duckdb in one `meltano run`; raises `StepFailed` at the first that fails."""
    taps = [plugin for task in project.jobs["demo-to-duckdb"].loads for plugin in task.plugins]
    told = _Telling(start, done)
    outcome = run_meltano(project.root, "sandbox", taps, told.hear, variables)
    if outcome.code:
        msg = f"{told.tap or 'meltano'} failed: {outcome.reason}"
        raise StepFailed(msg)
    told.finish()
    return outcome.tables


class _Telling:
    """Tells of taps as Meltano's log speaks of them."""

    def __init__(self, start: Callable[[str], None], done: Callable[[str, str], None]) -> None:
        self.start, self.done = start, done
        self.tap: str | None = None
        self.said = ""

    def hear(self, line: LogLine) -> None:
        if line.plugin and line.plugin.startswith("tap-"):
            if line.plugin != self.tap:
                self.finish()
                self.tap, self.said = line.plugin, ""
                self.start(line.plugin)
            if line.text.startswith(("done: ", "partial: ")):
                self.said = line.text.split(": ", 1)[1]

    def finish(self) -> None:
        if self.tap:
            self.done(self.tap, self.said)


def build(root: Path, warehouse: Path, log: Path, tell: Callable[[str], None]) -> Built:
    """Runs `dbt build` on the DuckDB file, its output kept in `log`; raises `StepFailed` naming what failed first."""
    dbt = Path(sys.executable).with_name("engarde-dbt")
    command = [str(dbt), "build", "--project-dir", str(root / "transform"), "--target", "duckdb"]
    first_failure, counted = "", None
    with (
        log.open("w", encoding="utf-8") as kept,
        process_group(command, root, {"ENGARDE_DUCKDB_PATH": str(warehouse), "NO_COLOR": "1"}) as process,
    ):
        assert process.stdout is not None
        for line in process.stdout:
            kept.write(line)
            if place := _PLACE.search(line):
                tell(f"{place['at']} of {place['all']}")
            if not first_failure and (" ERROR " in line or "FAIL " in line or "Error" in line):
                first_failure = line.split("  ", 1)[-1].strip()
            counted = _DONE.search(line) or counted
    if process.returncode or counted is None:
        msg = f"dbt build failed: {first_failure or 'no reason given'} (all of it in {log})"
        raise StepFailed(msg)
    return Built(int(counted["passed"]), int(counted["warned"]))
