"""Which platforms Dagster's models are made for: those its jobs load, and those that were ever loaded otherwise."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from orchestrate.project import Job, Project
from transform.launch import connected_platforms, environment
from transform.warehouse import WarehouseError


def connected(project: Project, jobs: Iterable[Job], target: str, warehouse: Path | None) -> list[str]:
    """The platforms that the jobs load and those with raw tables in the warehouse, in order of name.

    While a load has the warehouse to itself, those count that were found last time: nobody's rows go because of it.
    """
    folder = project.root / "transform"
    remembered = project.root / "output" / f"connected-{warehouse.stem if warehouse else target}.txt"
    try:
        with environment({"ENGARDE_DUCKDB_PATH": str(warehouse)} if warehouse else {}):
            found = connected_platforms(folder, folder, target)
        remembered.parent.mkdir(exist_ok=True)
        remembered.write_text("\n".join(found), encoding="utf-8")
    except WarehouseError:
        found = remembered.read_text(encoding="utf-8").split() if remembered.exists() else []
    loaded = {project.platform(task.extractor or "") for job in jobs for task in job.loads}
    return sorted({*found, *loaded})
