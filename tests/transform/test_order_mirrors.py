"""A sale that the shop, the CRM and the books write down is one order."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from tests.transform.shops import order, shopper
from tests.transform.warehouse import Rows, Warehouse

SELECTED = ("--select", "+orders", "+reconciliation_results", "--indirect-selection", "cautious")
ANN = "ann@lee.example"


def invoice(number: str, day: int, total: str, reference: str | None = None, **more: Any) -> dict[str, Any]:
    """A sales invoice of Xero."""
    return {
        "InvoiceID": f"i-{number}", "InvoiceNumber": number, "Type": "ACCREC", "Status": "PAID",
        "Date": f"2026-10-{day:02d}", "Total": total, "SubTotal": total, "CurrencyCode": "USD", "Reference": reference,
        "Contact": {"ContactID": "c1", "EmailAddress": ANN}, **more,
    }  # fmt: skip


def mirrors(
    warehouse: Warehouse, orders: list[dict[str, Any]], invoices: list[dict[str, Any]], others: Rows | None = None
) -> dict[str, Any]:
    """Number of each invoice and of others' orders, with the number of the order it repeats and the rule."""
    people = [shopper(1, "Ann", "Lee", ANN)]
    rows = {"shopify": {"customers": people, "orders": orders}, "xero": {"invoices": invoices}} | (others or {})
    warehouse.load(rows)
    warehouse.build(*SELECTED, connected=list(rows))
    return {number: (original, rule) for number, original, rule in warehouse.rows("""
        SELECT repeated.order_number, original.order_number, repeated.mirror_rule
        FROM unified.orders AS repeated
        LEFT JOIN unified.orders AS original ON original.order_key = repeated.mirrors_order_key
        WHERE repeated.platform <> 'shopify'
    """)}  # fmt: skip


def test_an_invoice_repeats_the_order_whose_number_it_bears(duckdb_warehouse: Warehouse) -> None:
    found = mirrors(
        duckdb_warehouse,
        [order(1, "100.00", 10, customer=1, email=ANN), order(2, "60.00", 11, customer=1, email=ANN)],
        [
            invoice("INV-1", 12, "100.00", reference="#1001"),
            invoice("INV-2", 11, "60.00"),
            invoice("INV-3", 11, "60.00", Status="DRAFT"),
            invoice("INV-4", 12, "75.00", reference="#1002"),
            invoice("INV-5", 30, "60.00"),
        ],
    )
    assert found == {
        "INV-1": ("#1001", "number"),
        "INV-2": ("#1002", "amount_time_person"),
        "INV-4": (None, None),
        "INV-5": (None, None),
    }
    counted = duckdb_warehouse.rows("SELECT sum(total) FROM unified.orders WHERE is_counted")
    assert counted == [(Decimal(100) + 60 + 75 + 60,)]
    findings = duckdb_warehouse.rows(
        "SELECT match_type, actual FROM unified.reconciliation_results WHERE check_name = 'duplicated_order'"
    )
    assert sorted(findings) == [("exact", Decimal(100)), ("tolerance", Decimal(60))]


@pytest.mark.slow
def test_two_invoices_of_one_amount_repeat_two_orders(duckdb_warehouse: Warehouse) -> None:
    found = mirrors(
        duckdb_warehouse,
        [order(n, "60.00", day, customer=1, email=ANN) for n, day in ((1, 10), (2, 12))],
        [invoice("INV-1", 10, "60.00"), invoice("INV-2", 12, "60.00"), invoice("INV-3", 12, "60.00")],
    )
    assert {found["INV-1"][0], found["INV-2"][0], found["INV-3"][0]} == {"#1001", "#1002", None}


@pytest.mark.slow
def test_a_deal_a_shipment_and_an_invoice_repeat_one_order(duckdb_warehouse: Warehouse) -> None:
    def deal(number: str, name: str, amount: str, won: bool = True) -> dict[str, Any]:
        return {
            "id": number, "dealname": name, "amount": amount, "deal_currency_code": "USD", "hs_is_closed_won": won,
            "closedate": "2026-10-10T13:00:00Z", "createdAt": "2026-10-01T13:00:00Z",
        }  # fmt: skip

    others: Rows = {
        "hubspot": {
            "contacts": [{"id": "5", "email": ANN, "firstname": "Ann", "lastname": "Lee"}],
            "deals": [
                deal("1", "Order #1001", "100.00"),
                deal("2", "Machines", "9000.00"),
                deal("3", "Order #1002", "60.00", won=False),
            ],
            "deal_contacts": [{"deal_id": number, "contact_id": "5"} for number in "123"],
        },
        "shipstation": {
            "orders": [{"orderId": "8", "orderNumber": "1001", "orderDate": "2026-10-10T14:00:00Z", "orderTotal": "88"}]
        },
    }
    invoices = [invoice("INV-1", 11, "100.00"), invoice("INV-2", 30, "9000.00"), invoice("INV-3", 31, "9000.00")]
    found = mirrors(duckdb_warehouse, [order(1, "100.00", 10, customer=1, email=ANN)], invoices, others)
    original = found["INV-1"][0], found["Order #1001"][0], found["1001"][0]
    assert set(original) == {"#1001"}
    assert found["INV-2"] == ("Machines", "amount_time_person"), "billed twenty days after it was won"
    assert (found["INV-3"][0], found["Machines"][0]) == (None, None)
    assert "Order #1002" not in found
    assert duckdb_warehouse.rows("SELECT sum(total) FROM unified.orders WHERE is_counted") == [(Decimal(18100),)]
