"""Servers and empty warehouses for the tests of the models."""

from __future__ import annotations

import shutil
from collections.abc import Iterator

import pytest

from tests.postgres import embedded_server
from tests.transform.warehouse import Warehouse

ENGINES = ("duckdb", "postgres")


@pytest.fixture(scope="session")
def postgres_host() -> Iterator[str]:
    with embedded_server() as host:
        yield host


@pytest.fixture(scope="session")
def seeded(tmp_path_factory: pytest.TempPathFactory) -> Warehouse:
    """A DuckDB warehouse with a copy of it that holds the seeds only; one place, lest dbt parse anew."""
    folder = tmp_path_factory.mktemp("seeded")
    warehouse = Warehouse(
        "duckdb", str(folder / "warehouse.duckdb"), folder, connected=("hubspot", "shopify", "stripe")
    )
    warehouse.build(command="seed")
    shutil.copyfile(warehouse.place, folder / "seeds.duckdb")
    return warehouse


@pytest.fixture
def duckdb_warehouse(seeded: Warehouse) -> Warehouse:
    """A DuckDB warehouse for the test alone, without raw tables."""
    shutil.copyfile(seeded.folder / "seeds.duckdb", seeded.place)
    seeded.loaded.clear()
    return seeded
