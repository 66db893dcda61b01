"""Logging in and out over HTTP, on both stores: what a cookie may do, when it ends, and how guessing is slowed down."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from http.cookies import SimpleCookie

import pytest
import time_machine
from fastapi import FastAPI
from fastapi.testclient import TestClient
from sqlalchemy import select, text

from orchestrate.audit import service as audit
from orchestrate.connections.service import Connections
from orchestrate.people import sessions, throttle
from orchestrate.people.login import WrongLoginError, login
from orchestrate.people.roles import Role
from orchestrate.people.service import People
from orchestrate.store.tables import UserSession
from tests.orchestrate.people.conftest import PASSWORD, enter

Browser = Callable[[Role], TestClient]
NEXT = "umbrella seventeen basalt choir"
START = datetime(2026, 3, 1, tzinfo=UTC)
HUBSPOT = {"platform": "hubspot", "name": "main", "settings": {"access_token": "pat-1"}}


def status(client: TestClient) -> int:
    return client.get("/api/v1/session").status_code


def test_somebody_logs_in_sees_who_they_are_works_and_logs_out(browser: Browser) -> None:
    owner = browser(Role.OWNER)
    me = owner.get("/api/v1/session").json()
    assert (me["actor"], me["role"]) == ("user owner@acme.example", "owner")
    assert owner.post("/api/v1/connections", json=HUBSPOT).status_code == 201
    before = dict(owner.cookies)
    out = owner.delete("/api/v1/session")
    assert (out.status_code, dict(owner.cookies)) == (204, {})
    owner.cookies.update(before)
    assert status(owner) == 401


def test_what_a_session_does_stands_in_the_log_under_the_persons_name(
    browser: Browser, connections: Connections
) -> None:
    browser(Role.OWNER).post("/api/v1/connections", json=HUBSPOT)
    last = audit.entries(connections.store, connections.tenant_id, 2)
    assert [(each.actor, each.action) for each in last] == [
        ("user owner@acme.example", "connection added"),
        ("user owner@acme.example", "logged in"),
    ]


@pytest.mark.parametrize(("scheme", "name", "secure"), [("http", "engarde", ""), ("https", "__Host-engarde", True)])
def test_the_cookie_is_out_of_reach_of_scripts_and_of_other_sites(
    app: FastAPI, people: People, scheme: str, name: str, secure: str | bool
) -> None:
    people.add("ada@acme.example", Role.VIEWER, PASSWORD)
    client = TestClient(app, base_url=f"{scheme}://engarde.example")
    given = {"workspace": "acme", "email": " Ada@Acme.example", "password": PASSWORD}
    answer = client.post("/api/v1/session", json=given)
    cookie = SimpleCookie(answer.headers["Set-Cookie"])[name]
    assert (cookie["httponly"], cookie["samesite"], cookie["path"], cookie["domain"]) == (True, "lax", "/", "")
    assert cookie["secure"] == secure
    assert status(client) == 200


def test_an_unsafe_request_with_a_cookie_wants_the_sessions_own_csrf_token(browser: Browser) -> None:
    owner, other = browser(Role.OWNER), browser(Role.ADMIN)
    for wrong in ("", "x" * 64, other.headers["X-CSRF-Token"]):
        refused = owner.post("/api/v1/connections", json=HUBSPOT, headers={"X-CSRF-Token": wrong})
        assert refused.status_code == 403
        assert "CSRF" in refused.json()["detail"]
    assert owner.get("/api/v1/connections", headers={"X-CSRF-Token": ""}).status_code == 200
    assert owner.post("/api/v1/connections", json=HUBSPOT).status_code == 201


@pytest.mark.parametrize("headers", [{"Origin": "https://evil.example"}, {"Sec-Fetch-Site": "cross-site"}])
def test_another_sites_page_cannot_log_a_browser_in(app: FastAPI, people: People, headers: dict[str, str]) -> None:
    people.add("ada@acme.example", Role.VIEWER, PASSWORD)
    given = {"workspace": "acme", "email": "ada@acme.example", "password": PASSWORD}
    answer = TestClient(app).post("/api/v1/session", json=given, headers=headers)
    assert answer.status_code == 403
    assert "Set-Cookie" not in answer.headers


def test_a_login_begins_a_new_session_and_ends_the_one_that_the_browser_had(browser: Browser, app: FastAPI) -> None:
    client = browser(Role.EDITOR)
    before = dict(client.cookies)
    enter(client, "editor@acme.example")
    assert dict(client.cookies) != before
    assert status(TestClient(app, cookies=before)) == 401


def test_a_session_ends_when_it_is_not_used_and_at_its_fixed_end(browser: Browser) -> None:
    with time_machine.travel(START, tick=False) as clock:
        idle = browser(Role.EDITOR)
        clock.shift(sessions.IDLE - timedelta(seconds=1))
        assert status(idle) == 200
        clock.shift(sessions.IDLE)
        assert status(idle) == 401
        busy = enter(idle, "editor@acme.example")
        for _ in range(int(sessions.LONGEST / timedelta(hours=6)) - 1):
            clock.shift(timedelta(hours=6))
            assert status(busy) == 200
        clock.shift(timedelta(hours=6))
        assert status(busy) == 401


def test_a_new_password_ends_every_other_session_and_the_old_password(browser: Browser, app: FastAPI) -> None:
    here = browser(Role.EDITOR)
    there = enter(TestClient(app), "editor@acme.example")
    wrong = here.put("/api/v1/session/password", json={"old": NEXT, "new": NEXT})
    weak = here.put("/api/v1/session/password", json={"old": PASSWORD, "new": "password1234"})
    assert (wrong.status_code, weak.status_code, status(there)) == (401, 422, 200)
    changed = here.put("/api/v1/session/password", json={"old": PASSWORD, "new": NEXT})
    assert (changed.status_code, status(here), status(there)) == (200, 200, 401)
    old = {"workspace": "acme", "email": "editor@acme.example", "password": PASSWORD}
    assert there.post("/api/v1/session", json=old).status_code == 401
    enter(there, "editor@acme.example", NEXT)


def test_no_answer_tells_which_part_of_a_login_was_wrong(app: FastAPI, people: People) -> None:
    people.add("ada@acme.example", Role.VIEWER, PASSWORD)
    people.invite("bob@acme.example", Role.VIEWER)
    client = TestClient(app)
    right = {"workspace": "acme", "email": "ada@acme.example", "password": PASSWORD}
    wrong = [
        {"workspace": "nowhere"},
        {"email": "nobody@acme.example"},
        {"password": NEXT},
        {"email": "bob@acme.example"},
    ]
    answers = [client.post("/api/v1/session", json=right | each) for each in wrong]
    assert {answer.status_code for answer in answers} == {401}
    assert len({answer.text for answer in answers}) == 1


def test_guesses_are_slowed_down_longer_each_time_and_alike_for_people_that_there_are_not(
    app: FastAPI, people: People
) -> None:
    people.add("ada@acme.example", Role.VIEWER, PASSWORD)
    for email in ("ada@acme.example", "nobody@acme.example"):
        client, waits = TestClient(app), []
        with time_machine.travel(START, tick=False) as clock:
            while len(waits) < 9:
                given = {"workspace": "acme", "email": email, "password": "guess"}
                answer = client.post("/api/v1/session", json=given)
                if answer.status_code == 429:
                    waits.append(int(answer.headers["Retry-After"]))
                    clock.shift(waits[-1])
        assert waits == [11, 21, 41, 81, 161, 321, 641, 901, 901]


def test_who_guesses_at_many_people_from_one_address_waits_and_others_do_not(
    connections: Connections, people: People
) -> None:
    people.add("ada@acme.example", Role.VIEWER, PASSWORD)
    store = connections.store
    for number in range(throttle.FREE["address"]):
        with pytest.raises(WrongLoginError):
            login(store, "acme", f"nobody{number}@acme.example", "guess", "10.0.0.1")
    with pytest.raises(throttle.TooManyTriesError):
        login(store, "acme", "ada@acme.example", PASSWORD, "10.0.0.1")
    assert login(store, "acme", "ada@acme.example", PASSWORD, "10.0.0.2")


def test_guesses_at_the_same_time_count_as_well(connections: Connections, people: People) -> None:
    people.add("ada@acme.example", Role.VIEWER, PASSWORD)

    def guess(_: int) -> type[Exception]:
        try:
            login(connections.store, "acme", "ada@acme.example", "guess", "10.0.0.1")
        except (WrongLoginError, throttle.TooManyTriesError) as refused:
            return type(refused)
        raise AssertionError("a guess came in")

    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(guess, range(40)))
    assert found.count(WrongLoginError) == throttle.FREE["email"]


def test_after_a_success_nothing_is_held_against_the_person(connections: Connections, people: People) -> None:
    people.add("ada@acme.example", Role.VIEWER, PASSWORD)
    for _ in range(4):
        for _ in range(throttle.FREE["email"] - 1):
            with pytest.raises(WrongLoginError):
                login(connections.store, "acme", "ada@acme.example", "guess", "10.0.0.1")
        login(connections.store, "acme", "ada@acme.example", PASSWORD, "10.0.0.1")


def test_the_store_keeps_neither_passwords_nor_what_a_cookie_holds(browser: Browser, connections: Connections) -> None:
    cookie = browser(Role.EDITOR).cookies["engarde"]
    with connections.store.transaction(connections.tenant_id) as session:
        kept = [
            str(session.execute(text(f"SELECT * FROM {name}")).all()) for name in ("users", "sessions", "audit_log")
        ]
        assert len(session.scalars(select(UserSession)).all()) == 1
    assert "$argon2id$" in kept[0]
    assert [secret in "".join(kept) for secret in (PASSWORD, cookie, cookie.split("_", 3)[3])] == [False] * 3


def test_sessions_that_are_over_are_dropped_at_the_next_login(browser: Browser, connections: Connections) -> None:
    with time_machine.travel(START, tick=False) as clock:
        client = browser(Role.EDITOR)
        client.cookies.clear()
        clock.shift(sessions.LONGEST)
        enter(client, "editor@acme.example")
    with connections.store.transaction(connections.tenant_id) as session:
        assert len(session.scalars(select(UserSession)).all()) == 1
