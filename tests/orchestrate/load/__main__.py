"""`make load`: reads and pages of the service, its memory, and a store with a thousand tenants on either engine."""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from fastapi.testclient import TestClient

from orchestrate.access.service import SCOPES, ApiKeys
from orchestrate.api.app import create_app
from orchestrate.connections.opening import open_connections
from orchestrate.connections.service import Connections
from orchestrate.operations.metrics import Figures
from orchestrate.people.login import login
from orchestrate.people.roles import Role
from orchestrate.people.service import People
from orchestrate.vault.keys import new_key
from orchestrate.warehouse.file import FileWarehouse
from orchestrate.warehouses import FOLDER, warehouse_of
from tests.orchestrate.load import crowd, reading
from tests.orchestrate.stores import postgres_address, sqlite_address
from tests.orchestrate.webhooks.load import Service

PAGES = ("/platforms", "/platforms/stripe", "/connections", "/connections/main", "/runs", "/monitoring", "/data",
         "/data/unified/customers", "/webhooks", "/review", "/quality", "/keys")  # fmt: skip
ASKED = ("/api/v1/connections", "/api/v1/standings", "/api/v1/usage", "/api/v1/syncs", "/api/v1/schedules",
         "/api/v1/audit", "/connections", "/runs", "/monitoring", "/webhooks")  # fmt: skip


def main() -> None:
    """Prints the figures."""
    parser = argparse.ArgumentParser(prog="make load", description=__doc__)
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--tenants", type=int, default=1000)
    parser.add_argument("--seconds", type=float, default=reading.SECONDS)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        os.environ[FOLDER] = str(folder / "tenants")
        os.environ["ENGARDE_API_RATE"] = os.environ["ENGARDE_API_ADDRESS_RATE"] = "1000000/second"
        with _opened(sqlite_address(folder), folder) as connections:
            _read(connections, sqlite_address(folder), folder, given.rows, given.seconds)
        (folder / "crowd").mkdir()
        with _opened(sqlite_address(folder / "crowd"), folder) as connections:
            _crowd("SQLite", connections, given.tenants)
        with postgres_address() as address, _opened(address, folder) as connections:
            _crowd("Postgres", connections, given.tenants)


@contextmanager
def _opened(address: str, folder: Path) -> Iterator[Connections]:
    keys = folder / "keys"
    if not keys.exists():
        keys.write_text(new_key("first") + "\n", encoding="utf-8")
        keys.chmod(0o600)
    os.environ["ENGARDE_STORE"], os.environ["ENGARDE_KEYS_FILE"] = address, str(keys)
    connections = open_connections("acme")
    yield connections
    connections.store.close()


def _read(connections: Connections, address: str, folder: Path, rows: int, seconds: float) -> None:
    began = time.perf_counter()
    warehouse = warehouse_of(connections.tenant_id, "acme")
    assert isinstance(warehouse, FileWarehouse)
    reading.fill(warehouse, rows)
    connections.add("stripe", "main", {"api_key": "rk_test_load"})
    _say(f"a warehouse of {rows:,} unified customers, made in {time.perf_counter() - began:.0f} s")
    key = ApiKeys(connections.store, connections.tenant_id, "user load").add("load", SCOPES)
    People(connections.store, connections.tenant_id, "user load").add(
        "a@example.com", Role.OWNER, "correct horse battery"
    )
    session = login(connections.store, "acme", "a@example.com", "correct horse battery", "127.0.0.1")
    service = Service(address, folder / "keys")
    service.start()
    try:
        time.sleep(45)
        _say(f"memory of the idle service: {reading.memory(service.pid):.0f} MB")
        reader = reading.Reader(service.port, {"Authorization": f"Bearer {key}"})
        kinds = reading.unified_reads(reader)
        for kind, paths in kinds.items():
            _say(f"one client, {kind}: {reader.alone(paths[0], 20).told()}")
        together = reader.together(kinds, reading.CLIENTS, seconds)
        for kind, answers in together.items():
            _say(f"{reading.CLIENTS} clients, {kind}: {answers.told()}")
        count = sum(len(each.seconds) for each in together.values())
        _say(f"{reading.CLIENTS} clients: {count / seconds:.0f} reads a second")
        visitor = reading.Reader(service.port, {"Cookie": f"engarde={session.text}"})
        for path in PAGES:
            _say(f"page {path}: {visitor.alone(path, 20).told()}")
        _say(f"memory after this: {reading.memory(service.pid):.0f} MB")
    finally:
        service.kill()


def _crowd(engine: str, connections: Connections, tenants: int) -> None:
    store = connections.store
    began = time.perf_counter()
    crowd.fill(store, tenants, 10, 5)
    _say(
        f"{engine}: {tenants} tenants with 10 connections and 50 runs each, made in {time.perf_counter() - began:.0f} s"
    )
    tenant_id = store.tenant("tenant-0500" if tenants > 500 else "tenant-0000")
    client = TestClient(create_app(store, connections.vault))
    client.headers["Authorization"] = f"Bearer {ApiKeys(store, tenant_id, 'user load').add('load', SCOPES)}"
    due = crowd.make_due(store, connections, min(tenants, 30))
    with crowd.timed(store) as found:
        for _ in range(10):
            for path in ASKED:
                answer = client.get(path)
                assert answer.status_code == 200, (path, answer.text)
        rate = crowd.start_all(store, due)
        scraped = time.perf_counter()
        Figures(store).text()
        scraped = time.perf_counter() - scraped
    _say(
        f"{engine}: {rate:.0f} due schedules a second are started and ended, of {due}; /metrics {scraped * 1000:.0f} ms"
    )
    for middle, longest, text in crowd.slowest(found):
        _say(f"{engine}: {middle:.1f} ms (longest {longest:.1f}): {text}")


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
