"""Where a tenant's rows lie: a DuckDB file of its own, or schemas of its own in a Postgres database.

ENGARDE_WAREHOUSE_URL names that database. A tenant that has a DuckDB file stays with it, and so does `default`, whose
file is the project's own, the one that `meltano` and `engarde dbt` use by hand.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

import sqlalchemy
from sqlalchemy.engine import URL

from orchestrate.connections.opening import TENANT
from orchestrate.data.errors import RowsError
from orchestrate.project import ROOT
from orchestrate.warehouse.postgres_names import prefix_of

if TYPE_CHECKING:
    from orchestrate.warehouse.file import FileWarehouse
    from orchestrate.warehouse.postgres import PostgresWarehouse

OWN = "ENGARDE_DUCKDB_PATH"
FOLDER = "ENGARDE_WAREHOUSES"
ADDRESS = "ENGARDE_WAREHOUSE_URL"


def warehouse_of(tenant_id: str, tenant: str, root: Path = ROOT) -> FileWarehouse | PostgresWarehouse:
    """The warehouse of a tenant. Files lie below ENGARDE_WAREHOUSES or the project's `output/tenants`."""
    from orchestrate.warehouse.file import FileWarehouse

    folder = Path(os.environ.get(FOLDER) or root / "output" / "tenants") / tenant_id
    own = Path(os.environ.get(OWN) or root / "output" / "dev.duckdb")
    file = FileWarehouse(folder, own if tenant == TENANT else folder / "warehouse.duckdb")
    address = os.environ.get(ADDRESS)
    if tenant == TENANT or not address or file.exists():
        folder.mkdir(parents=True, exist_ok=True)
        return file
    from orchestrate.warehouse.postgres import PostgresWarehouse

    prefix = prefix_of(tenant_id, tenant)
    return PostgresWarehouse(folder, _url(address), prefix, prefix)


def _url(address: str) -> URL:
    try:
        url = sqlalchemy.make_url(address)
    except sqlalchemy.exc.ArgumentError:
        url = None
    if url is None or url.get_backend_name() != "postgresql" or not url.database:
        raise RowsError(f"{ADDRESS} is no address such as postgresql://user:password@host/database")
    return url
