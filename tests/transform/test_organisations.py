"""Organisations of CRMs and books are one by domain, tax number, or name and address; people of a company are not."""

from __future__ import annotations

import json
from typing import Any

from tests.transform.shops import contact
from tests.transform.warehouse import Rows, Warehouse

WHERE = {"address": "5 High Street", "city": "Leeds", "zip": "LS1 4AB", "country": "United Kingdom"}


def company(number: int, name: str, **more: Any) -> dict[str, Any]:
    """A HubSpot company."""
    return {"id": str(number), "name": name, "createdAt": "2026-10-01T00:00:00Z", **more}


def account(number: int, name: str, **more: Any) -> dict[str, Any]:
    """A Salesforce account."""
    return {"Id": f"001{number}", "Name": name, "CreatedDate": "2026-10-02T00:00:00Z", **more}


def debtor(number: int, name: str, **more: Any) -> dict[str, Any]:
    """A Xero contact that is a business."""
    return {"ContactID": f"x{number}", "Name": name, "IsCustomer": True, **more}


ROWS: Rows = {
    "hubspot": {
        "companies": [
            company(1, "Acme Tools Inc", domain="acme.example"),
            company(2, "Borealis AB", website="https://www.borealis.example/about"),
            company(3, "Cumulus Ltd", **WHERE),
            company(4, "Delta", domain="gmail.com"),
            company(5, "Echo Holdings", domain="echo.example"),
        ],
        "contacts": [
            contact(11, "Ann", "Lee", "ann@acme.example", website="acme.example"),
            contact(12, "Ann", "Ek", "ann.ek@acme.example", website="acme.example"),
        ],
    },
    "salesforce": {
        "accounts": [
            account(1, "ACME Tools", Website="http://acme.example:8080/x"),
            account(3, "Cumulus Limited", BillingStreet="5 High Street", BillingCity="Leeds",
                    BillingPostalCode="LS1 4AB", BillingCountry="United Kingdom"),
            account(4, "Dolomite", Website="gmail.com"),
            account(5, "Foxtrot Trading", Website="echo.example"),
            account(6, "Golf Club", BillingCity="Leeds", BillingPostalCode="LS1 4AB"),
        ],
    },
    "xero": {
        "contacts": [
            debtor(2, "Borealis", Website="borealis.example", TaxNumber="SE 5560-123456"),
            debtor(6, "Northern Light", TaxNumber="se5560123456"),
            debtor(7, "Hotel Mar", TaxNumber="n/a", EmailAddress="office@echo.example"),
        ]
    },
}  # fmt: skip


def test_companies_are_one_by_domain_tax_number_or_name_and_address(duckdb_warehouse: Warehouse) -> None:
    duckdb_warehouse.load(ROWS)
    duckdb_warehouse.build("--select", "+identity_evidence", "+match_review_queue", command="run")
    customers: dict[str, set[str]] = {}
    for record, key in duckdb_warehouse.rows(
        "SELECT source_record_id, customer_key FROM unified.customer_identities WHERE is_current"
    ):
        customers.setdefault(key, set()).add(record)
    assert sorted(map(sorted, (found for found in customers.values() if len(found) > 1))) == [
        ["0011", "1"], ["0013", "3"], ["2", "x2", "x6"],
    ]  # fmt: skip
    waiting = duckdb_warehouse.rows("""
        SELECT least(left_full_name, right_full_name), greatest(left_full_name, right_full_name), held_back
        FROM unified.match_review_queue ORDER BY 1, 2
    """)
    assert waiting == [
        ("Echo Holdings", "Foxtrot Trading", "names"),
        ("Echo Holdings", "Hotel Mar", "names"),
        ("Foxtrot Trading", "Hotel Mar", "names"),
    ]
    likeness = json.loads(duckdb_warehouse.rows("""
        SELECT json_group_object(subject, weight) FROM unified.identity_evidence
        WHERE kind = 'likeness' AND 'Cumulus Ltd' IN (left_value, right_value)
    """)[0][0])  # fmt: skip
    assert likeness["organisation_name"] == 12
