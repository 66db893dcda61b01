"""Inviting, roles, keys and the log over HTTP, on both stores: nobody gives more than they have, one stays owner."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from fastapi import FastAPI
from fastapi.testclient import TestClient

from orchestrate.access.service import NotYoursToGiveError
from orchestrate.connections.service import Connections
from orchestrate.people.links import INVITATION_LASTS
from orchestrate.people.roles import Role, scopes_of
from orchestrate.people.service import LastOwnerError, NoPersonError, People, PersonTakenError
from tests.orchestrate.people.conftest import PASSWORD, enter

Browser = Callable[[Role], TestClient]
START = datetime(2026, 3, 1, tzinfo=UTC)


def accept(client: TestClient, link: str, password: str = PASSWORD) -> int:
    return client.post("/api/v1/session/accept", json={"link": link, "password": password}).status_code


def test_somebody_is_invited_comes_in_once_by_the_link_and_gets_another_role(browser: Browser, app: FastAPI) -> None:
    admin = browser(Role.ADMIN)
    made = admin.post("/api/v1/people", json={"email": "Bob@acme.example", "role": "viewer"})
    assert (made.status_code, made.json()["person"]["active"]) == (201, False)
    link, bob = made.json()["link"], TestClient(app)
    assert [accept(bob, link, "short"), accept(bob, link[:-1] + "x"), accept(bob, link), accept(bob, link)] == [
        422, 410, 200, 410,
    ]  # fmt: skip
    assert bob.get("/api/v1/session").json()["role"] == "viewer"
    assert bob.get("/api/v1/people").status_code == 403
    changed = admin.patch(made.headers["Location"], json={"role": "admin"})
    assert changed.json() == admin.get(made.headers["Location"]).json()
    assert [each["email"] for each in bob.get("/api/v1/people").json()["items"]] == [
        "admin@acme.example",
        "bob@acme.example",
    ]
    assert admin.delete(made.headers["Location"]).status_code == 204
    assert bob.get("/api/v1/session").status_code == 401


def test_a_link_expires_and_a_newer_one_ends_it(people: People, app: FastAPI) -> None:
    client = TestClient(app)
    with time_machine.travel(START, tick=False) as clock:
        person, first = people.invite("bob@acme.example", Role.VIEWER)
        second = people.reset(person.id)
        assert accept(client, first) == 410
        clock.shift(INVITATION_LASTS)
        assert accept(client, second) == 410
        third = people.reset(person.id)
        clock.shift(INVITATION_LASTS - timedelta(seconds=1))
        assert accept(client, third) == 200


def test_a_reset_ends_the_password_and_the_sessions(browser: Browser, people: People, app: FastAPI) -> None:
    editor = browser(Role.EDITOR)
    link = people.reset("editor@acme.example")
    old = {"workspace": "acme", "email": "editor@acme.example", "password": PASSWORD}
    assert editor.get("/api/v1/session").status_code == 401
    assert TestClient(app).post("/api/v1/session", json=old).status_code == 401
    assert accept(editor, link) == 200


def test_nobody_gives_or_takes_more_than_they_have(browser: Browser) -> None:
    owner, admin = browser(Role.OWNER), browser(Role.ADMIN)
    boss = owner.get("/api/v1/session").json()["user_id"]
    me = admin.get("/api/v1/session").json()["user_id"]
    refused = [
        admin.post("/api/v1/people", json={"email": "eve@acme.example", "role": "owner"}),
        admin.patch(f"/api/v1/people/{me}", json={"role": "owner"}),
        admin.patch(f"/api/v1/people/{boss}", json={"role": "viewer"}),
        admin.post(f"/api/v1/people/{boss}/reset"),
        admin.delete(f"/api/v1/people/{boss}"),
        admin.post("/api/v1/keys", json={"name": "eve", "scopes": ["owners:write"]}),
    ]
    assert [answer.status_code for answer in refused] == [403] * 6
    key = admin.post("/api/v1/keys", json={"name": "robot", "scopes": ["people:write", "keys:write"]}).json()["key"]
    robot = {"Authorization": f"Bearer {key}"}
    for role in Role:
        given = {"email": f"{role}2@acme.example", "role": role}
        assert admin.post("/api/v1/people", json=given, headers=robot).status_code == 403
    more = {"name": "more", "scopes": ["audit:read"]}
    assert admin.post("/api/v1/keys", json=more, headers=robot).status_code == 403


def test_somebody_stays_owner(people: People) -> None:
    people.add("ada@acme.example", Role.OWNER, PASSWORD)
    people.invite("bob@acme.example", Role.OWNER)
    for change in (
        lambda: people.remove("ada@acme.example"),
        lambda: people.change_role("ada@acme.example", Role.ADMIN),
    ):
        with pytest.raises(LastOwnerError, match="the last owner who can log in"):
            change()
    people.add("cleo@acme.example", Role.OWNER, PASSWORD)
    people.remove("ada@acme.example")
    assert [each.email for each in people.all()] == ["bob@acme.example", "cleo@acme.example"]


def test_owners_who_remove_each_other_at_the_same_time_leave_one(people: People) -> None:
    names = [f"owner{number}@acme.example" for number in range(6)]
    for name in names:
        people.add(name, Role.OWNER, PASSWORD)

    def remove(name: str) -> bool:
        try:
            people.remove(name)
        except LastOwnerError:
            return False
        return True

    with ThreadPoolExecutor(6) as pool:
        removed = list(pool.map(remove, names))
    assert (removed.count(True), len(people.all())) == (5, 1)


def test_people_of_another_tenant_are_unknown(people: People, connections: Connections) -> None:
    ada = people.add("ada@acme.example", Role.OWNER, PASSWORD)
    stranger = People(connections.store, connections.store.tenant("stranger"), "user test")
    for who in (ada.id, ada.email):
        for act in (stranger.show, stranger.reset, stranger.remove, lambda who: stranger.change_role(who, Role.VIEWER)):
            with pytest.raises(NoPersonError):
                act(who)
    assert stranger.all() == []
    with pytest.raises(PersonTakenError, match="has a login already"):
        stranger.add("ada@acme.example", Role.VIEWER, PASSWORD)
    assert stranger.all() == []


def test_the_roles() -> None:
    viewer, editor, admin, owner = map(scopes_of, reversed(Role))
    assert viewer < editor < admin < owner
    assert owner - admin == {"owners:write"}
    assert admin - editor == {"people:read", "people:write", "keys:read", "keys:write", "audit:read"}
    assert {scope for scope in viewer if scope.endswith(":write")} == set()
    assert {"connections:read"} <= viewer
    assert {"connections:write"} <= editor


def test_keys_are_made_listed_and_revoked(browser: Browser) -> None:
    admin = browser(Role.ADMIN)
    key = admin.post("/api/v1/keys", json={"name": "robot", "scopes": ["keys:read"]}).json()["key"]
    robot = {"Authorization": f"Bearer {key}"}
    listed = admin.get("/api/v1/keys", headers=robot)
    assert [(each["name"], each["scopes"]) for each in listed.json()["items"]] == [("robot", ["keys:read"])]
    assert key.rpartition("_")[2] not in listed.text
    assert admin.post("/api/v1/keys", json={"name": "robot", "scopes": ["keys:read"]}).status_code == 409
    assert [admin.delete(f"/api/v1/keys/{name}").status_code for name in ("robot", "none")] == [204, 404]
    assert admin.get("/api/v1/keys", headers=robot).status_code == 401


def test_the_log_is_read_in_parts_and_proven(browser: Browser) -> None:
    admin = browser(Role.ADMIN)
    for number in range(4):
        admin.post("/api/v1/keys", json={"name": f"key{number}", "scopes": ["keys:read"]})
    seen, cursor = [], ""
    while cursor is not None:
        part = admin.get(f"/api/v1/audit?limit=2{cursor and f'&cursor={cursor}'}").json()
        seen += [(each["action"], each["subject"]) for each in part["items"]]
        cursor = part["next"]
    added = [("key added", f"key{number}") for number in (3, 2, 1, 0)]
    assert seen == [*added, ("logged in", "admin@acme.example"), ("person added", "admin@acme.example")]
    proof = admin.get("/api/v1/audit/verify").json()
    assert (proof["entries"], proof["broken_at"]) == (6, None)
    assert admin.get("/api/v1/audit/verify", params={"head": proof["head"]}).json() == proof
    assert admin.get("/api/v1/audit/verify", params={"head": "0" * 64}).json()["broken_at"] == 7


def test_a_key_is_not_logged_in_and_has_no_password(browser: Browser) -> None:
    admin = browser(Role.ADMIN)
    key = admin.post("/api/v1/keys", json={"name": "robot", "scopes": ["keys:read"]}).json()["key"]
    robot = {"Authorization": f"Bearer {key}", "X-CSRF-Token": ""}
    assert admin.get("/api/v1/session", headers=robot).json()["actor"] == "key robot"
    assert admin.delete("/api/v1/session", headers=robot).status_code == 403
    given = {"old": PASSWORD, "new": PASSWORD}
    assert admin.put("/api/v1/session/password", json=given, headers=robot).status_code == 403
    enter(admin, "admin@acme.example")


def test_who_may_give_less_cannot_give_more_by_the_service_either(connections: Connections) -> None:
    viewer = People(connections.store, connections.tenant_id, "user viewer", scopes_of(Role.VIEWER))
    with pytest.raises(NotYoursToGiveError, match="connections:write"):
        viewer.invite("eve@acme.example", Role.EDITOR)
