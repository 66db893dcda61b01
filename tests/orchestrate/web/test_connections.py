"""Connections and runs in a browser: what each role sees and may do, and what another tenant's are: not there."""

from __future__ import annotations

from datetime import timedelta

import pytest

from orchestrate.connections.service import Connections
from orchestrate.people.roles import Role
from orchestrate.store.tables import SyncLine, SyncRun, now
from orchestrate.syncs.keeping import Keeping
from orchestrate.syncs.queue import Claim
from orchestrate.syncs.service import Result, Syncs
from tests.orchestrate.web.conftest import Visit, csrf_of

SECRET = "rk_test_never_on_a_page"
HOSTILE = "</li><script>alert(1)</script>"


@pytest.fixture(scope="module")
def run(connections: Connections) -> str:
    """A run that goes on, of the connection `shop`, with a line that a vendor wrote."""
    connections.add("stripe", "shop", {"api_key": SECRET, "start_date": "2024-01-01"})
    syncs = Syncs(connections.store, connections.tenant_id, "test")
    syncs.schedule("shop", "hourly")
    found = syncs.trigger("shop")
    with connections.store.transaction(connections.tenant_id) as session:
        row = session.get_one(SyncRun, (connections.tenant_id, found))
        row.status, row.started_at = "running", now()
        session.add(
            SyncLine(
                tenant_id=connections.tenant_id, run_id=found, number=1, level="error", plugin="tap-stripe",
                text=f"the vendor said {HOSTILE}",
            )
        )  # fmt: skip
    return found


PAGES = (
    "/connections", "/connections/shop", "/connections/shop/timeline", "/connections/shop/schedule",
    "/connections/shop/login", "/connections/shop/settings", "/runs", "/runs/{run}",
)  # fmt: skip


@pytest.mark.parametrize("role", list(Role))
@pytest.mark.parametrize("path", PAGES)
def test_every_role_sees_the_pages_and_no_secret(visit: Visit, run: str, path: str, role: Role) -> None:
    answer = visit(role).get(path.format(run=run))
    assert answer.status_code == 200
    assert "shop" in answer.text and SECRET not in answer.text
    assert "script-src 'self';" in answer.headers["content-security-policy"]
    changing = [line for line in answer.text.split("<form")[1:] if 'method="post"' in line and "/logout" not in line]
    assert not (changing and role is Role.VIEWER)


@pytest.mark.parametrize("path", PAGES)
def test_nobody_sees_them_without_a_login(visit: Visit, run: str, path: str) -> None:
    answer = visit().get(path.format(run=run))
    assert answer.status_code == 303 and answer.headers["location"].startswith("/login?then=%2F")


def test_another_tenants_are_not_there(visit: Visit, foreign: Connections) -> None:
    foreign.add("stripe", "theirs", {"api_key": SECRET})
    syncs = Syncs(foreign.store, foreign.tenant_id, "test")
    theirs, schedule = syncs.trigger("theirs"), syncs.schedule("theirs", "hourly").id
    browser = visit(Role.OWNER)
    token = csrf_of(browser.get("/account").text)
    for path in ("", "/timeline", "/schedule", "/login", "/settings"):
        assert browser.get(f"/connections/theirs{path}").status_code == 404, path
    for path in (f"/runs/{theirs}", f"/runs/{theirs}/events"):
        assert browser.get(path).status_code == 404, path
    for path in (
        "/connections/theirs/settings", "/connections/theirs/test", "/connections/theirs/remove",
        "/connections/theirs/sync", "/connections/theirs/accounts", f"/runs/{theirs}/cancel",
        f"/connections/theirs/schedule/{schedule}/remove", f"/connections/shop/schedule/{schedule}/remove",
    ):  # fmt: skip
        assert browser.post(path, data={"csrf": token}).status_code == 404, path
    assert syncs.run(theirs).status == "queued" and [each.id for each in syncs.schedules("theirs")] == [schedule]
    assert "theirs" not in browser.get("/connections").text + browser.get("/runs").text


@pytest.mark.parametrize(
    "path",
    ["/connections/shop/sync", "/connections/shop/remove", "/connections/shop/schedule", "/platforms/stripe/connect"],
)
def test_a_viewer_and_a_form_from_elsewhere_change_nothing(visit: Visit, run: str, path: str) -> None:
    viewer, editor = visit(Role.VIEWER), visit(Role.EDITOR)
    lacking = viewer.post(path, data={"csrf": csrf_of(viewer.get("/account").text)})
    assert lacking.status_code == 403 and "lacks" in lacking.text
    assert editor.post(path, data={"csrf": csrf_of(viewer.get("/account").text)}).status_code == 403


def test_what_a_vendor_says_is_shown_and_not_run(visit: Visit, run: str) -> None:
    text = visit(Role.VIEWER).get(f"/runs/{run}").text
    assert "<script>alert" not in text and "&lt;script&gt;alert(1)" in text


def test_a_refused_connection_is_shown_again_without_its_secret(visit: Visit, connections: Connections) -> None:
    browser = visit(Role.EDITOR)
    page = browser.get("/platforms/stripe/connect")
    given = {
        "csrf": csrf_of(page.text), "name": "second", "login": "api_key", "setting.api_key": SECRET,
        "setting.account_id": "not-an-account",
    }  # fmt: skip
    answer = browser.post("/platforms/stripe/connect", data=given)
    assert answer.status_code == 422 and 'role="alert"' in answer.text
    assert "not-an-account" in answer.text and SECRET not in answer.text
    assert "second" not in {each.name for each in connections.all()}
    assert "a name has letters" in browser.post("/platforms/stripe/connect", data={**given, "name": "a b"}).text


def test_a_login_at_the_vendor_asks_for_the_workspaces_app_first(visit: Visit) -> None:
    browser = visit(Role.EDITOR)
    page = browser.get("/platforms/hubspot/connect?login=oauth")
    assert "/api/v1/oauth/callback/hubspot" in page.text
    app = {"csrf": csrf_of(page.text), "client_id": "app-1", "client_secret": SECRET}
    assert browser.post("/platforms/hubspot/connect/app", data=app).status_code == 303
    page = browser.get("/platforms/hubspot/connect?login=oauth")
    assert "Client secret" not in page.text and SECRET not in page.text
    given = {"csrf": csrf_of(page.text), "name": "hub", "login": "oauth"}
    begun = browser.post("/platforms/hubspot/connect", data=given)
    assert begun.status_code == 200 and "client_id=app-1" in begun.text and "code_challenge=" in begun.text


def test_settings_change_and_a_secret_left_empty_stays(visit: Visit, connections: Connections) -> None:
    connections.add("stripe", "changing", {"api_key": SECRET, "start_date": "2024-01-01"})
    browser = visit(Role.EDITOR)
    page = browser.get("/connections/changing/settings")
    assert 'value="2024-01-01"' in page.text and SECRET not in page.text
    given = {"csrf": csrf_of(page.text), "setting.start_date": "2025-02-03", "setting.api_key": "",
             "further": "max_concurrency=2"}  # fmt: skip
    assert browser.post("/connections/changing/settings", data=given).status_code == 303
    kept = connections.settings("changing", "stripe")
    assert (kept["start_date"], kept["api_key"], kept["max_concurrency"]) == ("2025-02-03", SECRET, 2)
    odd = browser.post("/connections/changing/settings", data={**given, "further": "max_concurrency"})
    assert odd.status_code == 422 and "name=value" in odd.text


def test_a_schedule_is_made_paused_and_removed(visit: Visit, connections: Connections) -> None:
    connections.add("stripe", "timed", {"api_key": SECRET})
    browser, base = visit(Role.EDITOR), "/connections/timed/schedule"
    token = {"csrf": csrf_of(browser.get(base).text)}
    wrong = browser.post(base, data={**token, "frequency": "now and then"})
    assert wrong.status_code == 422 and "is no frequency" in wrong.text
    assert browser.post(base, data={**token, "frequency": "daily at 06:30", "stream": "charges"}).status_code == 303
    syncs = Syncs(connections.store, connections.tenant_id, "test")
    [made] = syncs.schedules("timed")
    assert (made.streams, made.cron) == (("charges",), "30 6 * * *")
    assert "06:30" in browser.get(base).text
    browser.post(f"{base}/{made.id}/pause", data=token)
    assert syncs.schedules("timed")[0].paused and "paused" in browser.get(base).text
    assert browser.post(f"{base}/{made.id}/forget", data=token).status_code == 404
    browser.post(f"{base}/{made.id}/remove", data=token)
    assert syncs.schedules("timed") == []


def test_a_backfill_covers_both_of_its_days(visit: Visit, connections: Connections) -> None:
    connections.add("stripe", "filled", {"api_key": SECRET})
    browser = visit(Role.EDITOR)
    given = {
        "csrf": csrf_of(browser.get("/connections/filled/schedule").text), "stream": "charges",
        "since": "2026-01-30", "until": "2026-01-31",
    }  # fmt: skip
    at = browser.post("/connections/filled/backfill", data=given).headers["location"]
    run = Syncs(connections.store, connections.tenant_id, "test").run(at.removeprefix("/runs/"))
    assert run.since and run.until and run.until - run.since == timedelta(days=2)
    assert browser.post("/connections/filled/backfill", data={**given, "since": "soon"}).status_code == 422


def test_a_run_is_followed_to_its_end_and_cancelled_by_nobody_afterwards(
    visit: Visit, connections: Connections
) -> None:
    connections.add("stripe", "followed", {"api_key": SECRET})
    browser = visit(Role.EDITOR)
    token = {"csrf": csrf_of(browser.get("/account").text)}
    path = browser.post("/connections/followed/sync", data=token).headers["location"]
    assert f'data-follow="{path}/events' in browser.get(path).text and "Cancel" in browser.get(path).text
    run = path.removeprefix("/runs/")
    with connections.store.transaction(connections.tenant_id) as session:
        row = session.get_one(SyncRun, (connections.tenant_id, run))
        row.status, row.started_at, row.fence = "running", now() - timedelta(seconds=90), 1
        claim = Claim(connections.tenant_id, "acme", run, 1)
    Keeping(connections.store, claim).end(
        "partial",
        "the vendor keeps refunds",
        {"refunds": Result("refunds", 7, 5, 1, 3, 2048, 0.0, "not permitted", answers=2, answering=0.5, slowest=0.4)},
    )
    followed = browser.get(f"{path}/events")
    assert followed.headers["content-type"].startswith("text/event-stream")
    assert "event: progress" in followed.text and "event: over" in followed.text and "not permitted" in followed.text
    page = browser.get(path).text
    assert "data-follow" not in page and "2.0 kB" in page
    assert browser.post(f"{path}/cancel", data=token).status_code == 422
    table = browser.get("/connections/followed").text
    assert "not permitted" in table and "partial" in table
    stands = browser.get("/api/v1/standings").json()["items"]
    [standing] = [each["standing"] for each in stands if each["connection"] == "followed"]
    assert standing | {"ran_at": 0} == {
        "run": run, "status": "partial", "ran_at": 0, "due_at": None, "rows": 5, "fresh_at": None, "troubled": 1,
    }  # fmt: skip
    [used] = [each for each in browser.get("/api/v1/usage").json()["items"] if each["connection"] == "followed"]
    assert (used["partial"], used["done"], used["requests"], used["bytes"]) == (1, 0, 3, 2048)
    assert 89 <= used["took"] <= 99
    monitored = browser.get("/monitoring").text
    assert "2.0 kB" in monitored
    assert '<th scope="row">stripe</th><td class="num">5</td><td class="num">3</td>' in monitored
    assert '<td class="num">250 ms</td><td class="num">400 ms</td>' in monitored
