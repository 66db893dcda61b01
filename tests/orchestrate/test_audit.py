"""The audit log tells who did what, refuses to be changed, and shows it where that was done all the same."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from orchestrate.access.service import ApiKeys
from orchestrate.audit import service as audit
from orchestrate.connections.service import Connections

CANARY = "pat-canary-4711"


@pytest.fixture
def used(connections: Connections) -> Connections:
    """Connections with five entries: added, changed, key added, key revoked, removed."""
    connections.add("hubspot", "main", {"access_token": CANARY})
    connections.change("main", {"access_token": "pat-canary-new", "start_date": "2025-01-01"})
    keys = ApiKeys(connections.store, connections.tenant_id, "user test")
    keys.add("reporting", ["connections:read"])
    keys.revoke("reporting")
    connections.remove("main")
    return connections


def test_every_act_is_told_with_names_and_without_values(used: Connections) -> None:
    entries = audit.entries(used.store, used.tenant_id, 10)
    assert [(entry.action, entry.subject, entry.detail) for entry in reversed(entries)] == [
        ("connection added", "main", {"platform": "hubspot"}),
        ("connection changed", "main", {"settings": "access_token, start_date"}),
        ("key added", "reporting", {"scopes": "connections:read"}),
        ("key revoked", "reporting", {}),
        ("connection removed", "main", {}),
    ]
    assert {entry.actor for entry in entries} == {used.actor, "user test"}
    assert "canary" not in str([vars(entry) for entry in entries])


def test_what_is_taken_back_leaves_no_entry(connections: Connections) -> None:
    with pytest.raises(RuntimeError), connections.store.transaction(connections.tenant_id) as session:
        audit.record(session, connections.tenant_id, "user test", "key added", "never")
        raise RuntimeError
    assert audit.entries(connections.store, connections.tenant_id, 10) == []


def test_many_at_once_make_one_chain(connections: Connections) -> None:
    def act(number: int) -> None:
        with connections.store.transaction(connections.tenant_id) as session:
            audit.record(session, connections.tenant_id, "user test", "key added", str(number))

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(act, range(40)))
    assert audit.check(connections.store, connections.tenant_id).entries == 40


@pytest.mark.parametrize("change", ["UPDATE audit_log SET actor = 'nobody'", "DELETE FROM audit_log"])
def test_the_database_refuses_changes(used: Connections, change: str) -> None:
    with pytest.raises(DBAPIError, match="only added to"), used.store.transaction(used.tenant_id) as session:
        session.execute(text(change))
    assert audit.check(used.store, used.tenant_id).broken_at is None


@pytest.mark.parametrize(
    ("change", "broken"),
    [
        ("UPDATE audit_log SET actor = 'nobody' WHERE number = 2", 2),
        ("UPDATE audit_log SET at = '2020-01-01T00:00:00+00:00' WHERE number = 3", 3),
        ("UPDATE audit_log SET hash = previous WHERE number = 4", 4),
        ("DELETE FROM audit_log WHERE number = 1", 1),
        ("DELETE FROM audit_log WHERE number = 3", 3),
    ],
)
def test_a_change_behind_its_back_shows(used: Connections, change: str, broken: int) -> None:
    unguarded(used, change)
    assert audit.check(used.store, used.tenant_id).broken_at == broken


def test_a_cut_at_the_end_shows_to_who_noted_the_head(used: Connections) -> None:
    noted = audit.check(used.store, used.tenant_id)
    assert noted.entries == 5
    assert audit.check(used.store, used.tenant_id, noted.head).broken_at is None
    unguarded(used, "DELETE FROM audit_log WHERE number = 5")
    assert audit.check(used.store, used.tenant_id).broken_at is None
    assert audit.check(used.store, used.tenant_id, noted.head).broken_at == 5


def unguarded(used: Connections, change: str) -> None:
    """What somebody does who owns the database."""
    with used.store.transaction(used.tenant_id) as session:
        if session.get_bind().dialect.name == "postgresql":
            session.execute(text("DROP TRIGGER append_only ON audit_log"))
        else:
            session.execute(text("DROP TRIGGER append_only_update"))
            session.execute(text("DROP TRIGGER append_only_delete"))
        session.execute(text(change))
