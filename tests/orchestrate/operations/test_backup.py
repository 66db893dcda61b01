"""The drill: a store is copied, lost, and made anew on the other engine; everything opens and the log's chain holds."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import time_machine
from sqlalchemy import func, select

from orchestrate.access.service import SCOPES, ApiKeys, access_of
from orchestrate.audit import service as audit
from orchestrate.connections.service import Connections
from orchestrate.operations.backup import back_up, restore
from orchestrate.operations.errors import OperationError
from orchestrate.operations.retention import BUDGETS, KINDS, clean_up
from orchestrate.store.database import Store
from orchestrate.store.leases import held
from orchestrate.store.tables import SyncLine, SyncRun, Table, now
from orchestrate.syncs.service import Syncs
from tests.orchestrate.stores import cleared, sqlite_address

CANARY = "pat-canary-1701"


@pytest.fixture
def filled(connections: Connections) -> str:
    """Two tenants with connections, keys and runs; gives the first one's key."""
    connections.add("hubspot", "main", {"access_token": CANARY})
    Syncs(connections.store, connections.tenant_id, "user test").trigger("main")
    Syncs(connections.store, connections.tenant_id, "user test").schedule("main", "daily at 06:30")
    other = Connections(connections.store, connections.vault, connections.store.tenant("other"), "user test")
    other.add("hubspot", "theirs", {"access_token": CANARY})
    return ApiKeys(connections.store, connections.tenant_id, "user test").add("all", SCOPES)


@pytest.fixture
def elsewhere(address: str, tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Store]:
    """A new store on the other engine."""
    if address.startswith("sqlite"):
        new = Store(cleared(request.getfixturevalue("postgres_store")))
    else:
        (tmp_path / "new").mkdir()
        new = Store(sqlite_address(tmp_path / "new"))
    new.migrate()
    yield new
    new.close()


def rows(store: Store) -> dict[str, list[Any]]:
    found: dict[str, list[Any]] = {}
    for table in Table.metadata.sorted_tables:
        found[table.name] = []
        for tenant_id, _ in store.tenants():
            with store.transaction(tenant_id) as session:
                mine = select(table).order_by(*table.primary_key.columns)
                if "tenant_id" in table.columns:
                    mine = mine.where(table.columns["tenant_id"] == tenant_id)
                found[table.name] += [tuple(row) for row in session.execute(mine)]
    return found


def test_a_store_moves_to_the_other_engine_with_everything_in_it(
    connections: Connections, filled: str, elsewhere: Store, tmp_path: Path
) -> None:
    before = rows(connections.store)
    counts = back_up(connections.store, tmp_path / "copy.zip")
    assert counts == restore(elsewhere, tmp_path / "copy.zip")
    assert counts["platform_connections"] == 2 and counts["sync_runs"] == 1
    assert rows(elsewhere) == before
    moved = Connections(elsewhere, connections.vault, connections.tenant_id, "user test")
    assert moved.settings("main", "hubspot")["access_token"] == CANARY
    assert access_of(elsewhere, filled) is not None
    verdict = audit.check(elsewhere, connections.tenant_id)
    assert verdict.broken_at is None and verdict.entries == 4
    moved.remove("main")
    assert CANARY.encode() not in (tmp_path / "copy.zip").read_bytes()


def test_a_copy_is_put_into_an_empty_store_alone(connections: Connections, filled: str, tmp_path: Path) -> None:
    back_up(connections.store, tmp_path / "copy.zip")
    with pytest.raises(OperationError, match="not empty"):
        restore(connections.store, tmp_path / "copy.zip")
    with pytest.raises(OperationError, match="is there already"):
        back_up(connections.store, tmp_path / "copy.zip")


@pytest.mark.parametrize("harm", ["cut", "changed", "not a zip", "another version"])
def test_a_damaged_copy_is_refused_and_the_store_stays_empty(
    connections: Connections, filled: str, elsewhere: Store, tmp_path: Path, harm: str
) -> None:
    file, harmed = tmp_path / "copy.zip", tmp_path / "harmed.zip"
    back_up(connections.store, file)
    if harm == "cut":
        harmed.write_bytes(file.read_bytes()[:-200])
    elif harm == "not a zip":
        harmed.write_text("nonsense")
    else:
        with zipfile.ZipFile(file) as source, zipfile.ZipFile(harmed, "w") as target:
            for name in source.namelist():
                data = source.read(name)
                if harm == "changed" and name == "tenants.jsonl":
                    data = data.replace(b'"other"', b'"mine"')
                if harm == "another version" and name == "about.json":
                    data = re.sub(rb'"\d{4}"', b'"0000"', data)
                target.writestr(name, data)
    with pytest.raises(OperationError, match="damaged|no whole copy|another version"):
        restore(elsewhere, harmed)
    assert elsewhere.tenants() == []


def test_the_commands_say_what_they_did(
    environment: Path, connections: Connections, filled: str, tmp_path: Path
) -> None:
    def run(*command: str, **more: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "taps.start", *command], capture_output=True, text=True, timeout=120, check=False,
            env={**os.environ, **more},
        )  # fmt: skip

    copy = str(tmp_path / "copy.zip")
    made = run("backup", copy)
    assert "rows of 2 tenants" in made.stdout, made.stderr
    back = run("restore", copy)
    assert (back.returncode, back.stderr[:38]) == (1, "restore: the store is not empty; resto")
    new = run("restore", copy, ENGARDE_STORE=f"sqlite:///{tmp_path / 'fresh.db'}")
    assert new.stdout.replace(f"{copy}: ", "") == made.stdout.replace(f"{copy}: ", ""), new.stderr


def test_what_is_old_goes_and_what_counts_stays(connections: Connections, filled: str) -> None:
    store, tenant_id = connections.store, connections.tenant_id
    with held(store, tenant_id, "login 1", seconds=1, wait=0):
        pass
    with store.transaction(tenant_id) as session:
        run = session.scalars(select(SyncRun)).one()
        run.status, run.ended_at = "done", now()
        session.add(SyncLine(tenant_id=tenant_id, run_id=run.id, number=1, level="info", text="said"))
    assert set(clean_up(store).values()) == {0}
    with time_machine.travel(now() + timedelta(days=31), tick=False):
        gone = clean_up(store)
    assert gone["lines of runs kept for 30 days"] == gone["leases that ended 30 days ago"] == 1
    assert set(gone) == {*KINDS, BUDGETS}
    with store.transaction(tenant_id) as session:
        assert session.scalar(select(func.count()).select_from(SyncRun)) == 1
        assert session.scalar(select(func.count()).select_from(SyncLine)) == 0
    assert audit.check(store, tenant_id).broken_at is None
