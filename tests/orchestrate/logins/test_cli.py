"""`engarde oauth-app` and `engarde connection accounts` as somebody at the machine uses them."""

from __future__ import annotations

import pytest
from typer import Typer
from typer.testing import CliRunner

from orchestrate.connections.cli import app as connection
from orchestrate.connections.service import Connections
from orchestrate.logins.cli import app as oauth_app
from orchestrate.logins.service import Logins
from tests.orchestrate.logins.provider import CLIENT_ID, CLIENT_SECRET, Provider


def said(app: Typer, *words: str, given: str | None = None, code: int = 0) -> str:
    result = CliRunner().invoke(app, [*words, "--tenant", "acme"], input=given)
    assert result.exit_code == code, result.output
    return result.output.strip()


@pytest.mark.parametrize("address", ["sqlite"], indirect=True)
def test_an_app_is_kept_and_accounts_are_asked_for_and_chosen(connections: Connections, provider: Provider) -> None:
    address = said(oauth_app, "put", "xero", "--client-id", CLIENT_ID, given=CLIENT_SECRET + "\n")
    assert address == provider.app.redirect_uris[0]
    assert said(oauth_app, "list").split() == ["xero", CLIENT_ID, address]
    assert "has no login that one agrees to in a browser" in said(
        oauth_app, "put", "stripe", "--client-id", "x", given="y\n", code=1
    )
    logins = Logins(connections.store, connections.vault, connections.tenant_id, "user test", "session test")
    settings = {"auth_url": f"{provider.url}/token", "api_url": provider.url}
    logins.finish("xero", provider.agree(logins.begin("xero", "books", settings).authorize_url))
    asked = said(connection, "accounts", "books", "--ask")
    assert [line.split() for line in asked.splitlines()] == [
        ["organisations", "org-1", "Acme"],
        ["organisations", "org-2", "Umbra"],
    ]
    assert said(connection, "accounts", "books", "--choose", "organisations=org-2").splitlines()[1].startswith("*")
    assert "no organisations org-3" in said(connection, "accounts", "books", "--choose", "organisations=org-3", code=1)
    assert said(oauth_app, "remove", "xero") == "removed the app at xero"
    assert "there is no OAuth app for 'xero'" in said(oauth_app, "remove", "xero", code=1)
