"""The demo from beginning to end."""

from __future__ import annotations

import time
from datetime import datetime
from pathlib import Path
from typing import Self

from rich.console import Console

from demo import steps, terminal
from demo.failure import StepFailed
from demo.figures import Run, read_figures
from demo.report import write_report
from demo.vendors import Vendors, remembered, vendors
from orchestrate.project import read_project
from orchestrate.warehouse_lock import only_writer


def run_demo(root: Path, seed: int, people: int, console: Console) -> None:
    """Runs every step; raises `StepFailed` with one line at the first that does not work."""
    project, output = read_project(root), root / "output"
    output.mkdir(exist_ok=True)
    warehouse, state = output / "warehouse.duckdb", output / "sandbox.json"
    again = _prepare(output, warehouse, state, (seed, people))
    variables = {"MELTANO_DATABASE_URI": f"sqlite:///{output}/meltano.db"}
    with (
        only_writer(warehouse, console.print),
        vendors(root, state, seed, people) as box,
        _Steps(console) as steps_of,
    ):
        now = _tell_business(box, again, seed, people, console)
        loaded = steps.load(project, variables | box.tap_settings(project), steps_of.begin, steps_of.end)
        steps_of.begin("dbt build")
        built = steps.build(root, warehouse, output / "dbt.log", steps_of.progress)
        steps_of.end("dbt build", f"{built.passed} models and tests passed, {built.warned} warnings")
        box.truth(output / "truth.parquet")
    run = Run(seed, people, datetime.fromisoformat(now), again, loaded, built)
    figures = read_figures(warehouse, output / "truth.parquet", run)
    terminal.show(console, figures)
    report = write_report(figures, output / "report.html")
    console.print(f"\n[bold]{report.relative_to(root)}[/] shows it all; {warehouse.relative_to(root)} holds it.")


def _prepare(output: Path, warehouse: Path, state: Path, asked: tuple[int, int]) -> bool:
    """Whether an earlier demo of the same business is carried on; otherwise what another left is removed."""
    last = remembered(state)
    if warehouse.exists() and last is None:
        msg = f"{warehouse} was not made by the demo, which would overwrite it; move it away first"
        raise StepFailed(msg)
    if last == asked and warehouse.exists():
        return True
    for name in ("warehouse.duckdb", "warehouse.duckdb.wal", "sandbox.json", "meltano.db", "truth.parquet"):
        (output / name).unlink(missing_ok=True)
    return False


def _tell_business(box: Vendors, again: bool, seed: int, people: int, console: Console) -> str:
    before = box.now()
    now = box.advance(days=1) if again else before
    kind = "a day later" if again and now != before else "time stands still at the present" if again else "new"
    console.print(f"[bold]A pretend business[/] of {people:,} people, seed {seed}; its present is {now[:10]} ({kind})")
    return now


class _Steps:
    """Says what runs and for how long, on terminals with a ticking line, and keeps a line for each finished step."""

    def __init__(self, console: Console) -> None:
        self.console = console
        self.status = console.status("")
        self.name, self.since = "", time.monotonic()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_ended: object) -> None:
        self.status.stop()

    def begin(self, name: str) -> None:
        """A step begins."""
        self.name, self.since = name, time.monotonic()
        self.status.update(f"{name} ...")
        self.status.start()
        if not self.console.is_terminal:
            self.console.print(f"  {name} ...")

    def progress(self, text: str) -> None:
        """A step got on."""
        self.status.update(f"{self.name} {text}")

    def end(self, name: str, said: str) -> None:
        """A step is done."""
        self.status.stop()
        self.console.print(f"  [green]done[/] {name:<16}{time.monotonic() - self.since:5.1f} s   [dim]{said}[/]")
