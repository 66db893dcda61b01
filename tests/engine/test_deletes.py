"""How a run learns and tells what is gone, and what it may not read."""

import time
from datetime import UTC, datetime, timedelta
from typing import Any

from tests.engine.vendor import Asked, platform, run, vendor


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


def test_rows_without_a_key_are_numbered_through_all_pages_where_all_of_them_come_at_once(tmp_path):
    """A number is a row's key here: one that came twice would take an earlier row's place."""
    manifest = """
    streams:
      balances:
        docs: https://acme.example/docs/balances
        path: /balances
        records: data
        key: row
        pages: {kind: token, send: page, take: next}
        deletes: {compare: each_run}
        fields: {plan: string}
    """
    tap = platform(tmp_path / "acme", manifest)

    def answer(asked: Asked) -> Any:
        if "page" in asked.params:
            return {"data": [{"plan": "sick"}, {"plan": "leave"}], "next": None}
        return {"data": [{"plan": "leave"}, {"plan": "sick"}], "next": "2"}

    with vendor(answer) as found:
        told = run(tap, found.url)
    assert [row["_row"] for row in told.records("balances")] == [1, 2, 3, 4]
    (activated,) = told.of("ACTIVATE_VERSION", "balances")
    assert {record["version"] for record in told.of("RECORD", "balances")} == {activated["version"]}


def test_a_window_is_told_in_the_type_of_its_column(tmp_path):
    """A database compares a column of seconds with seconds: Postgres refuses a date in their place."""
    manifest = """
    streams:
      events:
        docs: https://acme.example/docs/events
        path: /events
        params: {from: "{window.start}", to: "{window.end}"}
        records: data
        key: row
        deletes: window
        cursor:
          field: at
          format: epoch
          send_as: date
          start: "{config.start_date}"
          window: 7d
          includes: both
          order: unknown
        fields: {at: epoch!}
    """
    tap = platform(tmp_path / "acme", manifest)
    start = datetime.now(UTC).replace(hour=0, minute=0, second=0, microsecond=0) - timedelta(days=2)
    with vendor(lambda asked: {"data": [{"at": int(start.timestamp())}]}) as found:
        told = run(tap, found.url, start_date=start.date().isoformat())
    (replaced,) = [message["replaces"] for message in told.of("SCHEMA") if "replaces" in message]
    assert replaced["from"] == int(start.timestamp())
    assert isinstance(replaced["until"], int)


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


def test_a_list_of_deleted_ones_has_pages_of_its_own(tmp_path):
    manifest = """
    streams:
      people:
        docs: https://acme.example/docs/people
        path: /people/search
        method: POST
        body: {above: "0"}
        pages: {kind: last_id, send: above, take: id, into: body}
        records: data
        key: [id]
        deletes:
          request:
            path: /people
            params: {archived: "true"}
            pages: {kind: token, send: after, take: next}
        fields: {id: string!}
    """
    tap = platform(tmp_path / "acme", manifest)

    def answer(asked: Asked) -> Any:
        if asked.method == "POST":
            return {"data": []}
        if "after" not in asked.params:
            return {"data": [{"id": "7"}], "next": "x"}
        return {"data": [{"id": "9"}]}

    with vendor(answer) as found:
        told = run(tap, found.url)
    assert [row["id"] for row in told.records("people") if "_sdc_deleted_at" in row] == ["7", "9"]
    assert told.code == 0


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


FAMILY = """
defaults: {records: data, key: [id]}
streams:
  shops:
    docs: https://acme.example/docs/shops
    path: /shops
    params: {since: "{window.start}"}
    cursor: {field: at, format: epoch, order: unknown}
    deletes: never
    fields: {id: string!, at: epoch}
  staff:
    docs: https://acme.example/docs/staff
    path: /shops/{parent.id}/staff
    parent: {stream: shops, carry: {shop_id: id}}
    deletes: {compare: weekly}
    errors: {docs: https://acme.example/docs/errors, status: {"403": permission}}
    fields: {shop_id: string!, id: string!}
  badges:
    docs: https://acme.example/docs/badges
    parent: {stream: staff, carry: {staff_id: id}, inside: badges}
    key: [staff_id, id]
    deletes: with_parent
    fields: {staff_id: string!, id: string!}
  sales:
    docs: https://acme.example/docs/sales
    path: /shops/{parent.id}/sales
    parent: {stream: shops, carry: {shop_id: id}}
    deletes: never
    fields: {shop_id: string!, id: string!}
"""


def staffed(asked: Asked, refused: str = "") -> Any:
    if asked.path == "/shops":
        return {"data": [] if "since" in asked.params else [{"id": "1", "at": 1}, {"id": "2", "at": 1}]}
    if asked.path == refused:
        return 403, {}
    return {"data": [{"id": asked.path, "badges": [{"id": "b"}]}]}


def test_a_child_that_is_compared_has_its_parents_read_whole_when_it_is_due(tmp_path):
    tap = platform(tmp_path / "acme", FAMILY)
    with vendor(staffed) as found:
        first = run(tap, found.url)
        second = run(tap, found.url, state=first.state)
        assert ["since" in asked.params for asked in found.asked if asked.path == "/shops"] == [False, True]
        second.state["bookmarks"]["staff"]["compared"] = "2026-01-01T00:00:00+00:00"
        third = run(tap, found.url, state=second.state)
    for told in (first, third):
        assert [message["stream"] for message in told.of("ACTIVATE_VERSION")] == ["staff", "badges"]
        assert {"version" in message for message in told.of("RECORD", "staff")} == {True}
        assert {"version" in message for message in told.of("RECORD", "badges")} == {True}
        assert {"version" in message for message in (*told.of("RECORD", "shops"), *told.of("RECORD", "sales"))} == {
            False
        }
    assert second.of("ACTIVATE_VERSION") == []


def test_what_could_not_be_read_of_a_compared_child_is_not_taken_for_gone(tmp_path):
    tap = platform(tmp_path / "acme", FAMILY)
    with vendor(lambda asked: staffed(asked, "/shops/2/staff")) as found:
        told = run(tap, found.url)
    assert told.code == 3
    assert len(told.records("staff")) == 1
    assert told.of("ACTIVATE_VERSION") == []
    assert "compared" not in told.bookmark("staff")


def test_another_stream_lists_the_deleted_ones(tmp_path):
    manifest = """
    defaults: {records: data, key: [id]}
    streams:
      people:
        docs: https://acme.example/docs/people
        path: /people
        deletes: {listed_in: gone, carry: {id: person}}
        fields: {id: string!, name: string}
      gone:
        docs: https://acme.example/docs/gone
        path: /gone
        helper: true
        deletes: never
        fields: {id: string!, person: string}
    """
    tap = platform(tmp_path / "acme", manifest)
    rows = {"/people": [{"id": "1", "name": "A"}], "/gone": [{"id": "e1", "person": "2"}]}
    with vendor(lambda asked: {"data": rows[asked.path]}) as found:
        told = run(tap, found.url)
    people = {row["id"]: row for row in told.records("people")}
    assert set(people) == {"1", "2"}
    assert set(people["2"]) == {"_connection_id", "id", "_sdc_deleted_at"}
    assert told.records("gone") == []
