"""The same in a browser, by forms alone."""

from __future__ import annotations

import re

import pytest

from orchestrate.people.roles import Role
from tests.orchestrate.reconciliation.conftest import Shop
from tests.orchestrate.web.conftest import csrf_of

pytestmark = pytest.mark.xdist_group("reconciliation")


def test_a_pair_is_judged_on_its_page_and_the_decision_undone_on_another(shop: Shop) -> None:
    browser = shop.browser(Role.EDITOR)
    (pair,) = shop.get("queue")["items"]
    shown = browser.get("/review").text
    for part in ("Peter Brown", "Susan Brown", "us@brown.example", "They are one", "first name"):
        assert part in shown
    form = {"left_key": pair["left"]["record_key"], "right_key": pair["right"]["record_key"], "kind": "reject"}
    assert browser.post("/decisions", data=form).status_code == 403, "without the token of the page"
    answer = browser.post("/decisions", data={**form, "csrf": csrf_of(shown), "note": "<b>asked</b>"})
    assert (answer.status_code, answer.headers["location"]) == (303, "/review?done=decided")
    after = browser.get(answer.headers["location"]).text
    assert "Decided." in after and "Nothing waits" in after
    decided = browser.get("/decisions").text
    assert "are two" in decided and "&lt;b&gt;asked" in decided and "<b>asked" not in decided
    (newest, *_) = shop.get("decisions")["items"]
    assert newest["decided_by"] == f"user {Role.EDITOR}@acme.example"
    answer = browser.post(f"/decisions/{newest['id']}/undo", data={"csrf": csrf_of(decided)})
    assert answer.status_code == 303
    assert "They are one" in browser.get("/review").text


def test_a_customers_value_is_chosen_on_the_customers_page(shop: Shop) -> None:
    browser = shop.browser(Role.ADMIN)
    (found,) = shop.get("customers", search="peter")["items"]
    path = f"/customers/{found['customer_key']}"
    assert path in browser.get("/customers", params={"search": "PETER"}).text
    shown = browser.get(path).text
    assert "Peter" in shown and "shopify" in shown and "Is somebody else" not in shown, "it has one record"
    form = {"csrf": csrf_of(shown), "kind": "value", "customer_key": found["customer_key"], "attribute": "city"}
    answer = browser.post("/decisions", data={**form, "value": "Oslo"})
    assert (answer.status_code, answer.headers["location"]) == (303, f"{path}?done=decided")
    assert "city is Oslo" in browser.get(path).text
    assert browser.post("/decisions", data={**form, "value": ""}).status_code == 422
    shop.undo(shop.get("decisions")["items"][0])


def test_a_record_is_split_off_on_its_customers_page(shop: Shop) -> None:
    browser = shop.browser(Role.EDITOR)
    (found,) = shop.get("customers", search="olga")["items"]
    path = f"/customers/{found['customer_key']}"
    shown = browser.get(path).text
    assert shown.count("Is somebody else") == 3
    (record,) = re.findall(r'name="record_key" value="([^"]+)"', shown)[:1]
    form = {"csrf": csrf_of(shown), "kind": "split", "customer_key": found["customer_key"], "record_key": record}
    answer = browser.post("/decisions", data=form)
    assert (answer.status_code, answer.headers["location"]) == (303, f"{path}?done=decided")
    (decided, *_) = shop.get("decisions", customer=found["customer_key"], standing=True)["items"]
    assert (decided["kind"], decided["left_id"]) == ("split", record)
    shop.undo(decided)


def test_a_finding_is_followed_to_its_rows(shop: Shop) -> None:
    browser = shop.browser(Role.OWNER)
    (finding,) = shop.get("findings")["items"]
    assert f"/findings/{finding['result_id']}" in browser.get("/findings").text
    shown = browser.get(f"/findings/{finding['result_id']}").text
    assert "#1001" in shown and "No single row" in shown


def test_who_may_only_look_sees_no_button(shop: Shop) -> None:
    browser = shop.browser(Role.VIEWER)
    shown = browser.get("/review").text
    assert "Susan Brown" in shown and "They are one" not in shown
    token = csrf_of(browser.get("/account").text)
    assert browser.post("/decisions", data={"csrf": token, "kind": "accept"}).status_code == 403
    assert browser.get("/findings/none").status_code == 404 and browser.get("/customers/none").status_code == 404


def test_quality_is_shown_by_raw_table(shop: Shop) -> None:
    found = {each["source_relation"]: each for each in shop.client.get("/api/v1/quality").json()["items"]}
    assert {"shopify.customers", "shopify.orders", "hubspot.contacts"} <= found.keys()
    contacts = found["hubspot.contacts"]
    assert (contacts["entity"], contacts["uniqueness"]) == ("customers", "1.000000")
    shown = shop.browser(Role.VIEWER).get("/quality").text
    assert "hubspot.contacts" in shown and "100.0 %" in shown
    monitored = shop.browser(Role.VIEWER).get("/monitoring").text
    assert 'href="/quality">Data quality' in monitored
    assert f"<dt>Raw tables measured</dt><dd>{len(found)}</dd>" in monitored
    assert "<dt>Unique</dt><dd>100.0 %</dd>" in monitored
