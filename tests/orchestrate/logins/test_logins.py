"""Logging in at a vendor with a browser, on both stores, against a real provider: what is kept, and what is refused."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest
import time_machine
from fastapi.testclient import TestClient
from sqlalchemy import text

from orchestrate.connections.service import Connections
from orchestrate.logins import service
from orchestrate.logins.service import Logins, StateRefusedError
from orchestrate.people.roles import Role
from taps.engine.auth_choice import EXPIRES_AT
from tests.orchestrate.logins.provider import CLIENT_ID, CLIENT_SECRET, Provider

Browser = Callable[[Role], TestClient]
START = datetime(2026, 3, 1, tzinfo=UTC)
CALLBACK = "/api/v1/oauth/callback/xero"
REJECTED = ["//evil.example", "/\\evil.example", "https://evil.example", "https:evil.example", "evil", "/a\nb", "/\t/e"]


def begin(client: TestClient, provider: Provider, **more: Any) -> Any:
    settings = {"auth_url": f"{provider.url}/token", "api_url": provider.url, **more.pop("settings", {})}
    given = {"platform": "xero", "connection": "books", "settings": settings, **more}
    return client.post("/api/v1/oauth/logins", json=given)


def come_back(client: TestClient, answer: dict[str, str], path: str = CALLBACK) -> Any:
    return client.get(path, params=answer, follow_redirects=False)


def test_somebody_agrees_at_the_vendor_and_the_connection_works(
    browser: Browser, provider: Provider, connections: Connections
) -> None:
    editor = browser(Role.EDITOR)
    kept = editor.put("/api/v1/oauth/apps/xero", json={"client_id": CLIENT_ID, "client_secret": CLIENT_SECRET})
    assert kept.json()["redirect_uri"] == f"https://engarde.example{CALLBACK}"
    begun = begin(editor, provider)
    asked = parse_qs(urlsplit(begun.json()["authorize_url"]).query)
    assert begun.json()["authorize_url"].startswith("https://login.xero.com/identity/connect/authorize?")
    assert (asked["code_challenge_method"], asked["redirect_uri"]) == (["S256"], [kept.json()["redirect_uri"]])
    back = come_back(editor, provider.agree(begun.json()["authorize_url"]))
    assert (back.status_code, back.headers["Location"]) == (303, "/connections/books")
    token = provider.tokens[0]
    assert connections.settings("books", "xero")["refresh_token"] == token.refresh_token
    found = editor.post("/api/v1/connections/books/accounts/discover").json()["items"][0]["accounts"]
    assert [each["label"] for each in found] == ["Acme", "Umbra"]
    shown = editor.get("/api/v1/connections/books").text + begun.text + kept.text
    with connections.store.engine.connect() as connection:
        tables = ("oauth_apps", "oauth_states", "connection_settings")
        rows = "".join(str(connection.execute(text(f"SELECT * FROM {name}")).all()) for name in tables)
    for secret in (CLIENT_SECRET, token.access_token, token.refresh_token):
        assert secret not in shown + rows


def test_a_login_asks_for_the_right_to_register_webhooks_only_where_that_is_wanted(browser: Browser) -> None:
    editor = browser(Role.EDITOR)
    editor.put("/api/v1/oauth/apps/asana", json={"client_id": CLIENT_ID, "client_secret": CLIENT_SECRET})
    asked = {}
    for wanted in (False, True):
        begun = editor.post("/api/v1/oauth/logins", json={"platform": "asana", "webhooks": wanted})
        [scope] = parse_qs(urlsplit(begun.json()["authorize_url"]).query)["scope"]
        asked[wanted] = set(scope.split())
    more = {"webhooks:read", "webhooks:write", "webhooks:delete"}
    assert asked[True] - asked[False] == more and not asked[False] - asked[True]
    login = next(each for each in editor.get("/api/v1/platforms/asana").json()["form"]["logins"] if each["in_browser"])
    assert set(login["webhooks"]) == more
    assert "It may register webhooks too" in editor.get(f"/platforms/asana/connect?login={login['name']}").text


def test_a_code_is_good_with_the_verifier_of_its_own_login_alone(
    browser: Browser, provider: Provider, registered: Connections
) -> None:
    editor = browser(Role.EDITOR)
    address = begin(editor, provider).json()["authorize_url"]
    parts = urlsplit(address)
    asked = {name: each[0] for name, each in parse_qs(parts.query).items()}
    other = parse_qs(urlsplit(begin(editor, provider).json()["authorize_url"]).query)["code_challenge"][0]
    answer = provider.agree(f"{address.partition('?')[0]}?{urlencode(asked | {'code_challenge': other})}")
    refused = come_back(editor, answer)
    assert refused.status_code == 424
    assert "begin" in refused.json()["detail"] or "connect again" in refused.json()["detail"]
    assert registered.all() == []


def test_a_state_is_good_once(browser: Browser, provider: Provider, registered: Connections) -> None:
    editor = browser(Role.EDITOR)
    answer = provider.agree(begin(editor, provider).json()["authorize_url"])
    assert [come_back(editor, answer).status_code for _ in range(2)] == [303, 400]
    assert len(registered.all()) == 1


@pytest.mark.parametrize("wrong", ["session", "platform", "tenant", "time", "altered", "none"])
def test_a_state_is_good_for_its_session_platform_tenant_and_time_and_never_again_after_a_misuse(
    browser: Browser, provider: Provider, registered: Connections, wrong: str
) -> None:
    with time_machine.travel(START, tick=False) as clock:
        editor = browser(Role.EDITOR)
        answer = provider.agree(begin(editor, provider).json()["authorize_url"])
        match wrong:
            case "session":
                assert come_back(browser(Role.OWNER), answer).status_code == 400
            case "platform":
                assert come_back(editor, answer, CALLBACK.replace("xero", "hubspot")).status_code == 400
            case "tenant":
                stranger = registered.store.tenant("stranger")
                session = f"session {editor.cookies['engarde'].split('_')[2]}"
                with pytest.raises(StateRefusedError):
                    Logins(registered.store, registered.vault, stranger, "user test", session).finish("xero", answer)
                return
            case "time":
                clock.shift(service.LASTS)
            case "altered":
                flipped = "A" if answer["state"][-1] != "A" else "B"
                assert come_back(editor, answer | {"state": answer["state"][:-1] + flipped}).status_code == 400
                return
            case "none":
                assert come_back(editor, {"code": answer["code"]}).status_code == 400
                return
        assert come_back(editor, answer).status_code == 400
        assert registered.all() == []


def test_nobody_finishes_a_login_without_a_session(
    browser: Browser, provider: Provider, registered: Connections
) -> None:
    editor = browser(Role.EDITOR)
    answer = provider.agree(begin(editor, provider).json()["authorize_url"])
    editor.cookies.clear()
    assert come_back(editor, answer).status_code == 401
    assert registered.all() == []


@pytest.mark.parametrize("path", REJECTED)
def test_the_browser_never_goes_on_at_another_host(
    browser: Browser, provider: Provider, registered: Connections, path: str
) -> None:
    refused = begin(browser(Role.EDITOR), provider, goes_on_at=path)
    assert refused.status_code == 422
    assert "a path of this service" in refused.json()["detail"]
    assert registered.all() == []


def test_the_redirect_address_is_this_services_own_whatever_a_request_says(
    browser: Browser, provider: Provider, registered: Connections
) -> None:
    editor = browser(Role.EDITOR)
    editor.headers["Host"] = editor.headers["X-Forwarded-Host"] = "evil.example"
    answer = begin(editor, provider, goes_on_at="/platforms/xero?new=1").json()
    assert answer["redirect_uri"] == f"https://engarde.example{CALLBACK}"
    assert come_back(editor, provider.agree(answer["authorize_url"])).headers["Location"] == "/platforms/xero?new=1"
    assert len(registered.all()) == 1


@pytest.mark.parametrize(
    ("code", "says"),
    [("access_denied", "log in again and agree"), ("invalid_scope", "add the scopes"), ("<script>", "begin again")],
)
def test_a_refusal_is_told_with_what_to_do(
    browser: Browser, provider: Provider, registered: Connections, code: str, says: str
) -> None:
    editor = browser(Role.EDITOR)
    state = parse_qs(urlsplit(begin(editor, provider).json()["authorize_url"]).query)["state"][0]
    refused = come_back(editor, {"state": state, "error": code, "error_description": "<script>alert(1)</script>"})
    assert refused.status_code == 400
    assert says in refused.json()["detail"]
    assert "<" not in refused.text
    assert registered.all() == []


def test_a_new_login_keeps_the_other_settings_and_replaces_the_tokens(
    browser: Browser, provider: Provider, registered: Connections
) -> None:
    editor = browser(Role.EDITOR)
    for start in ({"start_date": "2025-01-01"}, {}):
        answer = provider.agree(begin(editor, provider, settings=start).json()["authorize_url"])
        assert come_back(editor, answer).status_code == 303
        registered.keep_status("books", "reconnect", "the refresh token is revoked")
    answer = provider.agree(begin(editor, provider).json()["authorize_url"])
    assert come_back(editor, answer).status_code == 303
    kept = registered.settings("books", "xero")
    assert (kept["start_date"], kept["refresh_token"]) == ("2025-01-01", provider.tokens[2].refresh_token)
    assert datetime.fromisoformat(kept[EXPIRES_AT]) > datetime.now(UTC) + timedelta(minutes=20)
    assert (registered.show("books").status, len(registered.all())) == ("new", 1)


def test_without_an_app_or_with_a_wrong_platform_the_answer_says_what_to_do(
    browser: Browser, provider: Provider
) -> None:
    editor = browser(Role.EDITOR)
    missing = begin(editor, provider)
    assert missing.status_code == 409
    assert f"https://engarde.example{CALLBACK}" in missing.json()["detail"]
    assert begin(editor, provider, platform="stripe").status_code == 422
    assert begin(editor, provider, platform="nothing").status_code == 404
    assert begin(browser(Role.VIEWER), provider).status_code == 403


def test_a_program_finishes_its_own_logins(browser: Browser, provider: Provider, registered: Connections) -> None:
    admin = browser(Role.ADMIN)
    made = admin.post("/api/v1/keys", json={"name": "robot", "scopes": ["connections:write"]})
    robot = TestClient(admin.app, headers={"Authorization": f"Bearer {made.json()['key']}"})
    answer = provider.agree(begin(robot, provider).json()["authorize_url"])
    finished = robot.post("/api/v1/oauth/logins/xero/finish", json={"answer": answer})
    assert (finished.status_code, finished.json()["name"]) == (200, "books")
    other = provider.agree(begin(robot, provider).json()["authorize_url"])
    assert come_back(admin, other).status_code == 400
    assert len(registered.all()) == 1


def test_a_new_secret_of_the_app_reaches_the_connections_made_with_it(
    browser: Browser, provider: Provider, registered: Connections
) -> None:
    editor = browser(Role.EDITOR)
    come_back(editor, provider.agree(begin(editor, provider).json()["authorize_url"]))
    editor.put("/api/v1/oauth/apps/xero", json={"client_id": CLIENT_ID, "client_secret": "the next one"})
    assert registered.settings("books", "xero")["client_secret"] == "the next one"
    assert editor.delete("/api/v1/oauth/apps/xero").status_code == 204
    assert editor.get("/api/v1/oauth/apps").json()["items"] == []
