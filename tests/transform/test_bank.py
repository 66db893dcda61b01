"""Bookings on bank accounts and what they are the arrival of."""

from __future__ import annotations

from typing import Any

import pytest

from tests.transform.shops import STRIPE
from tests.transform.warehouse import Warehouse

SELECTED = ("--select", "+bank_transactions", "+reconciliation_results", "--indirect-selection", "cautious")


def booking(number: int, day: int, amount: str, text: str, **more: Any) -> dict[str, Any]:
    """A booking of the first account, money coming in."""
    return {
        "BankTransactionID": f"b{number}", "Type": "RECEIVE", "BankAccount": {"AccountID": "a1"},
        "Date": f"2026-10-{day:02d}", "Total": amount, "CurrencyCode": "USD", "Reference": text,
        "Contact": {"Name": "somebody"}, "Status": "AUTHORISED", **more,
    }  # fmt: skip


def matches(
    warehouse: Warehouse, bookings: list[dict[str, Any]], payments: list[dict[str, Any]] | None = None
) -> dict[str, tuple[str | None, str | None]]:
    """What each booking was matched to: the entity, and the id of the payout, payment or other booking."""
    warehouse.load({"stripe": STRIPE, "xero": {"bank_transactions": bookings, "payments": payments or []}})
    warehouse.build(*SELECTED, connected=["stripe", "xero"])
    rows = warehouse.rows("""
        SELECT bank.bank_transaction_id, bank.matched_entity,
            coalesce(payouts.payout_id, payments.payment_id, other.bank_transaction_id)
        FROM unified.bank_transactions AS bank
        LEFT JOIN unified.payouts AS payouts ON payouts.payout_key = bank.matched_key
        LEFT JOIN unified.payments AS payments ON payments.payment_key = bank.matched_key
        LEFT JOIN unified.bank_transactions AS other ON other.bank_transaction_key = bank.matched_key
    """)
    return {number: (entity, found) for number, entity, found in rows}


def test_a_payout_is_found_on_the_bank_account(duckdb_warehouse: Warehouse) -> None:
    bookings = [
        booking(1, 14, "145.05", "STRIPE TRANSFER"),
        booking(2, 14, "145.05", "Rent of October"),
        booking(3, 30, "7", "x"),
    ]
    assert matches(duckdb_warehouse, bookings) == {"b1": ("payouts", "po_1"), "b2": (None, None), "b3": (None, None)}
    ((found,),) = duckdb_warehouse.rows("SELECT bank_transaction_id FROM unified.payouts WHERE payout_id = 'po_1'")
    assert (
        found
        == duckdb_warehouse.rows(
            "SELECT bank_transaction_key FROM unified.bank_transactions WHERE bank_transaction_id = 'b1'"
        )[0][0]
    )


@pytest.mark.slow
def test_a_payment_in_the_books_arrives_on_another_account_than_its_own(duckdb_warehouse: Warehouse) -> None:
    payments = [
        {"PaymentID": f"p{number}", "PaymentType": "ACCRECPAYMENT", "Status": "AUTHORISED", "Date": "2026-10-20",
         "Amount": amount, "Account": {"AccountID": account}, "Invoice": {"InvoiceID": "i", "CurrencyCode": "USD"}}
        for number, amount, account in ((1, "80", "a1"), (2, "90", "not yet deposited"))
    ]  # fmt: skip
    found = matches(duckdb_warehouse, [booking(1, 21, "80", "Rent"), booking(2, 21, "90", "Cheques")], payments)
    assert found == {"b1": (None, None), "b2": ("payments", "payments/p2")}


@pytest.mark.slow
def test_a_payout_that_never_arrived_is_told_where_the_bank_is_known_that_far(duckdb_warehouse: Warehouse) -> None:
    missing = "SELECT expected FROM unified.reconciliation_results WHERE check_name = 'payout_not_in_bank'"
    matches(duckdb_warehouse, [booking(1, 1, "9", "old"), booking(2, 14, "8", "new")])
    assert duckdb_warehouse.rows(missing) == [], "seven days have not gone by"
    matches(duckdb_warehouse, [booking(1, 1, "9", "old"), booking(2, 31, "8", "new")])
    assert sorted(float(amount) for (amount,) in duckdb_warehouse.rows(missing)) == [50.0, 145.05]


@pytest.mark.slow
def test_a_transfer_is_seen_from_both_accounts(duckdb_warehouse: Warehouse) -> None:
    sent = booking(1, 3, "500", "OWN TRANSFER 77", Type="SPEND", BankAccount={"AccountID": "a2"})
    found = matches(duckdb_warehouse, [sent, booking(2, 4, "499.10", "OWN TRANSFER"), booking(3, 5, "500", "PAYROLL")])
    assert found == {"b1": ("bank_transactions", "b2"), "b2": ("bank_transactions", "b1"), "b3": (None, None)}
