"""The hand-made shops in both warehouses, built once for all tests of this folder, which one worker runs."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.postgres import fresh_database
from tests.transform.conftest import ENGINES
from tests.transform.shops import ALL
from tests.transform.warehouse import Warehouse


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
