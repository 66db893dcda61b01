"""Which campaigns get an order: touches of the order and of its customer, the window, and shares that add up."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any

import pytest

from tests.transform.shops import GOOGLE_ADS, contact, moment, order, shopper
from tests.transform.warehouse import Warehouse


def visit(day: int, campaign: str | None) -> dict[str, Any]:
    """A visit as Shopify tells it."""
    return {
        "occurredAt": moment(day),
        "landingPage": "https://shop.example/",
        "utmParameters": {"campaign": campaign} if campaign else None,
    }


def attributions(
    warehouse: Warehouse, orders: list[dict[str, Any]], **more: Any
) -> set[tuple[str, str, str | None, Decimal]]:
    """Order, model, campaign and share of all attributions of the orders given."""
    rows = {
        "shopify": {"customers": [shopper(1, "Ann", "Lee", "ann@lee.example")], "orders": orders},
        "hubspot": {"contacts": more.pop("contacts", [])},
        "google_ads": GOOGLE_ADS,
    }
    warehouse.load(rows)
    selected = ("--select", "+order_attributions", "orders_are_attributed_once", "--indirect-selection", "cautious")
    warehouse.build(*selected, "--vars", json.dumps(more))
    found = warehouse.rows("""
        SELECT orders.source_record_id, model, campaigns.campaign_id, share
        FROM unified.order_attributions AS given
        JOIN staging.int_orders AS orders ON orders.order_key = given.order_key
        JOIN unified.campaigns AS campaigns ON campaigns.campaign_key = given.campaign_key
    """)
    return {(order_id[-1], model, campaign, share) for order_id, model, campaign, share in found}


def test_two_visits_share_an_order_by_each_model(duckdb_warehouse: Warehouse) -> None:
    journey = {"firstVisit": visit(5, "brand"), "lastVisit": visit(9, "autumn sale")}
    found = attributions(duckdb_warehouse, [order(1, "90.00", 10, customerJourneySummary=journey)])
    assert found == {
        ("1", "first_touch", "71", Decimal(1)),
        ("1", "last_touch", "72", Decimal(1)),
        ("1", "linear", "71", Decimal("0.5")),
        ("1", "linear", "72", Decimal("0.5")),
    }


@pytest.mark.slow
def test_a_visit_without_campaign_takes_nothing_from_the_one_before(duckdb_warehouse: Warehouse) -> None:
    journey = {"firstVisit": visit(5, "brand"), "lastVisit": visit(9, None)}
    found = attributions(duckdb_warehouse, [order(1, "90.00", 10, customerJourneySummary=journey)])
    assert {(model, campaign) for _, model, campaign, _ in found} == {
        ("first_touch", "71"), ("last_touch", "71"), ("linear", "71"),
    }  # fmt: skip


@pytest.mark.slow
def test_touches_of_the_customer_count_in_the_window_and_after_the_order_never(duckdb_warehouse: Warehouse) -> None:
    first = order(1, "90.00", 3, customer=1, customerJourneySummary={"lastVisit": visit(2, "brand")})
    second = order(2, "90.00", 20, customer=1, customerJourneySummary={"lastVisit": visit(19, "autumn sale")})
    met = contact(
        9, "Ann", "Lee", "ann@lee.example", hs_analytics_first_timestamp=moment(1),
        hs_analytics_first_url="https://shop.example/?utm_campaign=autumn+sale",
    )  # fmt: skip
    near = attributions(duckdb_warehouse, [first, second], contacts=[met], attribution_days=2)
    assert {row for row in near if row[1] == "first_touch"} == {
        ("1", "first_touch", "72", Decimal(1)),
        ("2", "first_touch", "72", Decimal(1)),
    }
    far = attributions(duckdb_warehouse, [first, second], contacts=[met], attribution_days=30)
    assert {row for row in far if row[0] == "2" and row[1] == "linear"} == {
        ("2", "linear", "71", Decimal("0.333333333")),
        ("2", "linear", "72", Decimal("0.666666667")),
    }
    assert {row[2] for row in far if row[0] == "1" and row[1] == "last_touch"} == {"71"}
