"""Webhooks, alerts, rows, monitoring, keys, people and the log in a browser."""

from __future__ import annotations

import re
from urllib.parse import parse_qsl

import pytest

from orchestrate.access.service import ApiKeys, access_of
from orchestrate.announce.outbox import announce
from orchestrate.announce.service import Announcements, Counts
from orchestrate.connections.service import Connections
from orchestrate.data.service import Data, Described, Part, Wanted
from orchestrate.people.roles import Role
from orchestrate.people.service import People
from tests.engine.vendor import Asked, vendor
from tests.orchestrate.web.conftest import Visit, csrf_of

SECRET = "whsec_bmV2ZXIgb24gYSBwYWdl"
HOSTILE = "<script>alert(1)</script>"
EVERYBODY = ("/webhooks", "/alerts", "/data", "/monitoring")
ADMINS = ("/people", "/keys", "/audit")


@pytest.fixture(scope="module")
def shop(connections: Connections) -> str:
    connections.add("stripe", "shop", {"api_key": "rk_test_1"})
    return "shop"


@pytest.mark.parametrize("role", list(Role))
def test_each_role_sees_its_pages_alone(visit: Visit, shop: str, role: Role) -> None:
    browser = visit(role)
    for path in (*EVERYBODY, *ADMINS):
        answer = browser.get(path)
        allowed = path in EVERYBODY or role in {Role.OWNER, Role.ADMIN}
        assert answer.status_code == (200 if allowed else 403), path
        assert "script-src 'self';" in answer.headers["content-security-policy"]
        assert (f'href="{path}"' in browser.get("/account").text) is allowed, path


def test_an_address_for_a_vendor_is_made_and_its_secret_is_not_shown(visit: Visit, shop: str) -> None:
    browser = visit(Role.EDITOR)
    token = {"csrf": csrf_of(browser.get("/webhooks").text)}
    assert browser.post("/webhooks", data={**token, "connection": shop, "secret": SECRET}).status_code == 303
    text = browser.get("/webhooks").text
    assert "/api/v1/webhooks/stripe/" in text and "takes what is signed" in text and SECRET not in text


def test_whom_the_one_address_of_an_app_serves_is_said_wherever_one_looks(
    visit: Visit, connections: Connections
) -> None:
    browser = visit(Role.ADMIN)
    for number in (1, 2):
        settings = {"merchant_id": f"{number}ABCDEF123456", "api_token": "t"}
        connections.add("clover", f"till-{number}", settings)
    token = {"csrf": csrf_of(browser.get("/webhooks").text)}
    assert "webhooks of till-1" not in browser.get("/connections/till-2/schedule").text
    assert browser.post("/webhooks", data={**token, "connection": "till-1", "secret": SECRET}).status_code == 303
    page = browser.get("/webhooks").text
    assert "it serves till-2 too" in page and "It serves till-2 as well." in page
    assert "The address of till-1 serves till-2 already" in page
    assert "The webhooks of till-1 tell of this connection too" in browser.get("/connections/till-2/schedule").text
    assert "webhooks of till-1" not in browser.get("/connections/till-1/schedule").text
    gone = browser.post("/connections/till-1/remove", data=token)
    assert "is one of theirs now" in browser.get(gone.headers["Location"]).text
    assert "it serves" not in browser.get("/webhooks").text
    connections.remove("till-2")


def test_an_address_is_registered_asked_after_and_taken_back_by_buttons(visit: Visit, connections: Connections) -> None:
    known: dict[str, dict[str, str]] = {}

    def stripe(asked: Asked) -> object:
        if asked.method == "POST":
            known["we_1"] = {"id": "we_1", "url": dict(parse_qsl(asked.body))["url"], "status": "enabled"}
            return {**known["we_1"], "secret": SECRET}
        if asked.method == "DELETE":
            return known.pop("we_1")
        return {"data": list(known.values()), "has_more": False}

    browser = visit(Role.EDITOR)
    with vendor(stripe) as found:
        connections.add("stripe", "told", {"api_key": "rk_test_1", "api_url": found.url})
        token = {"csrf": csrf_of(browser.get("/webhooks").text)}
        assert browser.post("/webhooks/register", data={**token, "connection": "told"}).status_code == 303
        page = browser.get("/webhooks?done=registered").text
        assert "Registered by the vendor" in page and SECRET not in page
        webhook = str(re.search(r"/webhooks/(\w+)/registration", page)[1])  # type: ignore[index]
        assert "The vendor delivers." in browser.get(f"/webhooks/{webhook}/registration").text
        assert visit(Role.VIEWER).post(f"/webhooks/{webhook}/unregister", data=token).status_code == 403
        known["we_1"]["status"] = "disabled"
        assert "switched it off" in browser.get(f"/webhooks/{webhook}/registration").text
        assert browser.post(f"/webhooks/{webhook}/register", data=token).status_code == 303
        assert browser.post(f"/webhooks/{webhook}/unregister", data=token).status_code == 303
    assert known == {}
    assert "Register at the vendor" in browser.get("/webhooks").text


def test_another_tenants_addresses_keys_and_people_are_not_there(visit: Visit, foreign: Connections) -> None:
    from orchestrate.webhooks.endpoints import Webhooks

    foreign.add("stripe", "theirs", {"api_key": "rk_test_2"})
    own = foreign.store, foreign.vault, foreign.tenant_id, "test"
    webhook = Webhooks(*own).add("theirs", SECRET).id
    subscription = Announcements(*own).subscribe("https://8.8.8.8/told", ["run.finished"])[0].id
    key = ApiKeys(foreign.store, foreign.tenant_id, "test").add("theirs", ["data:read"])
    person = People(foreign.store, foreign.tenant_id, "test").invite("them@rival.example", Role.OWNER)[0].id
    browser = visit(Role.OWNER)
    token = {"csrf": csrf_of(browser.get("/account").text), "role": "viewer", "secret": "x"}
    for path in (
        f"/webhooks/{webhook}/secret", f"/webhooks/{webhook}/remove", f"/webhooks/{webhook}/register",
        f"/webhooks/{webhook}/unregister", f"/alerts/{subscription}/secret",
        f"/alerts/{subscription}/remove", f"/alerts/{subscription}/enable", "/keys/theirs/revoke",
        f"/people/{person}/role", f"/people/{person}/reset", f"/people/{person}/remove",
    ):  # fmt: skip
        assert browser.post(path, data=token).status_code == 404, path
    assert access_of(foreign.store, key) is not None
    seen = "".join(browser.get(path).text for path in (*EVERYBODY, *ADMINS))
    assert "theirs" not in seen and "them@rival.example" not in seen


def test_a_key_is_shown_once_and_gives_no_more_than_its_maker_has(visit: Visit, connections: Connections) -> None:
    admin = visit(Role.ADMIN)
    page = admin.get("/keys")
    assert "owners:write" not in page.text
    given = {"csrf": csrf_of(page.text), "name": "reports", "scope": ["data:read", "syncs:read"]}
    made = admin.post("/keys", data=given)
    key = made.text.split('class="secret">')[1].split("<")[0]
    found = access_of(connections.store, key)
    assert found is not None and found.scopes == {"data:read", "syncs:read"}
    assert made.headers["cache-control"] == "no-store" and key not in admin.get("/keys").text
    assert admin.post("/keys", data={**given, "name": "more", "scope": "owners:write"}).status_code == 403
    assert admin.post("/keys/reports/revoke", data=given).status_code == 303
    assert access_of(connections.store, key) is None and "revoked" in admin.get("/keys").text


def test_somebody_is_invited_with_a_link_that_is_shown_once(visit: Visit) -> None:
    admin = visit(Role.ADMIN)
    given = {"csrf": csrf_of(admin.get("/people").text), "email": "new@acme.example", "role": "editor"}
    made = admin.post("/people", data=given)
    link = made.text.split('class="secret">')[1].split("<")[0]
    assert link.startswith("el_") and "new@acme.example" in admin.get("/people").text
    assert link not in admin.get("/people").text
    assert admin.post("/people", data={**given, "email": "x@acme.example", "role": "king"}).status_code == 422
    assert admin.post("/people", data={**given, "email": "y@acme.example", "role": "owner"}).status_code == 403


def test_monitoring_says_how_alerts_stand(visit: Visit, connections: Connections) -> None:
    own = Announcements(connections.store, connections.vault, connections.tenant_id, "test")
    told = own.subscribe("https://8.8.8.8/told", ["run.finished"])[0].id
    with connections.store.transaction(connections.tenant_id) as session:
        announce(session, connections.tenant_id, "run.finished", {"run": "r1"})
    assert own.counts(1) == Counts(addresses=1, disabled=0, delivered=0, waiting=1, dead=0)
    shown = visit(Role.VIEWER).get("/monitoring").text
    assert 'href="/alerts">Alerts' in shown
    assert "<dt>Addresses told</dt><dd>1</dd>" in shown and "<dt>Waiting</dt><dd>1</dd>" in shown
    own.remove(told)


def test_the_log_is_proved(visit: Visit, shop: str) -> None:
    text = visit(Role.ADMIN).get("/audit?proved=true").text
    assert "connection added" in text and "none altered" in text


def test_rows_of_a_vendor_are_shown_and_not_run(visit: Visit, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[Wanted] = []

    def rows(_: Data, __: str, wanted: Wanted) -> Part:
        asked.append(wanted)
        return Part([{"name": HOSTILE, "amount": "10.00", "gone": None}], ("abc", 50))

    monkeypatch.setattr(Data, "unified", rows)
    browser = visit(Role.VIEWER)
    text = browser.get("/data/unified/customers", params={"where": "amount>=10, name!=x"}).text
    assert "<script>alert" not in text and "&lt;script&gt;alert(1)" in text and "10.00" in text
    assert asked[0].conditions == ["amount>=10", "name!=x"]
    further = text.split('class="button quiet" href="')[1].split('"')[0].replace("&amp;", "&")
    assert browser.get(further).status_code == 200 and asked[1].after == ("abc", 50)
    assert asked[1].conditions == asked[0].conditions
    assert browser.get("/data/unified/customers?cursor=bm9uZQ").status_code == 422


def test_tables_are_listed_with_what_they_are(visit: Visit, shop: str, monkeypatch: pytest.MonkeyPatch) -> None:
    told = Described("customers", "unified", "One row per person.", {"email": ("VARCHAR", "As first seen.")})
    monkeypatch.setattr(Data, "models", lambda _: [told])
    text = visit(Role.VIEWER).get("/data").text
    for part in ("/data/unified/customers", "One row per person.", "/data/raw/stripe/charges"):
        assert part in text


def test_a_table_that_is_not_there_is_a_page(visit: Visit, shop: str) -> None:
    answer = visit(Role.VIEWER).get("/data/raw/stripe/no_such_table")
    assert answer.status_code in {404, 503} and "<h1>" in answer.text
