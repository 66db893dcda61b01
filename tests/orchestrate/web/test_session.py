"""Logging in and out with forms, and what keeps other sites and guesses out."""

from __future__ import annotations

import pytest

from orchestrate.connections.service import Connections
from orchestrate.people.roles import Role
from orchestrate.people.service import People
from tests.orchestrate.web.conftest import Visit, csrf_of

PASSWORD = "granite teapot wanders sideways"


def test_a_person_logs_in_goes_on_where_they_wanted_and_logs_out(connections: Connections, visit: Visit) -> None:
    People(connections.store, connections.tenant_id, "test").add("ada@example.com", Role.VIEWER, PASSWORD)
    browser = visit()
    asked = browser.get("/account")
    assert (asked.status_code, asked.headers["location"]) == (303, "/login?then=%2Faccount")
    given = {"workspace": "acme", "email": "ada@example.com", "password": "wrong", "then": "/account"}
    refused = browser.post("/login", data=given)
    assert refused.status_code == 401
    assert (
        "password is wrong" in refused.text
        and "ada@example.com" in refused.text
        and 'value="wrong"' not in refused.text
    )
    entered = browser.post("/login", data={**given, "password": PASSWORD})
    assert (entered.status_code, entered.headers["location"]) == (303, "/account")
    account = browser.get("/account")
    assert "ada@example.com" in account.text and "viewer" in account.text
    assert browser.post("/logout", data={"csrf": csrf_of(account.text)}).headers["location"] == "/login"
    assert browser.get("/account").status_code == 303


def test_no_login_leads_to_another_host(connections: Connections, visit: Visit) -> None:
    People(connections.store, connections.tenant_id, "test").add("bob@example.com", Role.VIEWER, PASSWORD)
    for then in ("//evil.example", "https://evil.example", "/\\evil.example", "javascript:alert(1)"):
        given = {"workspace": "acme", "email": "bob@example.com", "password": PASSWORD, "then": then}
        assert visit().post("/login", data=given).headers["location"] == "/"


def test_a_login_form_on_another_site_is_refused(visit: Visit) -> None:
    answer = visit().post("/login", data={"email": "a@b.example"}, headers={"Origin": "https://evil.example"})
    assert answer.status_code == 403 and "another site" in answer.text


def test_an_invited_person_sets_a_password_once(connections: Connections, visit: Visit) -> None:
    _, link = People(connections.store, connections.tenant_id, "test").invite("eve@example.com", Role.EDITOR)
    browser = visit()
    assert "12" in browser.post("/invitation", data={"link": link, "password": "short"}).text
    assert browser.post("/invitation", data={"link": link, "password": PASSWORD}).headers["location"] == "/"
    assert "eve@example.com" in browser.get("/account").text
    again = visit().post("/invitation", data={"link": link, "password": PASSWORD})
    assert again.status_code == 422 and "was used or has expired" in again.text


@pytest.mark.parametrize("token", [None, "", "0" * 64])
def test_a_form_without_the_sessions_token_changes_nothing(visit: Visit, token: str | None) -> None:
    browser = visit(Role.OWNER)
    answer = browser.post("/logout", data={} if token is None else {"csrf": token})
    assert answer.status_code == 403 and "was not sent from this session" in answer.text
    assert browser.get("/account").status_code == 200


def test_an_api_key_opens_no_page(connections: Connections, visit: Visit) -> None:
    from orchestrate.access.service import SCOPES, ApiKeys

    key = ApiKeys(connections.store, connections.tenant_id, "test").add("all", SCOPES)
    assert visit().get("/account", headers={"Authorization": f"Bearer {key}"}).status_code == 303
