"""A parent that is read again takes its own children's rows away, and nobody else's."""

from typing import Any

import pytest

from tests.engine.vendor import Asked, platform, run, vendor

CHECKS = """
defaults: {records: data, key: [guid]}
streams:
  orders:
    docs: https://acme.example/docs/orders
    path: /orders
    deletes: never
    fields: {guid: string!, shop: string, open: boolean, checks: json}
  checks:
    docs: https://acme.example/docs/orders
    parent: {stream: orders, carry: {shop: shop, order_guid: guid}, inside: checks}
    deletes: with_parent
    fields: {shop: string, order_guid: string, guid: string!, items: json}
  items:
    docs: https://acme.example/docs/orders
    parent: {stream: checks, carry: {shop: shop, order_guid: order_guid, check_guid: guid}, inside: items}
    deletes: with_parent
    fields: {shop: string, order_guid: string, check_guid: string, guid: string!}
"""
ORDERS = [
    {"guid": "o1", "shop": "s", "checks": [{"guid": "c1", "items": [{"guid": "i1"}]}]},
    {"guid": "o2", "shop": "s", "checks": []},
]


def places(told: Any, stream: str) -> list[dict[str, Any]]:
    found = [message["replaces"]["where"] for message in told.of("SCHEMA", stream) if "replaces" in message]
    return [{name: value for name, value in where.items() if name != "_connection_id"} for where in found]


def test_what_children_share_with_those_of_others_is_not_taken_for_their_owner(tmp_path):
    tap = platform(tmp_path / "acme", CHECKS)
    with vendor(lambda _: {"data": ORDERS}) as found:
        told = run(tap, found.url)
    assert places(told, "checks") == [{"order_guid": ["o1", "o2"]}]


def test_children_of_a_child_that_vanished_go_with_it(tmp_path):
    tap = platform(tmp_path / "acme", CHECKS)
    with vendor(lambda _: {"data": ORDERS}) as found:
        told = run(tap, found.url)
    assert places(told, "items") == [{"check_guid": ["c1"]}, {"order_guid": ["o1", "o2"]}]


def test_an_owner_of_two_columns_is_named_by_both(tmp_path):
    keyed = CHECKS.replace("key: [guid]}\nstreams", "key: [shop, guid]}\nstreams", 1)
    orders = [*ORDERS, {"guid": "o1", "shop": "t", "checks": []}]
    with vendor(lambda _: {"data": orders}) as found:
        told = run(platform(tmp_path / "acme", keyed), found.url)
    assert places(told, "checks") == [
        {"shop": ["s"], "order_guid": ["o1", "o2"]},
        {"shop": ["t"], "order_guid": ["o1"]},
    ]


ASKED = """
defaults: {records: data, key: [id]}
streams:
  articles:
    docs: https://acme.example/docs/articles
    path: /articles
    deletes: never
    fields: {id: integer!, votes: integer}
  votes:
    docs: https://acme.example/docs/votes
    path: /articles/{parent.id}/votes
    parent: {stream: articles, has: votes, owner: {article: id}}
    deletes: with_parent
    errors: {docs: https://acme.example/docs/errors, status: {"403": permission}}
    fields: {article: string, id: string!}
"""


@pytest.mark.parametrize("batched", [False, True], ids=["one by one", "in a batch"])
def test_a_column_of_the_vendor_says_whose_children_are_gone(tmp_path, batched):
    batch = ASKED.replace("/articles/{parent.id}/votes", '/votes\n    params: {ids: ["{parent.id}"]}')
    manifest = batch.replace("has: votes,", "has: votes, batch: 2,") if batched else ASKED

    def answer(asked: Asked) -> Any:
        if asked.path == "/articles":
            return {"data": [{"id": 1, "votes": 2}, {"id": 2, "votes": 1}, {"id": 3, "votes": 0}]}
        return {"data": []}

    with vendor(answer) as found:
        told = run(platform(tmp_path / "acme", manifest), found.url)
    gone = sorted(number for place in places(told, "votes") for number in place["article"])
    assert gone == ["1", "2", "3"]


def test_children_that_could_not_be_read_stay(tmp_path):
    def answer(asked: Asked) -> Any:
        if asked.path == "/articles":
            return {"data": [{"id": 1, "votes": 2}, {"id": 2, "votes": 1}]}
        return (403, {}) if asked.path == "/articles/1/votes" else {"data": []}

    with vendor(answer) as found:
        told = run(platform(tmp_path / "acme", ASKED), found.url)
    assert places(told, "votes") == [{"article": ["2"]}]
