"""dbt in this process, whose memory of what it parsed serves every warehouse of one name.

dbt parses anew where anything of the connection changes, for models may read it. Ours read the names of database and
schema and the kind of engine alone, so that a thousand tenants' files `warehouse.duckdb` need one parse, which is most
of a small build.
https://docs.getdbt.com/reference/parsing#partial-parsing
"""

from __future__ import annotations

import gc
import sys
from collections.abc import Sequence
from typing import NoReturn

from dbt.artifacts.resources.base import FileHash
from dbt.cli.main import cli
from dbt.contracts.graph.manifest import ManifestStateCheck
from dbt.parser.manifest import ManifestLoader


def run(arguments: Sequence[str]) -> NoReturn:
    """Runs dbt with these arguments, and ends with its exit code."""
    # What dbt parsed stays to the end: to walk through it again and again took a fifth of a small build. It is not
    # frozen: DuckDB tells standard error of whatever was never collected.
    gc.set_threshold(50_000, 20, 50)
    sys.argv = ["dbt", *arguments]
    cli()
    raise SystemExit(0)


def _of_the_names_alone(loader: ManifestLoader) -> ManifestStateCheck:
    state: ManifestStateCheck = _of_the_connection(loader)  # type: ignore[no-untyped-call]
    used = loader.root_project.credentials
    state.profile_hash = FileHash.from_contents(f"{used.type}\n{used.database}\n{used.schema}")
    return state


_of_the_connection = ManifestLoader.build_manifest_state_check
ManifestLoader.build_manifest_state_check = _of_the_names_alone  # type: ignore[method-assign]
