"""`python -m demo`: runs the main job on a pretend business and reports what came out."""

from __future__ import annotations

import os
import signal
import sys
import time
from pathlib import Path
from typing import Annotated, NoReturn

import typer
from rich.console import Console

from demo.failure import StepFailed
from demo.run import run_demo
from orchestrate.project import ROOT, ProjectError

console = Console(highlight=False)


def demo(
    seed: Annotated[int, typer.Option(help="Another seed, another business.")] = 7,
    people: Annotated[int, typer.Option(min=10, help="How many people the business knows.")] = 2000,
    root: Annotated[Path, typer.Option(help="The project's folder.")] = ROOT,
) -> None:
    """Extracts four pretend platforms into output/warehouse.duckdb, reconciles them and writes output/report.html."""
    signal.signal(signal.SIGTERM, _interrupted)
    started = time.monotonic()
    try:
        run_demo(root.resolve(), seed, people, console)
    except (StepFailed, ProjectError) as error:
        console.print(f"[bold red]demo:[/] {error}", soft_wrap=True)
        sys.exit(1)
    except KeyboardInterrupt:
        console.print("[yellow]demo: stopped, and everything it had started[/]")
        sys.exit(130)
    console.print(f"[dim]{time.monotonic() - started:.0f} seconds in all[/]")


def _interrupted(_number: int, _frame: object) -> NoReturn:
    raise KeyboardInterrupt


if __name__ == "__main__":
    # Meltano's and dbt's bytecode is worth keeping even where the shell says otherwise.
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    typer.run(demo)
