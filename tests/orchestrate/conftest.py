"""A store on each engine, empty for every test, and keys.

What the engines do differently (tenants kept apart, one writer of many, what is written before it is answered) is
tested on both by `make test`; all else on SQLite, and on Postgres by `make test-slow`.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from orchestrate.connections.opening import open_connections
from orchestrate.connections.service import Connections
from orchestrate.vault.keys import new_key
from orchestrate.warehouses import ADDRESS
from tests.orchestrate.stores import cleared, postgres_address, postgres_warehouses, sqlite_address

HERE = Path(__file__).parent
ON_BOTH = (
    "api/test_permissions.py", "logins/test_renewal.py", "people/test_people.py", "syncs/test_queue.py",
    "test_audit.py", "test_budgets.py", "test_store.py", "webhooks/test_receiving.py",
)  # fmt: skip


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Leaves the rest of the tests on Postgres to the slow suite."""
    both = {HERE / name for name in ON_BOTH}
    for item in items:
        given = getattr(item, "callspec", None)
        on_postgres = given is not None and given.params.get("address") == "postgres"
        if on_postgres and HERE in item.path.parents and item.path not in both:
            item.add_marker(pytest.mark.slow)


@pytest.fixture(scope="session")
def postgres_store() -> Iterator[str]:
    with postgres_address() as address:
        yield address


@pytest.fixture(scope="session")
def warehouses() -> Iterator[str]:
    """A Postgres database for tenants' warehouses."""
    with postgres_warehouses() as address:
        yield address


@pytest.fixture(params=["duckdb", "postgres"])
def engine(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """The engine of tenants' warehouses."""
    if request.param == "postgres":
        monkeypatch.setenv(ADDRESS, request.getfixturevalue("warehouses"))
    return str(request.param)


@pytest.fixture(params=["sqlite", "postgres"])
def address(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    if request.param == "sqlite":
        return sqlite_address(tmp_path)
    return cleared(request.getfixturevalue("postgres_store"))


@pytest.fixture
def environment(address: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The environment of a user whose store and keys are the test's; yields the file of keys."""
    keys = tmp_path / "keys"
    keys.write_text(new_key("first") + "\n")
    keys.chmod(0o600)
    monkeypatch.setenv("ENGARDE_STORE", address)
    monkeypatch.setenv("ENGARDE_KEYS_FILE", str(keys))
    return keys


@pytest.fixture
def connections(environment: Path) -> Iterator[Connections]:
    opened = open_connections("acme")
    yield opened
    opened.store.close()
