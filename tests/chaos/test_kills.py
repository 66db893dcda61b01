"""kill -9 of tap, target or both, a few dozen times: the short form of `make chaos`."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from targets.duckdb.kind import DUCKDB
from targets.postgres.kind import POSTGRES
from tests.chaos.series import MODES, Mode, Tally, many
from tests.chaos.shop import Shop, shop
from tests.postgres import embedded_server
from tests.targets.warehouse import DuckDBWarehouse, PostgresWarehouse


@pytest.fixture(scope="module")
def orders() -> Iterator[Shop]:
    with shop() as served:
        yield served


@pytest.fixture(scope="module")
def postgres() -> Iterator[str]:
    with embedded_server() as host:
        yield host


def _check(tally: Tally) -> None:
    assert tally.failures == []
    assert tally.kills > tally.series
    assert tally.ahead <= 1


@pytest.mark.parametrize("mode", MODES, ids=lambda mode: mode.name)
def test_duckdb_loses_and_doubles_nothing(orders: Shop, mode: Mode) -> None:
    _check(many(orders, DUCKDB, lambda folder: DuckDBWarehouse(folder / "warehouse.duckdb"), range(3), mode))


@pytest.mark.parametrize("mode", MODES, ids=lambda mode: mode.name)
def test_postgres_loses_and_doubles_nothing(orders: Shop, postgres: str, mode: Mode) -> None:
    _check(many(orders, POSTGRES, lambda _: PostgresWarehouse(postgres, "postgres"), range(3), mode))
