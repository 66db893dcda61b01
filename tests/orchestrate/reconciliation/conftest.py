"""A tenant whose warehouse holds a few people written by hand on two platforms, built once for the whole folder."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient

from orchestrate.access.service import SCOPES, ApiKeys
from orchestrate.announce.service import Announcements
from orchestrate.api.app import create_app
from orchestrate.connections.opening import open_connections
from orchestrate.connections.service import Connections
from orchestrate.imports.service import Imports
from orchestrate.people.roles import Role
from orchestrate.project import ROOT
from orchestrate.syncs.service import Syncs
from orchestrate.syncs.worker import work
from orchestrate.vault.keys import new_key
from orchestrate.warehouse.file import FileWarehouse
from orchestrate.warehouse.postgres import PostgresWarehouse
from orchestrate.warehouses import ADDRESS, FOLDER, warehouse_of
from tests.orchestrate.stores import somebody, sqlite_address
from tests.transform.shops import contact, order, shopper
from tests.transform.warehouse import Warehouse

API = "/api/v1/reconciliation"
# One address of a couple: by itself that does not say who is who.
PETER = shopper(5, "Peter", "Brown", "us@brown.example")
SUSAN = contact(6, "Susan", "Brown", "us@brown.example", _connection_id="main")
# Three records of one person, whom nothing connects with the couple.
OLGA = shopper(7, "Olga", "Ivanova", "olga@ivanova.example")
OLGAS_CONTACTS = [
    contact(number, "Olga", "Ivanova", "olga@ivanova.example", _connection_id="main") for number in (8, 9)
]
# A second account of HubSpot, which is held back: two whom others know, and one who is new.
SECOND = [
    contact(21, "Olga", "Ivanova", "olga@ivanova.example", _connection_id="second"),
    contact(22, "Peter", "Brown", "us@brown.example", _connection_id="second"),
    contact(23, "Nora", "Lund", "nora@lund.example", _connection_id="second"),
]
UNPAID = order(1, "100.00", 10, customer=5)
FAR = "1000000/second"


class Shop:
    """Acme as its client, its worker and somebody with a browser see it."""

    def __init__(self, connections: Connections) -> None:
        self.connections = connections
        self.app = create_app(connections.store, connections.vault)
        self.client = self.client_of(connections.tenant_id)

    def client_of(self, tenant_id: str) -> TestClient:
        """A program with a key of a tenant that may do everything."""
        key = ApiKeys(self.connections.store, tenant_id, "user test").add("all", SCOPES)
        headers = {"Authorization": f"Bearer {key}"}
        return TestClient(self.app, headers=headers, raise_server_exceptions=False)

    def browser(self, role: Role) -> TestClient:
        """Somebody of this role at acme."""
        token = somebody(self.connections.store, self.connections.tenant_id, f"{role}@acme.example", role)
        client = TestClient(
            self.app, headers={"Accept": "text/html"}, raise_server_exceptions=False, follow_redirects=False
        )
        client.cookies.set("engarde", token)
        return client

    def get(self, path: str, **query: Any) -> Any:
        return self._get(f"{API}/{path}", query)

    def imported(self, path: str, **query: Any) -> Any:
        """An answer of the imports."""
        return self._get(f"/api/v1/imports/{path}", query)

    def _get(self, address: str, query: dict[str, Any]) -> Any:
        answer = self.client.get(address, params=query)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def decide(self, **decision: str) -> Any:
        """Takes a decision; gives it and the run that builds it."""
        answer = self.client.post(f"{API}/decisions", json=decision)
        assert answer.status_code == 201, answer.text
        return answer.json()["decision"], answer.json()["run"]

    def undo(self, decision: Any) -> str:
        answer = self.client.post(f"{API}/decisions/{decision['id']}/undo")
        assert answer.status_code == 200, answer.text
        return str(answer.json()["run"])

    def build(self, run: str | None, cause: str = "decision") -> None:
        """Does what is queued, as a worker would; the run among it must have worked."""
        assert run is not None
        work(self.connections.store, threading.Event(), until_idle=True, root=ROOT)
        syncs = Syncs(self.connections.store, self.connections.tenant_id, "user test")
        said = "\n".join(line.text for line in syncs.lines(run))
        assert (syncs.run(run).status, syncs.run(run).cause) == ("done", cause), said

    def customers(self) -> list[dict[str, Any]]:
        """The living ones as unified.customers has them."""
        found = self.client.get("/api/v1/unified/customers", params={"where": "status=active"})
        assert found.status_code == 200, found.text
        return sorted(found.json()["items"], key=lambda each: each["full_name"])

    def events(self, to_key: str) -> list[dict[str, Any]]:
        """What happened to a key as unified.identity_events has it."""
        found = self.client.get("/api/v1/unified/identity_events", params={"where": f"to_key={to_key}"})
        assert found.status_code == 200, found.text
        items: list[dict[str, Any]] = found.json()["items"]
        return items


@pytest.fixture(scope="package", params=["duckdb", pytest.param("postgres", marks=pytest.mark.slow)])
def shop(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shop]:
    folder = tmp_path_factory.mktemp("reconciliation")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("ENGARDE_STORE", sqlite_address(folder))
        patch.setenv("ENGARDE_KEYS_FILE", str(_keys(folder)))
        patch.setenv(FOLDER, str(folder / "warehouses"))
        if request.param == "postgres":
            patch.setenv(ADDRESS, request.getfixturevalue("warehouses"))
        patch.setenv("DBT_TARGET_PATH", str(folder / "target"))
        patch.setenv("DBT_LOG_PATH", str(folder / "logs"))
        patch.setenv("ENGARDE_API_RATE", FAR)
        patch.setenv("ENGARDE_API_ADDRESS_RATE", FAR)
        connections = open_connections("acme")
        for name in ("main", "second"):
            connections.add("hubspot", name, {"access_token": "pat-canary-1"})
        Imports(connections.store, connections.tenant_id, "user test").hold("second")
        announcements = Announcements(connections.store, connections.vault, connections.tenant_id, "user test")
        announcements.subscribe("https://93.184.216.34/engarde", ["conflict.found"])
        warehouse = warehouse_of(connections.tenant_id, "acme")
        warehouse.prepare("shopify", "hubspot")
        _raw(warehouse, folder).load(
            {
                "shopify": {"customers": [PETER, OLGA], "orders": [UNPAID]},
                "hubspot": {"contacts": [SUSAN, *OLGAS_CONTACTS, *SECOND]},
            }
        )
        for platform in ("shopify", "hubspot"):
            warehouse.unbuilt.add(platform)
        found = Shop(connections)
        found.build(Syncs(connections.store, connections.tenant_id, "user test").rebuild())
        yield found
        connections.store.close()


def _raw(warehouse: FileWarehouse | PostgresWarehouse, folder: Path) -> Warehouse:
    """The same warehouse, to put raw tables into."""
    if isinstance(warehouse, FileWarehouse):
        return Warehouse("duckdb", str(warehouse.path), folder)
    address, user = warehouse.url, warehouse.url.username or ""
    return Warehouse(
        "postgres", str(address.query["host"]), folder, address.database or "", user=user, prefix=warehouse.raw
    )


def _keys(folder: Path) -> Path:
    keys = folder / "keys"
    keys.write_text(new_key("first") + "\n")
    keys.chmod(0o600)
    return keys
