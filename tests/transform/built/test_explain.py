"""`engarde explain` on both engines: the pair that was linked, the pair that was not, the customer, the unknown."""

from __future__ import annotations

import io

import pytest
from rich.console import Console

from tests.transform.shops import gid
from tests.transform.warehouse import PROJECT, Warehouse
from transform.explain import UnknownError, explain
from transform.launch import environment
from transform.warehouse import asking


def told(warehouse: Warehouse, left: str, right: str | None = None) -> str:
    """What the command prints."""
    page = Console(file=io.StringIO(), width=200)
    with environment(warehouse.environment()), asking(PROJECT, PROJECT, warehouse.engine) as ask:
        explain(ask, left, right, page)
    assert isinstance(page.file, io.StringIO)
    return page.file.getvalue()


def test_a_pair_that_was_linked_shows_each_piece_with_its_weight(warehouse: Warehouse) -> None:
    page = told(warehouse, "shopify:1", "stripe:cus_1")
    assert "One customer." in page
    assert "+14.6" in page
    assert "together +22.3 bits; by likeness alone records merge from 18.0" in page
    assert "the same mailbox, 22.3 bits: links them" in page


def test_a_pair_that_was_not_says_what_stands_between(warehouse: Warehouse) -> None:
    page = told(warehouse, "shopify:5", "shopify:6")
    assert "Two customers." in page
    assert "likeness in all, 25.5 bits: waits for review (first name)" in page
    row = next(line for line in page.splitlines() if "first name" in line and "Peter" in line)
    assert row.index("Peter") < row.index("Susan"), "in the order in which they were named"
    assert "-5.1" in row


def test_a_further_mailbox_is_shown_as_what_both_have(warehouse: Warehouse) -> None:
    page = told(warehouse, "stripe:cus_1", "hubspot:101")
    assert "One customer." in page
    assert "email annasmith@gmail.com: same" in page


def test_a_customer_shows_its_records_what_holds_them_and_its_events(warehouse: Warehouse) -> None:
    key = warehouse.rows(
        f"SELECT customer_key FROM unified.customer_identities WHERE source_record_id = '{gid('Customer', 5)}'"
    )[0][0]
    page = told(warehouse, key)
    assert page == told(warehouse, "shopify:5"), "a record alone stands for its customer"
    assert "shopify:5" in page.split("What did not join it:")[0]
    assert "stripe:cus_5" in page.split("What did not join it:")[1]
    assert "create: 1 records" in page
    anna = told(warehouse, "shopify:1")
    assert anna.count("the same mailbox") >= 2
    assert "What holds the records together" in anna


def test_what_is_unknown_is_named_with_what_to_name_instead(warehouse: Warehouse) -> None:
    for names in (("shopify:77",), ("shopify:1", "nobody")):
        with pytest.raises(UnknownError, match=f"no record or customer '{names[-1]}'; name a record as platform:id"):
            told(warehouse, *names)
    with pytest.raises(UnknownError, match="one record, named twice"):
        told(warehouse, "shopify:1", gid("Customer", 1).replace("gid", "shopify:gid"))
