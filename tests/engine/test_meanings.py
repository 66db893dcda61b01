"""What the manifest's `errors` meanings do to a run: which streams go on, where bookmarks stay, how it ends."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from taps.engine.command import exit_code
from taps.engine.errors import LoginRefused, QuotaSpent
from tests.engine.vendor import Asked, platform, run, vendor

MANIFEST = """
defaults:
  records: data
  key: [id]
  errors:
    docs: https://acme.example/docs/errors
    at: error.code
    message: error.text
    fine: "0"
    status: {"409": empty}
    code: {OUT: login, SPENT: quota, WAIT: not_yet, BIG: too_big, NONE: empty, BUSY: retry, NO: permission}
streams:
  items:
    docs: https://acme.example/docs/items
    path: /items
    params: {since: "{window.start}", until: "{window.end}"}
    cursor: {field: at, format: epoch, start: "{config.start_date}", window: 30d, includes: from, order: unknown}
    deletes: never
    fields: {id: string!, at: epoch}
  others: {docs: https://acme.example/docs/others, path: /others, deletes: never, fields: {id: string!}}
"""
START = (datetime.now(UTC) - timedelta(days=2)).date().isoformat()


def refusing(code: str, status: int = 200) -> Any:
    def answer(asked: Asked) -> Any:
        if asked.path == "/items":
            return status, {"error": {"code": code, "text": "the vendor's sentence"}}
        return {"data": [{"id": "1"}], "error": {"code": 0}}

    return answer


@pytest.mark.parametrize(
    ("code", "ends", "bookmarked"),
    [("NO", 3, False), ("WAIT", 0, False), ("NONE", 0, True), ("UNLISTED", 1, False)],
)
@pytest.mark.parametrize("status", [200, 400])
def test_a_vendors_code_beats_the_status_and_decides_for_its_stream_alone(tmp_path, code, status, ends, bookmarked):
    tap = platform(tmp_path / "acme", MANIFEST)
    with vendor(refusing(code, status)) as found:
        told = run(tap, found.url, start_date=START)
    assert told.code == ends
    assert told.ids("others") == ["1"]
    assert ("replication_key_value" in told.bookmark("items")) == bookmarked


def test_a_status_may_mean_that_there_is_nothing(tmp_path):
    tap = platform(tmp_path / "acme", MANIFEST)
    with vendor(lambda asked: (409, {}) if asked.path == "/items" else {"data": []}) as found:
        told = run(tap, found.url, start_date=START)
    assert told.code == 0
    assert told.bookmark("items")["replication_key_value"]


@pytest.mark.parametrize(("code", "error", "ends"), [("OUT", LoginRefused, 77), ("SPENT", QuotaSpent, 75)])
def test_a_refused_login_and_a_spent_quota_end_the_run_each_with_its_exit_code(tmp_path, code, error, ends):
    tap = platform(tmp_path / "acme", MANIFEST)
    with vendor(refusing(code, 403)) as found, pytest.raises(error, match="the vendor's sentence") as caught:
        run(tap, found.url, start_date=START)
    assert exit_code(caught.value) == ends


def test_what_is_too_much_at_once_is_asked_for_in_halves(tmp_path):
    tap = platform(tmp_path / "acme", MANIFEST)
    first = int(datetime.fromisoformat(START).replace(tzinfo=UTC).timestamp())
    moments = [first + 3600 * hour for hour in range(0, 48, 5)]

    def answer(asked: Asked) -> Any:
        if asked.path == "/others":
            return {"data": []}
        since, until = int(asked.params["since"]), int(asked.params["until"])
        found = [{"id": str(moment), "at": moment} for moment in moments if since <= moment < until]
        return (400, {"error": {"code": "BIG"}}) if len(found) > 3 else {"data": found}

    with vendor(answer) as found:
        told = run(tap, found.url, start_date=START)
    assert sorted(told.ids("items")) == sorted(str(moment) for moment in moments)
    assert told.bookmark("items")["replication_key_value"]


def test_a_code_that_means_later_is_asked_again(tmp_path):
    tap = platform(tmp_path / "acme", MANIFEST)
    tries = iter([json.dumps({"error": {"code": "BUSY"}}), json.dumps({"data": [{"id": "7", "at": 1}]})])

    def answer(asked: Asked) -> Any:
        return (200, {}, next(tries).encode()) if asked.path == "/items" else {"data": []}

    with vendor(answer) as found:
        assert run(tap, found.url, start_date=START).ids("items") == ["7"]


@pytest.mark.parametrize(("finer", "ends"), [({"finer": 33}, 3), ({"finer": 7}, 1), ({}, 1)])
def test_a_second_code_tells_one_meaning_of_the_first_from_another(tmp_path, finer, ends):
    error = {"code": "100", **finer}
    words = MANIFEST.replace("fine:", "finer: error.finer\n    fine:").replace("OUT: login", '"100/33": permission')
    tap = platform(tmp_path / "acme", words)
    with vendor(lambda asked: (400, {"error": error}) if asked.path == "/items" else {"data": []}) as found:
        assert run(tap, found.url, start_date=START).code == ends
