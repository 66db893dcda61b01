"""The hand-made shops in both warehouses, built once."""

from __future__ import annotations

import shutil
from collections.abc import Iterator

import pytest

from tests.postgres import embedded_server, fresh_database
from tests.transform.shops import ALL
from tests.transform.warehouse import Warehouse

ENGINES = ("duckdb", "postgres")


@pytest.fixture(scope="session")
def postgres_host() -> Iterator[str]:
    with embedded_server() as host:
        yield host


@pytest.fixture(scope="session")
def warehouses(tmp_path_factory: pytest.TempPathFactory, postgres_host: str) -> Iterator[dict[str, Warehouse]]:
    """The same shops built with all tests in DuckDB and in Postgres."""
    folder = tmp_path_factory.mktemp("transform")
    with fresh_database(postgres_host, "transform") as database:
        built = {
            "duckdb": Warehouse("duckdb", str(folder / "warehouse.duckdb"), folder / "duckdb"),
            "postgres": Warehouse("postgres", postgres_host, folder / "postgres", database),
        }
        for warehouse in built.values():
            warehouse.load(ALL)
            warehouse.build()
        yield built


@pytest.fixture(params=ENGINES)
def warehouse(request: pytest.FixtureRequest, warehouses: dict[str, Warehouse]) -> Warehouse:
    """One of the two; tests only read from it."""
    return warehouses[request.param]


@pytest.fixture(scope="session")
def seeded(tmp_path_factory: pytest.TempPathFactory) -> Warehouse:
    """A DuckDB warehouse with a copy of it that holds the seeds only; one place, lest dbt parse anew."""
    folder = tmp_path_factory.mktemp("seeded")
    warehouse = Warehouse("duckdb", str(folder / "warehouse.duckdb"), folder)
    warehouse.build(command="seed")
    shutil.copyfile(warehouse.place, folder / "seeds.duckdb")
    return warehouse


@pytest.fixture
def duckdb_warehouse(seeded: Warehouse) -> Warehouse:
    """A DuckDB warehouse for the test alone, without raw tables."""
    shutil.copyfile(seeded.folder / "seeds.duckdb", seeded.place)
    return seeded
