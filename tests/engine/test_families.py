"""Parents and children, change feeds, exports, and how deletes arrive."""

import gzip
import json
import time
from datetime import UTC, datetime, timedelta
from typing import Any

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


EXPORT = """
jobs:
  export:
    docs: https://acme.example/docs/exports
    create: {method: POST, path: /exports, id: id}
    poll: {path: "/exports/{job.id}", every: 10ms, give_up: 5s, status: status, wait: [RUNNING], done: [DONE],
           failed: [FAILED], message: why}
    fetch: {url: "{job.url}", auth: none, format: jsonl, compression: detect, absent: empty, parent: __parentId}
streams:
  orders:
    docs: https://acme.example/docs/orders
    job: export
    key: [id]
    deletes: never
    fields: {id: string!}
  lines:
    docs: https://acme.example/docs/lines
    key: [order_id, id]
    parent: {stream: orders, carry: {order_id: id}, inside: lines.nodes, lines: Line}
    deletes: with_parent
    fields: {order_id: string!, id: string!, sku: string}
"""


def exporter(statuses: list[dict[str, Any]], file: bytes) -> Any:
    upcoming = iter(statuses)

    def answer(asked: Asked) -> Any:
        if asked.path == "/file":
            assert "Authorization" not in asked.headers, "a signed link gets no credentials"
            return 200, {"Content-Type": "text/plain"}, file
        if asked.method == "POST":
            return {"id": "job-1"}
        assert asked.path == "/exports/job-1"
        status = dict(next(upcoming))
        if "url" in status:
            status["url"] = f"http://{asked.headers['Host']}{status['url']}"
        return status

    return answer


def test_an_export_is_asked_for_awaited_downloaded_and_split_into_generations(tmp_path):
    tap = platform(tmp_path / "acme", EXPORT)
    lines = [
        {"id": "x/Order/1"},
        {"id": "x/Line/7", "sku": "a", "__parentId": "x/Order/1"},
        {"id": "x/Order/2"},
        {"id": "x/Line/8", "sku": "b", "__parentId": "x/Order/1"},
        {"id": "x/Other/9", "__parentId": "x/Order/2"},
    ]
    file = gzip.compress("\n".join(map(json.dumps, lines)).encode())
    with vendor(exporter([{"status": "RUNNING"}, {"status": "DONE", "url": "/file"}], file)) as found:
        told = run(tap, found.url)
    assert told.ids("orders") == ["x/Order/1", "x/Order/2"]
    assert [(r["order_id"], r["id"]) for r in told.records("lines")] == [
        ("x/Order/1", "x/Line/7"),
        ("x/Order/1", "x/Line/8"),
    ]
    assert told.records("lines")[0]["_extra"] is None


def test_an_export_without_a_result_is_empty_and_a_failed_one_says_why(tmp_path):
    tap = platform(tmp_path / "acme", EXPORT)
    with vendor(exporter([{"status": "DONE"}], b"")) as found:
        assert run(tap, found.url).code == 0
    with vendor(exporter([{"status": "FAILED", "why": "too many rows"}], b"")) as found:
        told = run(tap, found.url)
    assert told.code == 1


def test_deletes_by_comparison_follow_only_a_complete_read(tmp_path):
    manifest = """
    streams:
      items:
        docs: https://acme.example/docs/items
        path: /items
        records: data
        key: [id]
        pages: {kind: token, send: page, take: next}
        deletes: {compare: each_run}
        fields: {id: string!}
    """
    tap = platform(tmp_path / "acme", manifest)
    with vendor(lambda asked: {"data": [{"id": "1"}], "next": None}) as found:
        told = run(tap, found.url, connection_id="north")
    (activated,) = told.of("ACTIVATE_VERSION", "items")
    assert activated["connection_id"] == "north"
    assert told.of("RECORD", "items")[0]["version"] == activated["version"]

    def broken(asked: Asked) -> Any:
        return (400, {}) if asked.params.get("page") else {"data": [{"id": "1"}], "next": "2"}

    with vendor(broken) as found:
        told = run(tap, found.url)
    assert told.code == 1
    assert told.of("ACTIVATE_VERSION", "items") == []


def test_report_windows_are_replaced_and_numbered_where_there_is_no_key(tmp_path):
    manifest = """
    streams:
      report:
        docs: https://acme.example/docs/report
        path: /report
        params: {from: "{window.start}", to: "{window.end}"}
        records: data
        key: row
        deletes: window
        cursor: {field: day, format: date, start: "{config.start_date}", window: 7d, includes: both, order: unknown}
        fields: {day: date!, clicks: integer}
    """
    tap = platform(tmp_path / "acme", manifest)
    today = datetime.now(UTC).date()
    start = today - timedelta(days=2)

    def answer(asked: Asked) -> Any:
        assert asked.params == {"from": start.isoformat(), "to": today.isoformat()}
        return {"data": [{"day": today.isoformat(), "clicks": "3"}, {"day": today.isoformat(), "clicks": 4.0}]}

    with vendor(answer) as found:
        told = run(tap, found.url, start_date=start.isoformat())
    assert [(row["_row"], row["clicks"]) for row in told.records("report")] == [(1, 3), (2, 4)]
    (replaced,) = [message["replaces"] for message in told.of("SCHEMA") if "replaces" in message]
    assert (replaced["field"], replaced["from"], replaced["until"], replaced["includes"]) == (
        "day", start.isoformat(), today.isoformat(), "both",
    )  # fmt: skip


def test_a_deleted_field_and_a_list_of_deleted_ones_mark_rows(tmp_path):
    manifest = """
    streams:
      people:
        docs: https://acme.example/docs/people
        path: /people
        params: {archived: "false"}
        records: data
        key: [id]
        deletes: {request: {params: {archived: "true"}, at: archived_at}}
        fields: {id: string!}
      tasks:
        docs: https://acme.example/docs/tasks
        path: /tasks
        records: data
        key: [id]
        deletes: {field: state, is: [trashed]}
        fields: {id: string!, state: string}
    """
    tap = platform(tmp_path / "acme", manifest)

    def answer(asked: Asked) -> Any:
        if asked.path == "/tasks":
            return {"data": [{"id": "1", "state": "open"}, {"id": "2", "state": "trashed"}]}
        if asked.params["archived"] == "true":
            return {"data": [{"id": "9", "archived_at": "2026-01-02T03:04:05Z"}]}
        return {"data": [{"id": "8"}]}

    with vendor(answer) as found:
        told = run(tap, found.url)
    people = {row["id"]: row for row in told.records("people")}
    assert people["9"]["_sdc_deleted_at"] == "2026-01-02T03:04:05Z"
    assert "_sdc_deleted_at" not in people["8"]
    tasks = {row["id"]: row for row in told.records("tasks")}
    assert tasks["2"]["state"] == "trashed"
    assert "_sdc_deleted_at" in tasks["2"]
    assert "_sdc_deleted_at" not in tasks["1"]


def test_a_forbidden_stream_leaves_the_run_partial_and_the_others_finish(tmp_path):
    manifest = """
    defaults:
      records: data
      key: [id]
      errors: {docs: https://acme.example/docs/errors, status: {"403": permission}}
    streams:
      open: {docs: https://acme.example/docs/open, path: /open, deletes: never, fields: {id: string!}}
      secret:
        docs: https://acme.example/docs/secret
        path: /secret
        deletes: never
        scopes: [read_secrets]
        cursor: {field: id, format: text, order: unknown}
        fields: {id: string!}
    """
    tap = platform(tmp_path / "acme", manifest)
    with vendor(lambda asked: (403, {}) if asked.path == "/secret" else {"data": [{"id": "1"}]}) as found:
        told = run(tap, found.url)
    assert told.code == 3
    assert told.ids("open") == ["1"]
    assert told.bookmark("secret") == {}


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


def test_a_failing_child_leaves_its_siblings_alone_and_is_read_whole_next_time(tmp_path):
    manifest = """
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
    tap = platform(tmp_path / "acme", manifest)
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


def test_a_weekly_comparison_waits_a_week_by_our_clock_whatever_the_vendors_says(tmp_path):
    manifest = """
    streams:
      items:
        docs: https://acme.example/docs/items
        path: /items
        params: {since: "{window.start}"}
        records: data
        key: [id]
        cursor: {field: at, format: epoch, order: unknown}
        deletes: {compare: weekly}
        fields: {id: string!, at: epoch}
    """
    tap = platform(tmp_path / "acme", manifest)
    behind = timedelta(days=7).total_seconds()
    with vendor(lambda _: {"data": [{"id": "1"}]}, lambda: time.time() - behind) as found:
        first = run(tap, found.url)
        second = run(tap, found.url, state=first.state)
        assert [("since" in asked.params) for asked in found.asked] == [False, True]
        assert second.of("ACTIVATE_VERSION") == []
        second.state["bookmarks"]["items"]["compared"] = "2026-01-01T00:00:00+00:00"
        third = run(tap, found.url, state=second.state)
    assert len(third.of("ACTIVATE_VERSION")) == 1
