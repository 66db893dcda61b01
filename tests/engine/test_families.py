"""Parents and children, and change feeds."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from taps.engine.errors import LoginRefused
from tests.engine.vendor import Asked, platform, run, vendor

SHOPS = """
streams:
  shops:
    docs: https://acme.example/docs/shops
    path: /shops
    records: data
    key: [id]
    deletes: never
    fields: {id: string!, name: string}
  sales:
    docs: https://acme.example/docs/sales
    path: /shops/{parent.id}/sales
    records: data
    key: [shop_id, id]
    parent: {stream: shops, carry: {shop_id: id}}
    deletes: never
    ERRORS
    fields: {shop_id: string!, id: string!, day: date}
"""
OWN_CURSOR = (
    'params: {since: "{window.start}", until: "{window.end}"}\n'
    "    cursor: {field: day, format: date, window: 30d, includes: both, order: unknown, lookback: 2d}\n"
    "    errors: {docs: https://acme.example/docs/errors, status: {'403': permission, '404': missing}}"
)


def shops(*names: str) -> list[dict[str, str]]:
    return [{"id": name, "name": name.upper()} for name in names]


def test_children_are_read_for_each_parent_and_carry_its_key(tmp_path):
    tap = platform(tmp_path / "acme", SHOPS.replace("ERRORS", ""))

    def answer(asked: Asked) -> Any:
        return {"data": shops("a", "b") if asked.path == "/shops" else [{"id": "1"}]}

    with vendor(answer) as found:
        told = run(tap, found.url)
    assert sorted((row["shop_id"], row["id"]) for row in told.records("sales")) == [("a", "1"), ("b", "1")]


def test_a_parent_that_was_deselected_is_read_but_not_written(tmp_path):
    tap = platform(tmp_path / "acme", SHOPS.replace("ERRORS", ""))
    catalog = tap(config={"api_key": "k"}).catalog_dict
    for entry in catalog["streams"]:
        if entry["tap_stream_id"] == "shops":
            entry["metadata"] = [{"breadcrumb": [], "metadata": {"selected": False}}]

    def answer(asked: Asked) -> Any:
        return {"data": shops("a") if asked.path == "/shops" else [{"id": "1"}]}

    with vendor(answer) as found:
        told = run(tap, found.url, catalog=catalog)
    assert told.records("shops") == []
    assert told.of("SCHEMA", "shops") == []
    assert told.ids("sales") == ["1"]


def test_a_shop_that_joins_later_gets_its_history_and_a_refused_one_is_caught_up(tmp_path):
    tap = platform(tmp_path / "acme", SHOPS.replace("ERRORS", OWN_CURSOR))
    today = datetime.now(UTC).date()
    begin = (today - timedelta(days=10)).isoformat()
    names, refused = ["a", "b"], {"b"}

    def answer(asked: Asked) -> Any:
        if asked.path == "/shops":
            return {"data": shops(*names)}
        if asked.path.split("/")[2] in refused:
            return 403, {}
        since = asked.params.get("since", "0000")
        days = [(today - timedelta(days=n)).isoformat() for n in range(12)]
        return {"data": [{"id": day, "day": day} for day in days if since <= day]}

    with vendor(answer) as found:
        first = run(tap, found.url, start_date=begin)
        assert first.code == 3, "a refused parent makes the run partial"
        assert {row["shop_id"] for row in first.records("sales")} == {"a"}
        names.append("c")
        refused.clear()
        second = run(tap, found.url, start_date=begin, state=first.state)
    by_shop = {shop: sum(row["shop_id"] == shop for row in second.records("sales")) for shop in "abc"}
    assert by_shop["a"] <= 4, "only the lookback is read again"
    assert by_shop["b"] == by_shop["c"] == 12
    assert second.code == 0
    assert len(json.dumps(second.state)) < 10_000


def test_a_state_stays_small_for_a_thousand_parents(tmp_path):
    tap = platform(tmp_path / "acme", SHOPS.replace("ERRORS", OWN_CURSOR))
    names = [f"shop-{n}" for n in range(1000)]

    def answer(asked: Asked) -> Any:
        return {"data": shops(*names) if asked.path == "/shops" else []}

    with vendor(answer) as found:
        told = run(tap, found.url, start_date=(datetime.now(UTC) - timedelta(days=3)).date().isoformat())
    assert len(json.dumps(told.state)) < 10_000
    assert told.bookmark("sales")["replication_key_value"]
    assert "partitions" not in told.bookmark("sales")


INSIDE = """
streams:
  invoices:
    docs: https://acme.example/docs/invoices
    path: /invoices
    records: data
    key: [id]
    deletes: never
    fields: {id: string!, lines: json}
  lines:
    docs: https://acme.example/docs/lines
    path: /invoices/{parent.id}/lines
    records: data
    key: [invoice_id, id]
    parent: {stream: invoices, carry: {invoice_id: id}, inside: lines.data, more: lines.has_more}
    deletes: with_parent
    fields: {invoice_id: string!, id: string!}
"""


def test_children_inside_the_answer_cost_a_request_only_where_not_all_came(tmp_path):
    tap = platform(tmp_path / "acme", INSIDE)

    def answer(asked: Asked) -> Any:
        if asked.path == "/invoices":
            whole = {"id": "1", "lines": {"data": [{"id": "x"}], "has_more": False}}
            part = {"id": "2", "lines": {"data": [{"id": "y"}], "has_more": True}}
            return {"data": [whole, part]}
        return {"data": [{"id": "y"}, {"id": "z"}]}

    with vendor(answer) as found:
        told = run(tap, found.url)
        assert found.paths() == ["/invoices", "/invoices/2/lines"]
    assert [(r["invoice_id"], r["id"]) for r in told.records("lines")] == [("1", "x"), ("2", "y"), ("2", "z")]
    replaced = [m["replaces"]["where"]["invoice_id"] for m in told.of("SCHEMA", "lines") if "replaces" in m]
    assert replaced == [["1"], ["2"]]


def test_the_place_of_a_further_page_says_that_not_all_children_came(tmp_path):
    tap = platform(tmp_path / "acme", INSIDE.replace("more: lines.has_more", "more: lines.next.after"))

    def answer(asked: Asked) -> Any:
        if asked.path == "/invoices":
            whole = {"id": "1", "lines": {"data": [{"id": "x"}]}}
            part = {"id": "2", "lines": {"data": [{"id": "y"}], "next": {"after": "y"}}}
            return {"data": [whole, part]}
        return {"data": [{"id": "y"}, {"id": "z"}]}

    with vendor(answer) as found:
        told = run(tap, found.url)
        assert found.paths() == ["/invoices", "/invoices/2/lines"]
    assert [(r["invoice_id"], r["id"]) for r in told.records("lines")] == [("1", "x"), ("2", "y"), ("2", "z")]


def test_a_hook_that_sees_that_not_all_children_came_has_them_asked_for(tmp_path):
    hook = """
    def read(record):
        \"\"\"Two lines are as many as come at most.\"\"\"
        return record | {"cut": len(record["lines"]["data"]) >= 2}
    """
    words = INSIDE.replace("more: lines.has_more", "more: cut")
    words = words.replace("  lines:\n", "    hooks: {record: hooks.py:read}\n  lines:\n")
    tap = platform(tmp_path / "acme", words, {"hooks.py": hook})

    def answer(asked: Asked) -> Any:
        if asked.path == "/invoices":
            part = {"id": "2", "lines": {"data": [{"id": "x"}, {"id": "y"}]}}
            return {"data": [{"id": "1", "lines": {"data": [{"id": "x"}]}}, part]}
        return {"data": [{"id": "x"}, {"id": "y"}, {"id": "z"}]}

    with vendor(answer) as found:
        told = run(tap, found.url)
        assert found.paths() == ["/invoices", "/invoices/2/lines"]
    assert [r["invoice_id"] + r["id"] for r in told.records("lines")] == ["1x", "2x", "2y", "2z"]


FEED = """
feeds:
  events: {docs: https://acme.example/docs/events, path: /events, send: "types[]", records: data, record: object,
           cursor: at, format: epoch, since: since, order: ORDER, keeps: 30d}
streams:
  customers:
    docs: https://acme.example/docs/customers
    path: /customers
    records: data
    key: [id]
    changes: {by: events, types: [made, changed, gone]}
    deletes: {event: gone}
    fields: {id: string!, name: string}
"""


def event(kind: str, identity: str, name: str = "") -> dict[str, Any]:
    return {"type": kind, "object": {"id": identity, "name": name}}


def test_after_the_first_read_changes_come_from_the_feed_and_the_last_state_wins(tmp_path):
    history = [event("changed", "1", "old"), event("changed", "1", "new"), event("gone", "2"), event("made", "3", "c")]
    for order in ("newest_first", "oldest_first"):
        tap = platform(tmp_path / order / "acme", FEED.replace("ORDER", order))

        def answer(asked: Asked, order: str = order) -> Any:
            if asked.path == "/customers":
                return {"data": [{"id": "1", "name": "a"}, {"id": "2", "name": "b"}]}
            assert asked.params["types[]"] == ["made", "changed", "gone"]
            return {"data": history[::-1] if order == "newest_first" else history}

        with vendor(answer) as found:
            first = run(tap, found.url)
            second = run(tap, found.url, state=first.state)
            assert found.paths() == ["/customers", "/events"]
        rows = {row["id"]: row for row in second.records("customers")}
        assert rows["1"]["name"] == "new"
        assert rows["3"]["name"] == "c"
        assert set(rows["2"]) == {"_connection_id", "id", "_sdc_deleted_at"}


def test_a_bookmark_older_than_the_feed_keeps_means_everything_is_read_again(tmp_path):
    tap = platform(tmp_path / "acme", FEED.replace("ORDER", "newest_first"))
    old = (datetime.now(UTC) - timedelta(days=31)).isoformat()
    with vendor(lambda asked: {"data": [{"id": "1", "name": "a"}]}) as found:
        run(tap, found.url, state={"bookmarks": {"customers": {"replication_key_value": old}}})
        assert found.paths() == ["/customers"]


def test_a_new_child_of_a_read_parent_makes_the_parent_be_read_from_the_start(tmp_path):
    manifest = INSIDE.replace(
        "    deletes: never\n    fields: {id: string!, lines: json}",
        '    params: {since: "{window.start}"}\n'
        "    cursor: {field: at, format: epoch, order: unknown}\n    deletes: never\n"
        "    fields: {id: string!, at: epoch, lines: json}",
    )
    tap = platform(tmp_path / "acme", manifest)
    state = {"bookmarks": {"invoices": {"replication_key_value": "2026-11-01T00:00:00+00:00"}}}
    with vendor(lambda asked: {"data": []}) as found:
        run(tap, found.url, state=state)
        assert "since" not in found.asked[0].params
        state["bookmarks"]["lines"] = {"follows": True}
        run(tap, found.url, state=state)
        assert "since" in found.asked[1].params


FAMILY = """
defaults: {records: data, key: [id]}
streams:
  orders:
    docs: https://acme.example/docs/orders
    path: /orders
    params: {since: "{window.start}"}
    cursor: {field: at, format: epoch, order: unknown}
    deletes: never
    fields: {id: string!, at: epoch}
  refunds:
    docs: https://acme.example/docs/refunds
    path: /orders/{parent.id}/refunds
    parent: {stream: orders, carry: {order_id: id}}
    deletes: {field: state, is: [void]}
    fields: {order_id: string, id: string!, state: string}
  notes:
    docs: https://acme.example/docs/notes
    path: /orders/{parent.id}/notes
    parent: {stream: orders, carry: {order_id: id}}
    deletes: never
    fields: {order_id: string, id: string!}
"""


def test_a_failing_child_leaves_its_siblings_alone_and_is_read_whole_next_time(tmp_path):
    tap = platform(tmp_path / "acme", FAMILY)
    broken = True

    def answer(asked: Asked) -> Any:
        if asked.path.endswith("/notes") and broken:
            return 400, {}
        if asked.path == "/orders":
            return {"data": [] if "since" in asked.params else [{"id": "1"}, {"id": "2"}]}
        return {"data": [{"id": asked.path, "state": "void"}]}

    with vendor(answer) as found:
        first = run(tap, found.url)
        assert first.code == 1
        assert len(first.ids("refunds")) == 2
        assert all("_sdc_deleted_at" in row for row in first.records("refunds"))
        broken = False
        second = run(tap, found.url, state=first.state)
        assert second.code == 0
        assert len(second.ids("notes")) == 2
        found.asked.clear()
        run(tap, found.url, state=second.state)
        assert found.paths() == ["/orders"]


@pytest.mark.parametrize("batch", [None, 2])
def test_records_of_which_a_list_holds_only_part_are_read_again_whole(tmp_path, batch):
    detail = '{path: "/items/{record.id}"}'
    if batch:
        detail = '{path: /items/some, method: POST, body: {ids: ["{record.id}"]}, records: found, batch: 2}'
    manifest = f"""
    streams:
      items:
        docs: https://acme.example/docs/items
        path: /items
        records: data
        key: [id]
        deletes: never
        errors: {{docs: https://acme.example/docs/errors, status: {{"404": missing}}}}
        detail: {detail}
        fields: {{id: string!, name: string}}
    """
    tap = platform(tmp_path / "acme", manifest)

    def answer(asked: Asked) -> Any:
        if asked.path == "/items":
            return {"data": [{"id": "1"}, {"id": "2"}, {"id": "gone"}]}
        if asked.path == "/items/some":
            return {"found": [{"id": each, "name": f"n{each}"} for each in asked.body["ids"] if each != "gone"]}
        each = asked.path.rpartition("/")[2]
        return (404, {}) if each == "gone" else {"id": each, "name": f"n{each}"}

    with vendor(answer) as found:
        told = run(tap, found.url)
        assert len(found.asked) == (3 if batch else 4)
    assert told.code == 0
    assert [(row["id"], row["name"]) for row in told.records("items")] == [("1", "n1"), ("2", "n2")]


def test_a_login_that_is_refused_where_a_fact_of_the_account_is_read_ends_the_run(tmp_path):
    manifest = """
    account: {shop: {take: id, path: /me}}
    defaults: {records: data, key: [id]}
    streams:
      orders:
        docs: https://acme.example/docs/orders
        path: /shops/{account.shop}/orders
        deletes: never
        fields: {id: string!}
    """
    tap = platform(tmp_path / "acme", manifest)
    with vendor(lambda asked: (401, {})) as found, pytest.raises(LoginRefused):
        run(tap, found.url)
