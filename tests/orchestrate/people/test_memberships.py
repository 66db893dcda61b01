"""A person at several tenants, on both stores: one password, a role at each, and nobody's link opens another's door."""

from __future__ import annotations

from pathlib import Path

import pytest
from alembic import command
from fastapi import FastAPI
from fastapi.testclient import TestClient
from sqlalchemy import select, text

from orchestrate.audit import service as audit
from orchestrate.connections.service import Connections
from orchestrate.people.links import LinkSpentError
from orchestrate.people.login import WrongLoginError, accept, change_password, enter, login
from orchestrate.people.roles import Role
from orchestrate.people.service import LastOwnerError, NoPersonError, People, PersonElsewhereError, PersonTakenError
from orchestrate.people.sessions import opened
from orchestrate.store.database import Store, _config
from orchestrate.store.tables import Membership, User
from tests.orchestrate.people import conftest
from tests.orchestrate.people.conftest import PASSWORD

ADA, HERE = "ada@acme.example", "10.0.0.1"
NEXT = "umbrella seventeen basalt choir"


@pytest.fixture
def store(connections: Connections) -> Store:
    return connections.store


@pytest.fixture
def zeta(store: Store) -> People:
    """The people of another tenant."""
    return People(store, store.tenant("zeta"), "user test")


def where(store: Store, token_text: str) -> tuple[str, str] | None:
    found = opened(store, token_text)
    return (found.workspace, found.role) if found else None


def test_a_person_of_two_tenants_has_one_password_and_goes_from_one_to_the_other(
    people: People, zeta: People, app: FastAPI, connections: Connections
) -> None:
    first = people.add(ADA, Role.OWNER, PASSWORD)
    there, link = zeta.invite("Ada@acme.example ", Role.VIEWER)
    assert (there.id, there.active) == (first.id, False)
    client = TestClient(app)
    given = {"email": ADA, "password": PASSWORD}
    assert client.post("/api/v1/session", json=given | {"workspace": "zeta"}).status_code == 401, "not yet taken"
    assert client.post("/api/v1/session/accept", json={"link": link, "password": NEXT}).status_code == 401
    came = client.post("/api/v1/session/accept", json={"link": link, "password": PASSWORD}).json()
    assert (came["workspace"], came["role"]) == ("zeta", "viewer")
    before = dict(client.cookies)
    client.headers["X-CSRF-Token"] = came["csrf"]
    listed = client.get("/api/v1/session/workspaces").json()
    assert [(each["name"], each["role"], each["current"]) for each in listed] == [
        ("zeta", "viewer", True), ("acme", "owner", False),
    ]  # fmt: skip
    went = client.put("/api/v1/session/workspace", json={"workspace": "acme"})
    assert (went.json()["workspace"], went.json()["role"], went.json()["user_id"]) == ("acme", "owner", first.id)
    assert TestClient(app, cookies=before).get("/api/v1/session").status_code == 401, (
        "one session took the other's place"
    )
    assert client.get("/api/v1/people").json()["items"][0]["role"] == "owner"
    again = client.post("/api/v1/session", json=given).json()
    assert again["workspace"] == "acme", "the one used last"
    assert client.post("/api/v1/session", json=given | {"workspace": "zeta"}).json()["workspace"] == "zeta"
    last = audit.entries(connections.store, connections.store.tenant("zeta"), 1)
    assert [(each.actor, each.action) for each in last] == [(f"user {ADA}", "logged in")]


def test_a_workspace_that_one_does_not_belong_to_is_as_unknown_as_one_that_is_not_there(
    people: People, zeta: People, store: Store, app: FastAPI
) -> None:
    ada = people.add(ADA, Role.OWNER, PASSWORD)
    zeta.invite(ADA, Role.OWNER)
    client = conftest.enter(TestClient(app), ADA)
    for name in ("zeta", "nowhere", ""):
        refused = client.put("/api/v1/session/workspace", json={"workspace": name})
        assert (refused.status_code, refused.json()["detail"]) == (401, f"you do not belong to a workspace {name!r}")
        with pytest.raises(WrongLoginError):
            enter(store, ada.id, name)
    assert [each["name"] for each in client.get("/api/v1/session/workspaces").json()] == ["acme"]
    with pytest.raises(WrongLoginError):
        enter(store, "0" * 32, "acme")


def test_the_page_lists_the_workspaces_and_goes_there(people: People, zeta: People, app: FastAPI, store: Store) -> None:
    people.add(ADA, Role.OWNER, PASSWORD)
    accept(store, zeta.invite(ADA, Role.EDITOR)[1], PASSWORD, HERE)
    client = conftest.enter(TestClient(app, headers={"Accept": "text/html"}), ADA)
    account = client.get("/account").text
    assert "Go on in zeta" in account and "owner of acme" in account
    token = account.partition('name="csrf" value="')[2].partition('"')[0]
    client.post("/account/workspace", data={"workspace": "zeta", "csrf": token})
    assert "editor of zeta" in client.get("/account").text
    refused = client.post("/account/workspace", data={"workspace": "acme", "csrf": token})
    assert refused.status_code == 403, "the form was the other session's"


def test_a_tenants_people_cannot_come_into_a_persons_other_tenants(people: People, zeta: People, store: Store) -> None:
    old = zeta.invite(ADA, Role.OWNER)[1]
    accept(store, people.invite(ADA, Role.OWNER)[1], PASSWORD, HERE)
    with pytest.raises(WrongLoginError, match="has a login already"):
        accept(store, old, NEXT, HERE)
    people.reset(ADA)  # she belongs to acme alone, which may
    for link in (old, zeta.reset(ADA)):
        with pytest.raises((WrongLoginError, LinkSpentError)):
            accept(store, link, NEXT, HERE)
    accept(store, people.reset(ADA), PASSWORD, HERE)
    accept(store, zeta.reset(ADA), PASSWORD, HERE)
    for tenant in (people, zeta):
        with pytest.raises(PersonElsewhereError, match="other workspaces too"):
            tenant.reset(ADA)
    assert login(store, "acme", ADA, PASSWORD, HERE)
    at_machine = People(store, store.tenant("zeta"), "user root", at_machine=True)
    token = accept(store, at_machine.reset(ADA), NEXT, HERE)
    assert where(store, token.text) == ("zeta", "owner")
    assert where(store, login(store, "acme", ADA, NEXT, HERE).text) == ("acme", "owner")


def test_another_password_ends_the_sessions_at_every_tenant(people: People, zeta: People, store: Store) -> None:
    ada = people.add(ADA, Role.OWNER, PASSWORD)
    accept(store, zeta.invite(ADA, Role.VIEWER)[1], PASSWORD, HERE)
    mine, theirs = (login(store, name, ADA, PASSWORD, HERE).text for name in ("acme", "zeta"))
    assert where(store, mine) and where(store, theirs)
    token = change_password(store, store.tenant("acme"), ada.id, PASSWORD, NEXT, HERE)
    assert [where(store, each) for each in (mine, theirs, token.text)] == [None, None, ("acme", "owner")]


def test_a_member_is_removed_from_one_tenant_and_forgotten_with_the_last(
    people: People, zeta: People, store: Store
) -> None:
    people.add(ADA, Role.VIEWER, PASSWORD)
    accept(store, zeta.invite(ADA, Role.OWNER)[1], PASSWORD, HERE)
    there = login(store, "zeta", ADA, PASSWORD, HERE).text
    with pytest.raises(PersonTakenError):
        zeta.invite(ADA, Role.VIEWER)
    with pytest.raises(LastOwnerError):
        zeta.remove(ADA)
    people.remove(ADA)
    with pytest.raises(NoPersonError):
        people.show(ADA)
    with pytest.raises(WrongLoginError):
        login(store, "acme", ADA, PASSWORD, HERE)
    assert where(store, there) == ("zeta", "owner")
    zeta.add("bob@acme.example", Role.OWNER, PASSWORD)
    zeta.remove(ADA)
    assert where(store, there) is None
    assert zeta.add(ADA, Role.VIEWER, NEXT).active, "nobody is left whose password would stand"


def test_guesses_count_for_the_person_whatever_workspace_is_named(people: People, store: Store) -> None:
    people.add(ADA, Role.OWNER, PASSWORD)
    for number in range(5):
        with pytest.raises(WrongLoginError):
            login(store, f"workspace {number}", ADA, "guess", HERE)
    with pytest.raises(Exception, match="too many logins failed"):
        login(store, "acme", ADA, PASSWORD, HERE)


def test_on_postgres_people_are_seen_by_their_tenants_and_themselves(
    people: People, zeta: People, store: Store
) -> None:
    if store.engine.dialect.name != "postgresql":
        pytest.skip("SQLite has no row-level security: every query names whom it means")
    ada = people.add(ADA, Role.OWNER, PASSWORD)
    zeta.add("bob@zeta.example", Role.OWNER, PASSWORD)
    everybody, memberships = select(User.email), select(Membership.tenant_id)
    with store.transaction(store.tenant("zeta")) as session:
        assert session.scalars(everybody).all() == ["bob@zeta.example"]
        assert session.scalars(memberships).all() == [store.tenant("zeta")]
    with store.of_person(email=ADA) as session:
        assert session.scalars(everybody).all() == [ADA]
        assert session.scalars(memberships).all() == []
    with store.of_person(user=ada.id) as session:
        assert session.scalars(memberships).all() == [store.tenant("acme")]
        assert session.execute(text("UPDATE memberships SET role = 'viewer'")).rowcount == 0  # type: ignore[attr-defined]
    with store.across_tenants() as session:
        assert session.scalars(everybody).all() == []


def test_logins_of_one_address_become_one_person_who_comes_in_anew_where_nobody_proved_it(
    people: People, zeta: People, store: Store, environment: Path
) -> None:
    people.add("bob@acme.example", Role.EDITOR, PASSWORD)
    with store._migrating() as migrating:
        command.downgrade(_config(migrating), "0016")
    for name, last in (("acme", "2026-01-01 00:00:00.000000"), ("zeta", "2026-02-01 00:00:00.000000")):
        tenant = store.tenant(name)
        columns = "tenant_id, id, email, role, password_hash, created_at, last_login_at"
        row = "(:tenant, :id, :email, 'owner', :hash, :last, :last)"
        values = {"tenant": tenant, "id": f"of {name}", "email": ADA, "hash": f"hash of {name}", "last": last}
        with store.transaction(tenant) as session:
            session.execute(text(f"INSERT INTO users ({columns}) VALUES {row}"), values)  # words of this test
    store.migrate()
    assert {each.email: each.active for each in people.all()} == {ADA: False, "bob@acme.example": True}
    assert [(each.email, each.id, each.active, each.role) for each in zeta.all()] == [(ADA, "of zeta", True, "owner")]
    with store.of_person(email=ADA) as session:
        assert session.scalars(select(User.password_hash).where(User.email == ADA)).all() == ["hash of zeta"]
    assert login(store, "acme", "bob@acme.example", PASSWORD, HERE)
    people.reset(ADA)
