"""What is over is dropped, and nothing else."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from sqlalchemy import func, select

from orchestrate.connections.service import Connections
from orchestrate.logins.apps import OAuthApps
from orchestrate.logins.service import LASTS, Logins
from orchestrate.operations.retention import clean_up
from orchestrate.people import sessions
from orchestrate.people.links import INVITATION_LASTS
from orchestrate.people.login import WrongLoginError, login
from orchestrate.people.roles import Role
from orchestrate.people.service import People
from orchestrate.store.tables import Invitation, LoginTries, OAuthState, UserSession
from tests.orchestrate.people.conftest import PASSWORD


def test_what_is_over_is_dropped_and_nothing_else(connections: Connections, people: People) -> None:
    store, tenant_id = connections.store, connections.tenant_id
    OAuthApps(store, connections.vault, tenant_id, "user test").put("xero", "id", "secret")
    logins = Logins(store, connections.vault, tenant_id, "user test", "session test")

    def counts() -> list[int]:
        tables = (UserSession, Invitation, LoginTries, OAuthState)
        with store.transaction(tenant_id) as session:
            return [session.scalar(select(func.count()).select_from(table)) or 0 for table in tables]

    def leave() -> None:
        login(store, "acme", "ada@acme.example", PASSWORD, "10.0.0.1")
        with pytest.raises(WrongLoginError):
            login(store, "acme", "nobody@acme.example", "guess", "10.0.0.2")
        logins.begin("xero", "books", {})

    people.add("ada@acme.example", Role.VIEWER, PASSWORD)
    with time_machine.travel(datetime(2026, 3, 1, tzinfo=UTC), tick=False) as clock:
        people.invite("bob@acme.example", Role.VIEWER)
        leave()
        before = counts()
        clean_up(store)
        assert counts() == before == [1, 1, 4, 1]
        clock.shift(max(LASTS, sessions.IDLE, INVITATION_LASTS, timedelta(days=1)) + timedelta(seconds=1))
        people.invite("cleo@acme.example", Role.VIEWER)
        gone = clean_up(store)
        assert counts() == [0, 1, 0, 0]
        assert gone["sessions and links that are over"] == 6
        assert gone["logins at vendors that were not finished"] == 1
