"""tap-stripe reads a Stripe server that nobody here wrote, filled through its own API."""

import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.real.comparing import lost
from tests.real.localstripe_server import KEY, Fields, LocalStripe, relayed, running
from tests.real.pipeline import Loaded, load

pytestmark = pytest.mark.real("stripe")

LISTS = {
    "customers": "/customers",
    "products": "/products",
    "plans": "/plans",
    "coupons": "/coupons",
    "tax_rates": "/tax_rates",
    "charges": "/charges",
    "payment_intents": "/payment_intents",
    "refunds": "/refunds",
    "invoices": "/invoices",
    "invoice_items": "/invoiceitems",
    "subscriptions": "/subscriptions?status=all",
    "setup_intents": "/setup_intents",
    "payouts": "/payouts",
    "balance_transactions": "/balance_transactions",
}
"""What localstripe has of our streams."""
CHILDREN = {"invoice_lines", "subscription_items"}


@dataclass(frozen=True)
class Shop:
    """A filled server before and after some changes, and both runs of the tap."""

    sent: dict[str, list[Fields]]
    first: dict[str, list[dict[str, Any]]]
    loaded: Loaded
    again: Loaded
    changed: Fields
    deleted: Fields
    added: Fields


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shop]:
    folder = tmp_path_factory.mktemp("localstripe")
    with running(folder) as server, relayed(server) as address:
        people = fill(server)
        yield read_twice(server, address, folder, *people)


def fill(server: LocalStripe) -> tuple[Fields, Fields]:
    """A customer with a card, a payment, a refund, a subscription and its invoice; and one with nothing."""
    paying = server.post("/customers", email="ann@example.com", name="Ann", **{"metadata[shop]": "7"})
    leaving = server.post("/customers", email="bob@example.com", name="Bob")
    card = {"card[number]": "4242424242424242", "card[exp_month]": 12, "card[exp_year]": 2040, "card[cvc]": "123"}
    method = server.post("/payment_methods", type="card", **card)
    server.post(f"/payment_methods/{method['id']}/attach", customer=paying["id"])
    server.post(f"/customers/{paying['id']}", **{"invoice_settings[default_payment_method]": method["id"]})
    payment = {"amount": 2500, "currency": "eur", "customer": paying["id"], "payment_method": method["id"]}
    server.post("/payment_intents", confirm="true", **payment)
    server.post("/refunds", charge=server.all("/charges")[0]["id"], amount=500)
    product = server.post("/products", name="Ticket", type="service")
    server.post("/plans", id="monthly", amount=1200, currency="eur", interval="month", product=product["id"])
    server.post("/coupons", id="TEN", percent_off=12.5, duration="once")
    server.post("/tax_rates", display_name="VAT", percentage=19, inclusive="false")
    server.post("/subscriptions", customer=paying["id"], **{"items[0][plan]": "monthly"})
    server.post("/invoiceitems", customer=paying["id"], amount=300, currency="eur", description="Cloakroom")
    server.post("/setup_intents", customer=paying["id"])
    server.post("/payouts", amount=100, currency="eur")
    return paying, leaving


def read_twice(server: LocalStripe, address: str, folder: Path, paying: Fields, leaving: Fields) -> Shop:
    config = {
        "api_url": address,
        "api_key": KEY,
        "start_date": (datetime.now(UTC) - timedelta(days=1)).date().isoformat(),
    }
    streams = frozenset({*LISTS, *CHILDREN, "events"})
    time.sleep(1.1)  # what is created in the second in which a run begins belongs to the next run
    sent = {name: server.get(path, {"limit": 100})["data"] for name, path in LISTS.items()}
    loaded = load("tap-stripe", config, folder, streams=streams)
    first = {name: loaded.rows(f"stripe.{name}") for name in (*LISTS, *CHILDREN)}
    changed = server.post(f"/customers/{paying['id']}", name="Ann Other")
    server.delete(f"/customers/{leaving['id']}")
    added = server.post("/products", name="Programme", type="good")
    time.sleep(1.1)
    again = load("tap-stripe", config, folder, streams=streams, state=loaded.state)
    return Shop(sent, first, loaded, again, changed, leaving, added)


def test_both_runs_end_well(shop: Shop) -> None:
    assert shop.loaded.code == 0, shop.loaded.log
    assert shop.again.code == 0, shop.again.log


@pytest.mark.parametrize("name", LISTS)
def test_every_object_arrives_with_every_field(shop: Shop, name: str) -> None:
    rows = {row["id"]: row for row in shop.first[name]}
    assert shop.sent[name]
    assert set(rows) == {each["id"] for each in shop.sent[name]}
    for each in shop.sent[name]:
        assert lost(each, rows[each["id"]]) == []


def test_lines_and_items_arrive_from_inside_their_parents(shop: Shop) -> None:
    lines = [(each["id"], line["id"]) for each in shop.sent["invoices"] for line in each["lines"]["data"]]
    items = [(each["id"], item["id"]) for each in shop.sent["subscriptions"] for item in each["items"]["data"]]
    assert lines
    assert items
    assert sorted((row["invoice_id"], row["id"]) for row in shop.first["invoice_lines"]) == sorted(lines)
    assert sorted((row["subscription"], row["id"]) for row in shop.first["subscription_items"]) == sorted(items)


def test_a_change_arrives_through_the_event_feed(shop: Shop) -> None:
    (row,) = [row for row in shop.again.rows("stripe.customers") if row["id"] == shop.changed["id"]]
    assert lost(shop.changed, row) == []
    assert row["_sdc_deleted_at"] is None


def test_a_deleted_customer_is_marked_and_keeps_what_was_known(shop: Shop) -> None:
    (row,) = [row for row in shop.again.rows("stripe.customers") if row["id"] == shop.deleted["id"]]
    assert row["_sdc_deleted_at"] is not None
    assert row["email"] == shop.deleted["email"]


def test_a_new_product_arrives_and_nothing_else_is_added(shop: Shop) -> None:
    assert {row["id"] for row in shop.again.rows("stripe.products")} == {
        shop.added["id"],
        *(each["id"] for each in shop.sent["products"]),
    }
    for name in ("charges", "invoices", "refunds", "payouts"):
        assert len(shop.again.rows(f"stripe.{name}")) == len(shop.sent[name])
