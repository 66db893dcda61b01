"""Warehouses to load into: a DuckDB file, PostgreSQL 18 or the chosen one, and the system's 15 where there is one."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.postgres import CHOSEN, SYSTEM_BINARIES, embedded_server, system_server
from tests.targets.warehouse import DuckDBWarehouse, PostgresWarehouse, Warehouse


@pytest.fixture(scope="session")
def postgres_18() -> Iterator[str]:
    with system_server() if CHOSEN else embedded_server() as host:
        yield host


@pytest.fixture(scope="session")
def postgres_15() -> Iterator[str]:
    if not SYSTEM_BINARIES.is_dir():
        pytest.skip(f"no PostgreSQL 15 in {SYSTEM_BINARIES}: PostgreSQL 18 is tested all the same")
    with system_server() as host:
        yield host


@pytest.fixture(params=["duckdb", "postgres_18", pytest.param("postgres_15", marks=pytest.mark.slow)])
def warehouse(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Warehouse]:
    """An empty warehouse of each kind."""
    if request.param == "duckdb":
        yield DuckDBWarehouse(tmp_path / "warehouse.duckdb")
        return
    warehouse = PostgresWarehouse(request.getfixturevalue(request.param), "postgres").emptied()
    warehouse.name = request.param
    yield warehouse


@pytest.fixture
def postgres(postgres_18: str) -> PostgresWarehouse:
    """An empty PostgreSQL 18 database."""
    return PostgresWarehouse(postgres_18, "postgres").emptied()


@pytest.fixture
def duckdb_file(tmp_path: Path) -> DuckDBWarehouse:
    """An empty DuckDB file."""
    return DuckDBWarehouse(tmp_path / "warehouse.duckdb")
