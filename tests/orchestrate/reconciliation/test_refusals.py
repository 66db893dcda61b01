"""Decisions that cannot be obeyed are refused with a reason, and what is another tenant's is not there."""

from __future__ import annotations

from typing import Any

import pytest

from orchestrate.audit import service as audit
from orchestrate.syncs.service import Syncs
from tests.orchestrate.reconciliation.conftest import API, Shop

pytestmark = pytest.mark.xdist_group("reconciliation")


def keys(shop: Shop) -> dict[str, str]:
    """The two records and their customers."""
    (pair,) = shop.get("queue")["items"]
    return {
        "left": pair["left"]["record_key"], "right": pair["right"]["record_key"],
        "customer": pair["left"]["customer_key"], "other": pair["right"]["customer_key"], "none": "none",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("decision", "status", "says"),
    [
        ({"kind": "accept", "left_key": "left"}, 422, "body.right_key"),
        ({"kind": "accept", "left_key": "left", "right_key": "left"}, 422, "one with itself"),
        ({"kind": "reject", "left_key": "left", "right_key": "none"}, 404, "no record 'none'"),
        ({"kind": "split", "record_key": "left", "customer_key": "other"}, 422, "is not of customer"),
        ({"kind": "split", "record_key": "left", "customer_key": "customer"}, 422, "the only one"),
        ({"kind": "value", "customer_key": "none", "attribute": "city", "value": "Oslo"}, 404, "no customer 'none'"),
        ({"kind": "value", "customer_key": "customer", "attribute": "age", "value": "9"}, 422, "no attribute 'age'"),
        ({"kind": "value", "customer_key": "customer", "attribute": "birth_date", "value": "1.2."}, 422, "1980-12-31"),
        ({"kind": "value", "customer_key": "customer", "attribute": "consent_sms", "value": "1"}, 422, "true or false"),
    ],
)
def test_what_cannot_be_obeyed_is_refused(shop: Shop, decision: dict[str, str], status: int, says: str) -> None:
    known = keys(shop)
    before = shop.get("decisions")["items"]
    given = {name: known.get(value, value) for name, value in decision.items()}
    answer = shop.client.post(f"{API}/decisions", json=given)
    assert (answer.status_code, says in answer.json()["detail"]) == (status, True), answer.text
    assert shop.get("decisions")["items"] == before


def test_a_decision_is_undone_once_and_both_are_in_the_log(shop: Shop) -> None:
    known = keys(shop)
    rejected, _ = shop.decide(kind="reject", left_key=known["right"], right_key=known["left"], note=" two people ")
    assert (rejected["left_id"], rejected["right_id"]) == (known["left"], known["right"]), "in the models' order"
    assert rejected["note"] == "two people"
    assert shop.get("queue")["items"] == []
    shop.undo(rejected)
    again = shop.client.post(f"{API}/decisions/{rejected['id']}/undo")
    assert (again.status_code, "undone already" in again.json()["detail"]) == (422, True)
    assert len(shop.get("queue")["items"]) == 1
    of = shop.connections.store, shop.connections.tenant_id
    told = [(each.action, each.actor) for each in audit.entries(*of, 10) if each.subject == rejected["id"]]
    assert told == [("decision undone", "key all"), ("decided: reject", "key all")]
    assert rejected["id"] not in {each["id"] for each in shop.get("decisions", standing=True)["items"]}


def test_a_build_of_decisions_neither_is_a_load_nor_speaks_for_the_login(shop: Shop) -> None:
    assert shop.connections.show("main").status == "new", "nobody has asked the vendor"
    syncs = Syncs(shop.connections.store, shop.connections.tenant_id, "user test")
    build = syncs.rebuild()
    load = syncs.trigger("main")
    assert build is not None and load != build
    assert syncs.rebuild() == build, "one that waits is enough"
    for run in (build, load):
        syncs.cancel(run)


def test_decisions_are_listed_in_parts(shop: Shop) -> None:
    customer = keys(shop)["customer"]
    made = [
        shop.decide(kind="value", customer_key=customer, attribute="city", value=city)[0] for city in ("Oslo", "Rome")
    ]
    first = shop.get("decisions", limit=1, customer=customer)
    second = shop.get("decisions", limit=1, customer=customer, cursor=first["next"])
    assert [each["items"][0]["value"] for each in (first, second)] == ["Rome", "Oslo"]
    for each in made:
        shop.undo(each)


def test_another_tenant_sees_nothing_of_it(shop: Shop) -> None:
    known = keys(shop)
    rejected, _ = shop.decide(kind="reject", left_key=known["left"], right_key=known["right"])
    stranger = shop.client_of(shop.connections.store.tenant("stranger"))
    for path in ("queue", f"customers/{known['customer']}", f"decisions/{rejected['id']}", "findings"):
        answer = stranger.get(f"{API}/{path}")
        assert answer.status_code == 404, path
    assert stranger.get(f"{API}/decisions").json()["items"] == []
    body: dict[str, Any] = {"kind": "accept", "left_key": known["left"], "right_key": known["right"]}
    assert stranger.post(f"{API}/decisions", json=body).status_code == 404
    assert stranger.post(f"{API}/decisions/{rejected['id']}/undo").status_code == 404
    shop.undo(rejected)


def test_a_finding_leads_to_the_rows_behind_it(shop: Shop) -> None:
    assert shop.get("checks")["items"] == [{"check_name": "order_without_payment", "findings": 1}]
    (finding,) = shop.get("findings")["items"]
    assert shop.get("findings", check="payout_items")["items"] == []
    shown = shop.get(f"findings/{finding['result_id']}")
    assert shown["finding"] == finding
    assert (shown["left"]["entity"], shown["left"]["row"]["order_number"]) == ("orders", "#1001")
    assert (shown["right"]["entity"], shown["right"]["row"]) == ("payments", None)
