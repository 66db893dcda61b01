"""Many workers with one login, on both stores, against a real provider that ends a refresh token at its first use."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from orchestrate.connections.accounts import Accounts
from orchestrate.connections.service import Connections
from orchestrate.connections.tokens import StoredTokens
from orchestrate.logins.address import redirect_uri
from orchestrate.logins.service import Logins
from orchestrate.store.tables import AuditEntry
from taps.adapter import PlatformAdapter
from taps.engine.api import tap_class
from taps.engine.auth_choice import EXPIRES_AT
from taps.engine.errors import LoginRefused
from taps.engine.settings import connect
from tests.orchestrate.logins.provider import CLIENT_ID, CLIENT_SECRET, Provider

WORKERS = 100


@pytest.fixture
def books(registered: Connections, provider: Provider) -> Connections:
    """A connection to Xero whose access token has run out."""
    log_in(registered, provider)
    registered.change("books", {EXPIRES_AT: (datetime.now(UTC) - timedelta(minutes=1)).isoformat()})
    return registered


def log_in(connections: Connections, provider: Provider) -> None:
    logins = Logins(connections.store, connections.vault, connections.tenant_id, "user test", "session test")
    settings = {"auth_url": f"{provider.url}/token", "api_url": provider.url}
    logins.finish("xero", provider.agree(logins.begin("xero", "books", settings).authorize_url))


def worker(connections: Connections, tokens: StoredTokens | None = None) -> list[dict[str, str]]:
    """Reads the organisations with the settings as they are in the store, as a tap would that starts now."""
    settings = connections.settings("books", "xero")
    return PlatformAdapter("xero", settings, tokens or StoredTokens(connections, "books")).get_choices("organisations")


def test_a_hundred_workers_cause_one_renewal(books: Connections, provider: Provider) -> None:
    with ThreadPoolExecutor(WORKERS) as pool:
        found = list(pool.map(lambda _: [each["value"] for each in worker(books)], range(WORKERS)))
    assert found == [["org-1", "org-2"]] * WORKERS
    assert (provider.asked, provider.renewals, provider.reused) == (1, 1, 0)


def test_one_renewal_serves_all_where_refresh_tokens_stay_the_same_too(
    registered: Connections, provider: Provider
) -> None:
    provider.rotates = False
    provider.app.redirect_uris.append(redirect_uri("pipedrive"))
    app = {"client_id": CLIENT_ID, "client_secret": CLIENT_SECRET, "auth_url": f"{provider.url}/token"}
    logins = Logins(registered.store, registered.vault, registered.tenant_id, "user test", "session test")
    logins.finish("pipedrive", provider.agree(logins.begin("pipedrive", "crm", app).authorize_url))
    registered.change("crm", {EXPIRES_AT: (datetime.now(UTC) - timedelta(minutes=1)).isoformat()})
    tap = tap_class("pipedrive")

    def token(_: int) -> str:
        tokens = StoredTokens(registered, "crm")
        made = connect(tap.manifest, tap.folder, registered.settings("crm", "pipedrive"), store=tokens)
        assert made.login is not None
        assert made.login.keeper is not None
        return made.login.keeper.current(made.client.ask_for_token)[0]

    with ThreadPoolExecutor(20) as pool:
        found = set(pool.map(token, range(20)))
    assert (provider.asked, found) == (1, {provider.tokens[-1].access_token})
    assert registered.settings("crm", "pipedrive")["refresh_token"] == provider.tokens[0].refresh_token


class KilledAfterwards(StoredTokens):
    """A worker that dies as soon as the new tokens are kept, before it uses them."""

    def write(self, settings: dict[str, str]) -> bool:  # type: ignore[override]
        super().write(settings)
        raise KeyboardInterrupt


def test_a_worker_that_is_killed_after_a_renewal_loses_no_token(books: Connections, provider: Provider) -> None:
    with pytest.raises(KeyboardInterrupt):
        worker(books, KilledAfterwards(books, "books"))
    assert len(worker(books)) == 2
    assert (provider.renewals, provider.reused) == (1, 0)


class Overtaken(StoredTokens):
    """A worker whose lease ends while the vendor is slow: another renews between its look and its request."""

    def __init__(self, connections: Connections, name: str) -> None:
        super().__init__(connections, name)
        self._about_to_ask = False

    @contextmanager
    def lock(self) -> Iterator[None]:
        self._about_to_ask = True
        yield

    def read(self) -> Mapping[str, str]:
        seen = super().read()
        if self._about_to_ask:
            self._about_to_ask = False
            worker(self._all)
        return seen


@pytest.mark.parametrize("rotates", [True, False])
def test_a_worker_that_was_overtaken_goes_on_with_what_the_other_kept(
    books: Connections, provider: Provider, rotates: bool, caplog: pytest.LogCaptureFixture
) -> None:
    provider.rotates = rotates
    assert len(worker(books, Overtaken(books, "books"))) == 2
    assert provider.asked == 2
    assert books.show("books").status != "reconnect"
    kept = books.settings("books", "xero")
    assert kept["refresh_token"] == (provider.tokens[-1].refresh_token if rotates else provider.tokens[0].refresh_token)
    assert "could not be kept" not in caplog.text
    assert len(worker(books)) == 2


def test_a_renewal_that_the_vendor_refuses_ends_in_reconnect_and_is_told_once(
    books: Connections, provider: Provider
) -> None:
    provider.revoke()
    for _ in range(2):
        with pytest.raises(LoginRefused, match="the refresh token is revoked or expired"):
            worker(books)
    shown = books.show("books")
    assert (shown.status, "connect again" in str(shown.status_reason)) == ("reconnect", True)
    with books.store.transaction(books.tenant_id) as session:
        tried = session.scalars(select(AuditEntry).where(AuditEntry.action == "connection tried")).all()
        assert len(tried) == 1
    log_in(books, provider)
    assert books.show("books").status == "new"
    assert len(worker(books)) == 2


def test_accounts_are_found_chosen_and_kept(books: Connections) -> None:
    accounts = Accounts(books.store, books.vault, books.tenant_id, "user test")
    assert [(each.option, list(each.accounts)) for each in accounts.all("books")] == [("organisations", [])]
    found = accounts.discover("books")[0].accounts
    assert [(each.value, each.label, each.chosen) for each in found] == [
        ("org-1", "Acme", False),
        ("org-2", "Umbra", False),
    ]
    chosen = accounts.choose("books", "organisations", ["org-2"])[0].accounts
    assert [each.value for each in chosen if each.chosen] == ["org-2"]
    assert books.settings("books", "xero")["organisations"] == ["org-2"]
    assert accounts.discover("books")[0].accounts == chosen
    with pytest.raises(Exception, match="books has no organisations org-3"):
        accounts.choose("books", "organisations", ["org-3"])
    with pytest.raises(Exception, match="'start_date' is not chosen among accounts; there are organisations"):
        accounts.choose("books", "start_date", ["org-1"])
    accounts.choose("books", "organisations", [])
    assert "organisations" not in books.settings("books", "xero")
