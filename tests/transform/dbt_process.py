"""`engarde dbt` in a process of its own that has loaded dbt already: half of a small build is loading it.

The processes fork from one that does nothing but import; each has the environment, folder and output it is given.
"""

from __future__ import annotations

import multiprocessing
import os
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path

_CONTEXT = multiprocessing.get_context("forkserver")
_CONTEXT.set_forkserver_preload(
    ["dbt.adapters.duckdb", "dbt.adapters.postgres", "transform.launch", "transform.parsed"]
)


def run(arguments: Sequence[str], folder: Path, environment: Mapping[str, str]) -> tuple[int, str]:
    """Runs `engarde dbt` with the arguments and returns its exit code and what it printed."""
    with tempfile.TemporaryDirectory() as place:
        printed = Path(place) / "printed"
        process = _CONTEXT.Process(target=_become, args=(list(arguments), folder, dict(environment), printed))
        process.start()
        process.join()
        return process.exitcode or 0, printed.read_text()


def _become(arguments: list[str], folder: Path, environment: dict[str, str], printed: Path) -> None:
    output = os.open(printed, os.O_WRONLY | os.O_CREAT, 0o600)
    os.dup2(output, 1)
    os.dup2(output, 2)
    os.chdir(folder)
    os.environ.clear()
    os.environ.update(environment)
    from dbt.adapters.duckdb.connections import DuckDBConnectionManager

    from transform.launch import launch

    try:
        launch(arguments)
    finally:
        # Left to the end of an interpreter, which a fork does not come to; until then rows stand in the log.
        DuckDBConnectionManager.close_all_connections()  # type: ignore[no-untyped-call]
