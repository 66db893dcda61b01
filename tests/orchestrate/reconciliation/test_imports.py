"""A connection that is held back: in no unified table, and a preview of what including it would change."""

from __future__ import annotations

from collections import Counter
from typing import Any

import pytest
from typer.testing import CliRunner

from orchestrate.audit import service as audit
from orchestrate.imports.cli import app
from orchestrate.people.roles import Role
from orchestrate.syncs.service import Syncs
from orchestrate.warehouse.file import FileWarehouse
from orchestrate.warehouses import warehouse_of
from tests.orchestrate.reconciliation.conftest import Shop
from tests.orchestrate.web.conftest import csrf_of
from tests.transform.shops import gid

pytestmark = pytest.mark.xdist_group("reconciliation")


def outcomes(found: dict[str, Any]) -> dict[str, int]:
    return {name: number for name, number in found["outcomes"].items() if number}


def pairs(lines: dict[str, Any]) -> list[tuple[str, str, str | None]]:
    return [
        (each["outcome"], each["record"]["source_record_id"], each["other"] and each["other"]["source_record_id"])
        for each in lines["items"]
    ]


@pytest.fixture(scope="module")
def previewed(shop: Shop) -> Shop:
    """After a preview of the second account was built, and nothing else."""
    syncs = Syncs(shop.connections.store, shop.connections.tenant_id, "user test")
    for left in syncs.runs(status="queued"):
        syncs.cancel(left.id)
    answer = shop.client.post("/api/v1/imports/second/preview")
    assert answer.status_code == 202, answer.text
    assert shop.client.post("/api/v1/imports/second/preview").json() == answer.json(), "one that waits is enough"
    shop.build(answer.json()["run"], "preview")
    return shop


def test_before_its_preview_nothing_is_known_of_it(shop: Shop) -> None:
    found = {each["connection"]: each for each in shop.imported("")["items"]}
    assert {name: each["held"] for name, each in found.items()} == {"main": False, "second": True}
    answer = shop.client.get("/api/v1/imports/second/customers")
    assert (answer.status_code, "was not previewed yet" in answer.text) == (404, True)
    assert "was not previewed yet" in shop.browser(Role.VIEWER).get("/imports/second/customers").text


def test_a_preview_says_what_would_merge_wait_and_be_new(previewed: Shop) -> None:
    found = previewed.imported("second/customers")
    assert (found["is_preview"], found["records"]) == (True, 3)
    assert outcomes(found) == {"merged": 2, "alone": 1}
    lines = previewed.imported("second/customers/lines")
    assert Counter(pairs(lines)) == Counter([
        ("merged", "21", gid("Customer", 7)), ("merged", "21", "8"), ("merged", "21", "9"),
        ("merged", "22", gid("Customer", 5)), ("review", "22", "6"), ("alone", "23", None),
    ])  # fmt: skip
    (waits,) = previewed.imported("second/customers/lines", outcome="review")["items"]
    assert "first names differ" in waits["reason"]
    assert (waits["record"]["values"]["full_name"], waits["other"]["values"]["full_name"]) == (
        "Peter Brown", "Susan Brown",
    )  # fmt: skip
    assert {each["outcome"]: each["pairs"] for each in found["rules"]} == {"merged": 4, "review": 1}
    (rule,) = {each["rule"] for each in found["rules"] if each["outcome"] == "merged"}
    assert len(previewed.imported("second/customers/lines", outcome="merged", rule=rule)["items"]) == 4
    first = previewed.imported("second/customers/lines", limit=4)
    rest = previewed.imported("second/customers/lines", limit=4, cursor=first["next"])
    assert (pairs(first) + pairs(rest), rest["next"]) == (pairs(lines), None)


def test_a_preview_touches_neither_tables_nor_keys_and_leaves_no_copy(previewed: Shop) -> None:
    assert [each["full_name"] for each in previewed.customers()] == ["Olga Ivanova", "Peter Brown", "Susan Brown"]
    assert {each["record_count"] for each in previewed.customers()} == {3, 1}
    warehouse = warehouse_of(previewed.connections.tenant_id, "acme")
    if isinstance(warehouse, FileWarehouse):
        left = [path.parent.name for path in (warehouse.folder / "previews").rglob("*.duckdb*")]
        assert left == ["published"]
    else:
        with warehouse.connected() as connection:
            schemas = connection.exec_driver_sql("SELECT nspname FROM pg_namespace ORDER BY 1").scalars().all()
        beside = [name for name in schemas if name.startswith(f"{warehouse.prefix}p") and name.endswith("_answers")]
        names = ("unified", "staging", "marts", "decided", "shopify", "hubspot", "meltano")
        own = {warehouse.schema(name) for name in names}
        mine = {name for name in schemas if name.startswith(warehouse.prefix)}
        assert len(beside) == 1 and mine == own | set(beside)
    (second,) = (each for each in previewed.imported("")["items"] if each["connection"] == "second")
    assert second["previewed_at"] is not None


def test_of_an_included_connection_the_tables_themselves_answer(shop: Shop) -> None:
    found = shop.imported("main/customers")
    assert (found["is_preview"], found["records"], outcomes(found)) == (False, 3, {"merged": 2, "review": 1})
    assert Counter(pairs(shop.imported("main/customers/lines"))) == Counter([
        ("merged", "8", gid("Customer", 7)), ("merged", "9", gid("Customer", 7)), ("review", "6", gid("Customer", 5)),
    ])  # fmt: skip


@pytest.mark.parametrize(
    ("path", "says"),
    [("main/hold", "are in the unified tables already"), ("main/include", "is not held back"),
     ("main/preview", "is not held back")],
)  # fmt: skip
def test_what_is_included_is_neither_held_back_nor_previewed(shop: Shop, path: str, says: str) -> None:
    answer = shop.client.post(f"/api/v1/imports/{path}")
    assert (answer.status_code, says in answer.text) == (422, True), answer.text


def test_an_entity_that_a_platform_does_not_have_is_named(shop: Shop) -> None:
    answer = shop.client.get("/api/v1/imports/main/payments")
    assert (answer.status_code, "hubspot has no payments; it has customers" in answer.text) == (422, True)


def test_holding_back_is_in_the_log_and_goes_with_nobody_elses(shop: Shop) -> None:
    of = shop.connections.store, shop.connections.tenant_id
    assert ("import held back", "second") in {(each.action, each.subject) for each in audit.entries(*of, 100)}
    stranger = shop.client_of(shop.connections.store.tenant("passer-by"))
    assert stranger.get("/api/v1/imports").json()["items"] == []
    for ask, path in ((stranger.get, "second"), (stranger.get, "second/customers"), (stranger.post, "second/include")):
        assert ask(f"/api/v1/imports/{path}").status_code == 404, path
    assert shop.imported("second")["held"] is True


def test_the_preview_is_read_on_its_page_and_by_whom_it_may_be_included(previewed: Shop) -> None:
    viewer, editor = previewed.browser(Role.VIEWER), previewed.browser(Role.EDITOR)
    shown = viewer.get("/imports/second/customers").text
    for part in ("Nora Lund", "Susan Brown", "waits for review", "first names differ"):
        assert part in shown
    assert "Include them" not in shown and "Include them" in editor.get("/imports").text
    assert "Nora Lund" not in viewer.get("/imports/second/customers", params={"outcome": "review"}).text
    refused = viewer.post("/imports/second/include", data={"csrf": csrf_of(viewer.get("/account").text)})
    assert refused.status_code == 403 and previewed.imported("second")["held"] is True


def test_the_same_at_the_command_line(previewed: Shop) -> None:
    def said(*arguments: str, code: int = 0) -> str:
        answer = CliRunner().invoke(app, [*arguments, "--tenant", "acme"], env={"COLUMNS": "300"})
        assert answer.exit_code == code, answer.output
        return answer.output

    assert "3 customers of second, which would be: 2 merged, 1 alone" in said("show", "second", "customers")
    assert "is not held back" in said("include", "main", code=1)
    assert "no connection 'third'" in said("hold", "third", code=1)
    said("list")
