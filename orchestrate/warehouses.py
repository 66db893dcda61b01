"""Where a tenant's rows lie: a DuckDB file of its own. Nobody else's are in it.

The tenant `default` has the project's own file, the one that `meltano` and `engarde dbt` use by hand.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

from orchestrate.connections.opening import TENANT
from orchestrate.project import ROOT

OWN = "ENGARDE_DUCKDB_PATH"
FOLDER = "ENGARDE_WAREHOUSES"


@dataclass(frozen=True)
class Warehouse:
    """A tenant's DuckDB file and the folder of what belongs to it: Meltano's memory and dbt's."""

    folder: Path
    path: Path

    @property
    def environment(self) -> dict[str, str]:
        """The variables by which target, dbt and Meltano find it."""
        return {
            OWN: str(self.path),
            "TARGET_DUCKDB_PATH": str(self.path),
            "MELTANO_DATABASE_URI": f"sqlite:///{self.folder / 'meltano.db'}",
            "ENGARDE_DBT_TARGET_NAME": "duckdb",
        }


def warehouse_of(tenant_id: str, tenant: str, root: Path = ROOT) -> Warehouse:
    """The warehouse of a tenant, whose folder is made, below ENGARDE_WAREHOUSES or the project's `output/tenants`."""
    folder = Path(os.environ.get(FOLDER) or root / "output" / "tenants") / tenant_id
    folder.mkdir(parents=True, exist_ok=True)
    if tenant == TENANT:
        return Warehouse(folder, Path(os.environ.get(OWN) or root / "output" / "dev.duckdb"))
    return Warehouse(folder, folder / "warehouse.duckdb")
