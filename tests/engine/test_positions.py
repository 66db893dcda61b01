"""Bookmarks that the vendor gives, positions that die, and parents that say whether anything changed."""

import time
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from taps.engine.state import pack
from tests.engine.vendor import Asked, platform, run, vendor

SYNC = """
streams:
  items:
    docs: https://acme.example/docs/sync
    path: /sync
    records: data
    key: [id]
    deletes: never
    cursor: CURSOR
    pages: {kind: token, send: page, take: page}
    errors: {docs: https://acme.example/docs/errors, status: {"410": restart}}
    fields: {id: string!}
"""


def syncing(asked: Asked) -> Any:
    """Gives a token with the last page; knows token 2 and no other."""
    token = asked.params.get("token")
    if token not in (None, "2"):
        return 410, {}
    if token == "2":
        return {"data": [{"id": "new"}], "token": "2"}
    if asked.params.get("page") is None:
        assert asked.params["full"] == "true"
        return {"data": [{"id": "a"}], "page": "b"}
    return {"data": [{"id": "b"}], "token": "2"}


def test_a_vendors_token_is_the_bookmark_and_a_dead_one_means_that_everything_is_read_again(tmp_path, caplog):
    cursor = "{token: token, send: token, first: {full: true}}"
    tap = platform(tmp_path / "acme", SYNC.replace("CURSOR", cursor))
    with vendor(syncing) as found:
        first = run(tap, found.url)
        second = run(tap, found.url, state=first.state)
        first.state["bookmarks"]["items"]["replication_key_value"] = "1"
        third = run(tap, found.url, state=first.state)
    assert [told.ids("items") for told in (first, second, third)] == [["a", "b"], ["new"], ["a", "b"]]
    assert third.bookmark("items")["replication_key_value"] == "2"
    assert "no longer knows the bookmark" in caplog.text


def test_a_token_that_the_vendor_keeps_no_longer_is_not_sent(tmp_path):
    cursor = "{token: token, send: token, first: {full: true}, keeps: 7d}"
    tap = platform(tmp_path / "acme", SYNC.replace("CURSOR", cursor))
    with vendor(syncing) as found:
        first = run(tap, found.url)
        assert run(tap, found.url, state=first.state).ids("items") == ["new"]
        first.state["bookmarks"]["items"]["kept"] = (datetime.now(UTC) - timedelta(days=8)).isoformat()
        assert run(tap, found.url, state=first.state).ids("items") == ["a", "b"]


def test_what_the_next_request_destroys_is_asked_for_once_the_state_came_back(tmp_path):
    words = SYNC.replace("    cursor: CURSOR\n", "").replace(
        "{kind: token, send: page, take: page}",
        "{kind: confirm, send: offset, take: data.id, add: 1, size: {limit: 2}}",
    )
    tap = platform(tmp_path / "acme", words)
    held = [{"id": n} for n in (7, 8, 9)]

    def updates(asked: Asked) -> Any:
        while held and held[0]["id"] < int(asked.params.get("offset", 0)):
            held.pop(0)
        return {"data": held[: int(asked.params["limit"])]}

    with vendor(updates) as found:
        first = run(tap, found.url)
        again = run(tap, found.url)
        second = run(tap, found.url, state=first.state)
        third = run(tap, found.url, state=second.state)
    assert [told.ids("items") for told in (first, again, second)] == [["7", "8"], ["7", "8"], ["9"]]
    assert (third.code, third.ids("items"), held) == (0, [], [])


def test_a_dead_page_token_means_that_the_list_begins_again(tmp_path):
    tap = platform(tmp_path / "acme", SYNC.replace("    cursor: CURSOR\n", ""))
    deaths = iter([True, False])

    def answer(asked: Asked) -> Any:
        if asked.params.get("page") is None:
            return {"data": [{"id": "a"}], "page": "b"}
        return (410, {}) if next(deaths) else {"data": [{"id": "b"}]}

    with vendor(answer) as found:
        told = run(tap, found.url)
    assert (told.code, told.ids("items")) == (0, ["a", "a", "b"])


CHANGED = """
streams:
  channels:
    docs: https://acme.example/docs/channels
    path: /channels
    records: data
    key: [id]
    deletes: never
    fields: {id: string!, latest: KIND}
  messages:
    docs: https://acme.example/docs/messages
    path: /channels/{parent.id}/messages
    params: {since: "{window.start}"}
    records: data
    key: [channel, id]
    parent: {stream: channels, carry: {channel: id}, changed: latest}
    cursor: {field: at, format: epoch, lookback: 60s, order: unknown}
    deletes: never
    fields: {channel: string!, id: string!, at: epoch}
"""


@pytest.mark.parametrize("kind", ["epoch", "datetime", "date"])
def test_parents_that_say_that_nothing_changed_are_not_visited(tmp_path, kind):
    tap = platform(tmp_path / "acme", CHANGED.replace("KIND", kind))

    def said(moment: datetime) -> Any:
        return {"epoch": int(moment.timestamp()), "datetime": moment.isoformat(), "date": moment.date().isoformat()}[
            kind
        ]

    now = datetime.now(UTC)
    latest = {"quiet": now - timedelta(days=3), "busy": now - timedelta(days=3)}

    def answer(asked: Asked) -> Any:
        if asked.path == "/channels":
            return {"data": [{"id": name, "latest": said(moment)} for name, moment in latest.items()]}
        return {"data": [{"id": "1", "at": int(time.time())}]}

    with vendor(answer) as found:
        first = run(tap, found.url)
        assert sorted(found.paths()) == ["/channels", "/channels/busy/messages", "/channels/quiet/messages"]
        found.asked.clear()
        latest["busy"] = now + timedelta(seconds=30)
        second = run(tap, found.url, state=first.state)
        assert found.paths() == ["/channels", "/channels/busy/messages"]
    assert "partitions" not in second.bookmark("messages")
    assert second.bookmark("messages")["replication_key_value"] > first.bookmark("messages")["replication_key_value"]


@pytest.mark.parametrize("carry", ["{channel: id}", "{}"])
def test_each_parent_has_its_own_bookmark_whatever_its_children_carry(tmp_path, carry):
    """Twelve parents on pages of one: were the bookmark common, those that come later would begin where others end."""
    words = CHANGED.replace("KIND", "epoch").replace("{channel: id}, changed: latest", carry)
    words = words.replace(
        "records: data\n    key: [id]", "records: data\n    key: [id]\n    pages: {kind: number, send: p}"
    )
    words = words.replace("channel: string!, id: string!", "channel: string, id: string!")
    tap = platform(tmp_path / "acme", words.replace("key: [channel, id]", "key: [id]"))

    def answer(asked: Asked) -> Any:
        if asked.path == "/channels":
            page = int(asked.params["p"])
            return {"data": [{"id": f"c{page}"}] if page <= 12 else []}
        since = asked.params.get("since")
        return {"data": [] if since else [{"id": asked.path.split("/")[2], "at": 1_700_000_000}]}

    with vendor(answer) as found:
        first = run(tap, found.url)
        second = run(tap, found.url, state=first.state)
    assert sorted(first.ids("messages")) == sorted(f"c{number}" for number in range(1, 13))
    assert second.ids("messages") == []
    assert "partitions" not in second.bookmark("messages")


def test_a_bookmark_that_all_parents_shared_is_not_believed(tmp_path):
    """An older version kept one for all parents where children carry nothing; some were never read whole."""
    words = (
        CHANGED.replace("KIND", "epoch")
        .replace("{channel: id}, changed: latest", "{}")
        .replace("key: [channel, id]", "key: [id]")
    )
    tap = platform(tmp_path / "acme", words.replace("channel: string!, id: string!", "channel: string, id: string!"))
    then = "2026-01-01T00:00:00+00:00"
    shared = {
        "replication_key_value": then,
        "known": pack([{}]),
        "partitions": [{"context": {}, "replication_key_value": then}],
    }

    def answer(asked: Asked) -> Any:
        if asked.path == "/channels":
            return {"data": [{"id": "a"}]}
        return {"data": [] if asked.params.get("since") else [{"id": "1", "at": 1_700_000_000}]}

    with vendor(answer) as found:
        told = run(tap, found.url, state={"bookmarks": {"messages": shared}})
    assert told.ids("messages") == ["1"]
    assert "partitions" not in told.bookmark("messages")


def test_children_beside_their_parents_are_read_from_the_same_answer(tmp_path):
    manifest = """
    defaults: {records: tickets, key: [id]}
    streams:
      tickets:
        docs: https://acme.example/docs/tickets
        path: /tickets
        pages: {kind: token, send: page, take: next}
        deletes: never
        fields: {id: string!}
      users:
        docs: https://acme.example/docs/users
        parent: {stream: tickets, beside: users}
        deletes: not_reported
        fields: {id: string!, name: string}
    """
    tap = platform(tmp_path / "acme", manifest)

    def answer(asked: Asked) -> Any:
        if asked.params.get("page"):
            return {"tickets": [], "users": [{"id": "u2", "name": "B"}]}
        return {"tickets": [{"id": "1"}], "users": [{"id": "u1", "name": "A"}], "next": "2"}

    with vendor(answer) as found:
        told = run(tap, found.url)
        assert found.paths() == ["/tickets", "/tickets"]
    assert [(row["id"], row["name"]) for row in told.records("users")] == [("u1", "A"), ("u2", "B")]


def test_a_refusal_in_the_place_of_a_record_is_counted_and_the_others_are_kept(tmp_path, caplog):
    manifest = """
    streams:
      parcels:
        docs: https://acme.example/docs/parcels
        path: /parcels
        records: data
        key: [id]
        deletes: never
        errors: {docs: https://acme.example/docs/errors, record: error.code, code: {GONE: skip_record, NO: permission}}
        fields: {id: string!}
    """
    tap = platform(tmp_path / "acme", manifest)
    with vendor(lambda _: {"data": [{"id": "1"}, {"error": {"code": "GONE"}}, {"id": "2"}]}) as found:
        told = run(tap, found.url)
    assert (told.code, told.ids("parcels")) == (0, ["1", "2"])
    assert "parcels: 1 could not be read and are left out" in caplog.text
    with vendor(lambda _: {"data": [{"error": {"code": "NO"}}]}) as found:
        assert run(tap, found.url).code == 3
