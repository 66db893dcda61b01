"""Connections of two tenants to one vendor account keep to one limit together, on either engine."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
import time_machine
from sqlalchemy import select

from orchestrate.connections.budgets import StoredBudgets, forget_idle
from orchestrate.connections.service import Connections
from orchestrate.store.database import open_store
from orchestrate.store.tables import AccountBudget, now
from taps.engine.api import tap_class
from taps.engine.http import Client, Request, Settings
from taps.engine.rate_shared import Shares
from tests.engine.http.conftest import as_json, rate
from tests.engine.http.vendor import Vendor, ok


@pytest.fixture
def vendor() -> Iterator[Vendor]:
    server = Vendor()
    yield server
    server.shutdown()
    server.server_close()


def test_two_processes_of_one_account_ask_no_more_than_one_may(environment: Path, vendor: Vendor) -> None:
    url = vendor.answers("/things", ok())
    words, until = rate(requests=8, per=1, concurrent=4), time.monotonic() + 3

    def ask(account: str) -> None:
        store = open_store(Path("unused"))
        client = Client(
            platform="acme",
            logins={},
            default_login=None,
            buckets={"calls": words},
            shares=Shares(StoredBudgets(store), {"calls": account}),
            settings=Settings(request_timeout=5, addresses=(vendor.base,)),
        )
        while time.monotonic() < until:
            client.fetch(Request(url, rate=("calls",)), read=as_json)
        client.leave()
        client.close()
        store.close()

    threads = [threading.Thread(target=ask, args=("same",)) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    asked = [each.at for each in vendor.asked("/things")]
    for first, after in zip(asked, asked[10:], strict=False):
        assert after - first >= 0.9
    assert 15 <= len(asked) <= 34


def test_a_tap_takes_part_in_its_accounts_budget_by_its_connection(connections: Connections) -> None:
    store = connections.store
    other = Connections(store, connections.vault, store.tenant("other"), "user test")
    found = []
    for each, tenant in ((connections, "acme"), (other, "other")):
        each.add("stripe", "shop", {"api_key": "rk_test_1"})
        with pytest.MonkeyPatch.context() as patch:
            patch.setenv("ENGARDE_TENANT", tenant)
            tap = tap_class("stripe")(config={"connection": "shop"})
        assert tap.ledger is not None
        request = Request("https://api.stripe.com/v1/charges", rate=tuple(tap.manifest.rate))
        client = tap._connection.client
        for bucket in client._buckets.of(request):
            bucket.acquire()
            bucket.release()
        with store.across_tenants() as session:
            found.append([(row.account, row.bucket) for row in session.scalars(select(AccountBudget))])
    assert found[0] and found[0] == found[1]
    assert "rk_test_1" not in str(found)


def test_budgets_that_nobody_asked_for_a_while_are_forgotten(connections: Connections) -> None:
    ledger = StoredBudgets(connections.store)
    ledger.change("one", "calls", lambda state: state.update(paused=1.0))
    with time_machine.travel(now() + timedelta(days=31)):
        ledger.change("other", "calls", lambda state: state.update(paused=1.0))
        assert forget_idle(connections.store) == 1
    with connections.store.across_tenants() as session:
        assert list(session.scalars(select(AccountBudget.account))) == ["other"]
