"""Exports: asked for, awaited, downloaded, and what becomes of refused ones."""

import gzip
import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tests.engine.vendor import AUTH, Asked, platform, run, vendor

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


def test_an_export_that_the_vendor_does_not_begin_shows_the_vendors_sentence(tmp_path, caplog):
    said = EXPORT.replace("path: /exports, id: id}", "path: /exports, id: job.id, message: complaints.text}")
    tap = platform(tmp_path / "acme", said)
    with vendor(lambda _: {"job": None, "complaints": [{"text": "one export is running"}, {"text": "wait"}]}) as found:
        assert run(tap, found.url).code == 1
    assert "acme: orders: the vendor refused the export: one export is running; wait" in caplog.text


@pytest.mark.parametrize("form", ["json", "csv"])
def test_the_result_of_an_export_may_come_in_pages(tmp_path, form):
    said = EXPORT.replace(
        'fetch: {url: "{job.url}", auth: none, format: jsonl, compression: detect, absent: empty, parent: __parentId}',
        'fetch: {path: "/exports/{job.id}/rows", format: FORM, records: data, pages: {kind: token, send: after, '
        "take: TAKE, size: {limit: 2}}}".replace("FORM", form).replace(
            "TAKE", "paging.after" if form == "json" else '"header:Acme-Locator"'
        ),
    )
    tap = platform(tmp_path / "acme", said[: said.index("  lines:")])

    def answer(asked: Asked) -> Any:
        if asked.method == "POST":
            return {"id": "job-1"}
        if asked.path == "/exports/job-1":
            return {"status": "DONE"}
        assert asked.params["limit"] == "2"
        assert "Authorization" in asked.headers
        at = int(asked.params.get("after", 0))
        following = str(at + 2) if at < 4 else ""
        if form == "json":
            return {"data": [{"id": str(at)}, {"id": str(at + 1)}], "paging": {"after": following}}
        return 200, {"Acme-Locator": following or "null"}, f"id\n{at}\n{at + 1}\n".encode()

    with vendor(answer) as found:
        told = run(tap, found.url)
    assert told.code == 0
    assert told.ids("orders") == [str(n) for n in range(6)]


def test_a_finished_export_may_name_several_files_and_none_is_no_result(tmp_path):
    tap = platform(tmp_path / "acme", EXPORT[: EXPORT.index("  lines:")].replace('"{job.url}"', '"{job.urls}"'))

    def exporting(parts: list[str]) -> Any:
        def answer(asked: Asked) -> Any:
            if asked.method == "POST":
                return {"id": "job-1"}
            if asked.path == "/exports/job-1":
                return {"status": "DONE", "urls": [f"http://{asked.headers['Host']}/parts/{part}" for part in parts]}
            return 200, {}, b'{"id": "%s"}' % asked.path.encode()

        return answer

    with vendor(exporting(["a", "b%7B"])) as found:
        assert run(tap, found.url).ids("orders") == ["/parts/a", "/parts/b%7B"]
    with vendor(exporting([])) as found:
        assert run(tap, found.url).code == 0


def test_a_signed_link_gets_nothing_that_every_other_request_has(tmp_path):
    auth = AUTH.replace(
        "http: {base: https://api.acme.example}",
        'http: {base: https://api.acme.example, headers: {Developer-Token: "{config.api_key}"}, params: {v: "1"}}',
    )
    tap = platform(tmp_path / "acme", EXPORT[: EXPORT.index("  lines:")], auth=auth)
    with vendor(exporter([{"status": "DONE", "url": "/file"}], b'{"id": "1"}')) as found:
        assert run(tap, found.url).ids("orders") == ["1"]
    create, _, file = found.asked
    assert (create.headers["Developer-Token"], create.params) == ("k-secret", {"v": "1"})
    assert "Developer-Token" not in file.headers
    assert file.params == {}


WINDOWED = EXPORT[: EXPORT.index("  lines:")].replace(
    "    deletes: never\n    fields: {id: string!}",
    '    params: {since: "{window.start}", until: "{window.end}"}\n    deletes: never\n'
    '    cursor: {field: at, format: epoch, start: "{config.start_date}", includes: from, order: unknown,\n'
    "             window: 30d}\n"
    "    fields: {id: string!, at: epoch}",
)


def test_a_job_that_holds_only_the_first_part_has_its_window_halved(tmp_path):
    tap = platform(tmp_path / "acme", WINDOWED.replace("message: why", "more: more"))
    now = datetime.now(UTC).replace(microsecond=0)
    moments = [int((now - timedelta(hours=hours)).timestamp()) for hours in range(1, 60, 7)]
    spans: dict[str, list[int]] = {}

    def answer(asked: Asked) -> Any:
        if asked.method == "POST":
            name = str(len(spans))
            since, until = int(asked.params["since"]), int(asked.params["until"])
            spans[name] = [moment for moment in moments if since <= moment < until]
            return {"id": name}
        kind, _, name = asked.path.removeprefix("/").partition("/")
        if kind == "exports":
            url = f"http://{asked.headers['Host']}/file/{name}"
            return {"status": "DONE", "more": len(spans[name]) > 2, "url": url}
        assert len(spans[name]) <= 2
        return 200, {}, b"".join(b'{"id": "%d", "at": %d}\n' % (moment, moment) for moment in spans[name])

    with vendor(answer) as found:
        told = run(tap, found.url, start_date=(now - timedelta(days=3)).date().isoformat())
    assert told.code == 0
    assert sorted(told.ids("orders")) == sorted(str(moment) for moment in moments)


def test_an_increment_whose_address_would_be_too_long_is_read_like_a_first_load(tmp_path):
    manifest = """
    jobs:
      export:
        docs: https://acme.example/docs/exports
        create: {method: POST, path: /exports, body: {query: "SELECT {fields} SINCE {window.start}"}, id: id}
        poll: {path: "/exports/{job.id}", every: 10ms, give_up: 5s, status: status, wait: [RUNNING], done: [DONE]}
        fetch: {path: "/exports/{job.id}/rows", records: data}
    streams:
      orders:
        docs: https://acme.example/docs/orders
        path: /query
        params: {q: "SELECT {fields} SINCE {window.start}"}
        records: data
        key: [id]
        cursor: {field: at, format: epoch, start: "{config.start_date}", order: unknown}
        first: {job: export, above: ABOVE}
        deletes: never
        fields: {id: string!, at: epoch, another_column_with_quite_a_long_name: string}
    """

    def answer(asked: Asked) -> Any:
        if asked.path == "/exports":
            return {"id": "1"}
        return {"status": "DONE", "data": []}

    for above, path in ((100, "/exports"), (1000, "/query")):
        tap = platform(tmp_path / str(above) / "acme", manifest.replace("ABOVE", str(above)))
        with vendor(answer) as found:
            first = run(tap, found.url, start_date="2026-01-01")
            assert found.paths()[0] == "/exports"
            found.asked.clear()
            run(tap, found.url, state=first.state)
            assert found.paths()[0] == path
            if path == "/exports":
                assert found.asked[0].body["query"].endswith(str(int(found.asked[0].body["query"].split()[-1])))


def test_a_repeated_export_waits_for_the_one_that_runs_already(tmp_path):
    words = EXPORT[: EXPORT.index("  lines:")].replace(
        "path: /exports, id: id}", 'path: /exports, id: id, accept: ["425"]}'
    )
    words = words.replace("    poll:", "    duplicate: hooks.py:running\n    poll:")
    hook = """
    def running(answer):
        \"\"\"A repeated export is answered 425 with the id of the one that runs.\"\"\"
        return answer.json()["detail"].rpartition(" ")[2]
    """
    tap = platform(tmp_path / "acme", words, {"hooks.py": hook})
    made = exporter([{"status": "DONE", "url": "/file"}], b'{"id": "1"}')
    refusal = {"detail": "duplicate of : job-1"}
    with vendor(lambda asked: (425, refusal) if asked.method == "POST" else made(asked)) as found:
        assert run(tap, found.url).ids("orders") == ["1"]


EVERY_STEP = """
jobs:
  report:
    docs: https://acme.example/docs/reports
    start: {method: POST, path: /session}
    create: {method: POST, path: /reports, headers: {X-Step: create}, body: {type: orders}, id: report.id}
    enqueue: {method: POST, path: "/reports/{job.id}/enqueue"}
    poll:
      method: POST
      path: /status
      body: {id: "{job.id}"}
      every: 10ms
      give_up: 5s
      status: state
      wait: ["1"]
      done: ["2"]
      empty: ["3"]
    locate: {path: "/documents/{job.document}"}
    fetch: {url: "{job.address}", auth: none, format: tsv, charset: utf-8}
streams:
  orders:
    docs: https://acme.example/docs/orders
    job: report
    headers: {X-Profile: "7"}
    key: [id]
    deletes: never
    fields: {id: string!}
"""


def test_every_step_of_an_export_is_a_request_of_its_own_in_order(tmp_path):
    tap = platform(tmp_path / "acme", EVERY_STEP)
    states = iter([1, 2, 3])

    def answer(asked: Asked) -> Any:
        if asked.path == "/reports":
            assert (asked.headers["X-Step"], asked.body) == ("create", {"type": "orders"})
            return {"report": {"id": "r1"}}
        if asked.path == "/status":
            assert asked.body == {"id": "r1"}
            return {"state": next(states), "document": "d1"}
        if asked.path == "/documents/d1":
            return {"address": f"http://{asked.headers['Host']}/file?signature=x"}
        return (200, {}, b"id\n1\n") if asked.path == "/file" else {}

    with vendor(answer) as found:
        told = run(tap, found.url)
        assert found.paths() == [
            "/session", "/reports", "/reports/r1/enqueue", "/status", "/status", "/documents/d1", "/file",
        ]  # fmt: skip
        assert {asked.headers.get("X-Profile") for asked in found.asked[:-1]} == {"7"}
        assert found.asked[-1].params == {"signature": "x"}
        assert run(tap, found.url).ids("orders") == []
    assert told.ids("orders") == ["1"]


@pytest.mark.parametrize(("words", "code"), [("elsewhere: true", 0), ("elsewhere: false", 1)])
def test_a_download_may_lie_on_another_host_which_gets_no_login(tmp_path, words, code):
    fetch = 'fetch: {path: "/exports/{job.id}/file", headers: {X-Team: red}, format: jsonl, ' + words + "}"
    job, stream = EXPORT[: EXPORT.index("    fetch:")], EXPORT[EXPORT.index("streams:") : EXPORT.index("  lines:")]
    tap = platform(tmp_path / "acme", f"{job}    {fetch}\n{stream}")
    with vendor(lambda _: (200, {"Content-Type": "text/plain"}, b'{"id": "1"}')) as store:

        def answer(asked: Asked) -> Any:
            if asked.path.endswith("/file"):
                return 302, {"Location": f"{store.url}/signed?signature=abc"}, b""
            return {"id": "job-1"} if asked.method == "POST" else {"status": "DONE"}

        with vendor(answer) as found:
            told = run(tap, found.url)
        assert "Authorization" in found.asked[-1].headers
    assert (told.code, told.ids("orders")) == (code, ["1"] if code == 0 else [])
    for asked in store.asked:
        assert asked.params == {"signature": "abc"}
        assert not {"Authorization", "X-Team"} & set(asked.headers)
    assert len(store.asked) == (1 if code == 0 else 0)


EXPORT_OF_A_SHOP = """
jobs:
  export:
    docs: https://acme.example/docs/exports
    create: {method: POST, path: /exports, id: id}
    poll: {path: "/exports/{job.id}", every: 10ms, give_up: 5s, status: status, wait: [RUNNING], done: [DONE]}
    fetch: {path: "/exports/{job.id}/file", format: jsonl}
streams:
  shops:
    docs: https://acme.example/docs/shops
    path: /shops
    records: "."
    key: [id]
    pages: {kind: none}
    deletes: never
    fields: {id: string!}
  listings:
    docs: https://acme.example/docs/listings
    job: export
    body: {shop: "{parent.id}"}
    key: [shop_id, id]
    parent: {stream: shops, carry: {shop_id: id}}
    deletes: never
    fields: {shop_id: string!, id: string!}
"""


def test_each_parent_has_an_export_of_its_own_also_without_a_bookmark(tmp_path):
    """A snapshot per shop, such as all of its listings as they are now."""
    tap = platform(tmp_path / "acme", EXPORT_OF_A_SHOP)

    def answer(asked: Asked) -> Any:
        if asked.path == "/shops":
            return [{"id": "north"}, {"id": "south"}]
        if asked.method == "POST":
            return {"id": asked.body["shop"]}
        if asked.path.endswith("/file"):
            return 200, {"Content-Type": "text/plain"}, b'{"id": "1"}'
        return {"status": "DONE"}

    with vendor(answer) as found:
        told = run(tap, found.url)
    assert sorted((row["shop_id"], row["id"]) for row in told.records("listings")) == [("north", "1"), ("south", "1")]
