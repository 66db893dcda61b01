"""What the books and the CRM know of a sale: lines, products, which invoices repeat an order, and how it was paid."""

from __future__ import annotations

import shutil
from decimal import Decimal
from typing import Any

import pytest

from tests.transform.shops import charge, payer
from tests.transform.warehouse import Rows, Warehouse

SELECTED = ("--select", "+order_lines", "product_identities", "+refunds", "+payouts", "--resource-type", "model")
DAY = "2026-10-10"
AT = "2026-10-10T09:00:00+00:00"
QUICKBOOKS: Rows = {"quickbooks": {
    "items": [{"Id": "7", "Name": "Blue mug", "Sku": "MUG-B", "Type": "Inventory", "UnitPrice": "12.50"}],
    "invoices": [{"Id": "1", "DocNumber": "1001", "TxnDate": DAY, "TotalAmt": "45.00", "Balance": "0",
                  "CurrencyRef": {"value": "USD"}, "LastUpdatedTime": AT}],
    "invoice_lines": [
        {"invoice_id": "1", "Id": "1", "Amount": "25.00", "DetailType": "SalesItemLineDetail",
         "SalesItemLineDetail": {"ItemRef": {"value": "7"}, "UnitPrice": 12.5, "Qty": 2}},
        {"invoice_id": "1", "Id": "2", "Amount": "20.00", "DetailType": "GroupLineDetail", "Description": "Gift box",
         "GroupLineDetail": {"GroupItemRef": {"value": "9"}, "Quantity": 1}},
        {"invoice_id": "1", "Id": "3", "Amount": "45.00", "DetailType": "SubTotalLineDetail"},
    ],
    "sales_receipts": [{"Id": "1", "DocNumber": "2001", "TxnDate": DAY, "TotalAmt": "12.50",
                        "CurrencyRef": {"value": "USD"}, "LastUpdatedTime": AT}],
    "sales_receipt_lines": [{"sales_receipt_id": "1", "Id": "1", "Amount": "12.50", "DetailType": "SalesItemLineDetail",
                             "SalesItemLineDetail": {"ItemRef": {"value": "7"}, "UnitPrice": 12.5, "Qty": 1}}],
}}  # fmt: skip
XERO: Rows = {"xero": {
    "items": [{"tenant_id": "t", "ItemID": "i7", "Code": "MUG-B", "Name": "Blue mug", "IsSold": True}],
    "invoices": [
        {"tenant_id": "t", "InvoiceID": "x1", "InvoiceNumber": "INV-1", "Type": "ACCREC", "Status": "PAID", "Date": DAY,
         "Total": "27.00", "SubTotal": "22.50", "CurrencyCode": "GBP", "AmountCredited": "27.00"},
        {"tenant_id": "t", "InvoiceID": "x2", "InvoiceNumber": "BILL-1", "Type": "ACCPAY", "Status": "PAID",
         "Date": DAY, "Total": "9.00", "SubTotal": "9.00", "CurrencyCode": "GBP"},
    ],
    "invoice_lines": [
        {"invoice_id": "x1", "LineItemID": "l1", "Description": "Mug", "ItemCode": "MUG-B", "Quantity": "2",
         "UnitAmount": "12.50", "DiscountRate": "10", "LineAmount": "22.50", "TaxAmount": "4.50"},
        {"invoice_id": "x1", "LineItemID": "l2", "Description": "Thank you"},
        {"invoice_id": "x2", "LineItemID": "l1", "Description": "Rent", "Quantity": "1", "UnitAmount": "9.00",
         "LineAmount": "9.00"},
    ],
}}  # fmt: skip
ZOHO: Rows = {"zoho_crm": {
    "products": [{"id": "p7", "Product_Name": "Blue mug", "Product_Code": "MUG-B"}],
    "sales_orders": [{"id": "s1", "SO_Number": "SO-1", "Grand_Total": "25.00", "Currency": "EUR", "Created_Time": AT}],
    "sales_order_lines": [{"sales_order_id": "s1", "id": "l1", "Product_Name": {"id": "p7", "name": "Blue mug"},
                           "Quantity": "2", "List_Price": "12.50", "Total": "25.00", "Total_After_Discount": "25.00"}],
    "invoices": [
        {"id": "n1", "Invoice_Number": "1", "Sales_Order": "s1", "Grand_Total": "25.00", "Currency": "EUR",
         "Invoice_Date": DAY, "Created_Time": AT},
        {"id": "n2", "Invoice_Number": "2", "Grand_Total": "12.50", "Currency": "EUR", "Invoice_Date": DAY,
         "Created_Time": AT},
    ],
    "invoice_lines": [
        {"invoice_id": invoice, "id": f"l-{invoice}", "Product_Name": {"id": "p7", "name": "Blue mug"},
         "Quantity": quantity, "List_Price": "12.50", "Total": total, "Total_After_Discount": total}
        for invoice, quantity, total in (("n1", "2", "25.00"), ("n2", "1", "12.50"))
    ],
}}  # fmt: skip
SALESFORCE: Rows = {"salesforce": {
    "products": [{"Id": "f7", "Name": "Blue mug", "StockKeepingUnit": "MUG-B"}],
    "orders": [{"Id": "o1", "OrderNumber": "00000100", "TotalAmount": "12.50", "EffectiveDate": DAY,
                "CreatedDate": AT}],
    "order_items": [{"Id": "oi1", "OrderId": "o1", "Product2Id": "f7", "Quantity": "1", "UnitPrice": "12.50",
                     "TotalPrice": "12.50"}],
}}  # fmt: skip


def invoice(number: str, total: str) -> dict[str, Any]:
    """An invoice of QuickBooks that no other platform knows."""
    return {"Id": number, "DocNumber": f"9{number}", "TxnDate": DAY, "TotalAmt": total, "CurrencyRef": {"value": "EUR"}}


def payment(number: str, total: str, *applied: tuple[str, str, str], **more: Any) -> dict[str, Any]:
    """A payment of QuickBooks with amount, type and id of what it was applied to."""
    lines = [{"Amount": amount, "LinkedTxn": [{"TxnId": linked, "TxnType": kind}]} for amount, kind, linked in applied]
    return {"Id": number, "TxnDate": DAY, "TotalAmt": total, "CurrencyRef": {"value": "EUR"}, "Line": lines} | more


def taken(number: int, amount: int, **more: Any) -> dict[str, Any]:
    """A charge of Stripe in euros."""
    return charge(number, amount, 10, currency="eur", **more)


ANN = "ann@lee.example"
PAID: Rows = {
    "quickbooks": {
        "customers": [{"Id": "c1", "GivenName": "Ann", "FamilyName": "Lee", "PrimaryEmailAddr": {"Address": ANN}}],
        "invoices": [
            invoice("101", "20") | {"Deposit": "3"}, invoice("102", "50"), invoice("103", "100"), invoice("104", "100"),
        ],
        "payments": [
            payment("1", "45", ("20", "Invoice", "101"), ("50", "Invoice", "102"), ("25", "CreditMemo", "7")),
            payment("2", "8"),
            payment("3", "100", ("100", "Invoice", "103"), PaymentMethodRef={"value": "m1"}),
            payment("4", "70", ("70", "Invoice", "104")),
            payment("5", "58.20", PaymentRefNum="pi_00000045"),
            payment("6", "42", CustomerRef={"value": "c1"}, TxnDate="2026-10-12"),
            payment("7", "43", CustomerRef={"value": "c1"}, TxnDate="2026-10-20"),
        ],
        "payment_methods": [{"Id": "m1", "Name": "Visa", "Type": "CREDIT_CARD"}],
        "refund_receipts": [
            {"Id": number, "TxnDate": "2026-10-11", "TotalAmt": total, "CurrencyRef": {"value": "EUR"},
             "CustomerRef": {"value": "c1"}, "PrivateNote": note}
            for number, total, note in (("1", "6", None), ("2", "7", "of re_0000012, card"), ("3", "9", None))
        ],
    },
    "stripe": {
        "customers": [payer(1, "Ann Lee", ANN)],
        "charges": [
            taken(43, 8000, metadata={"order_number": "9103"}),
            taken(44, 3000, metadata={"order_number": "9104"}),
            taken(45, 6000),
            taken(46, 4200, customer=1),
            taken(47, 4300, customer=1),
        ],
        "refunds": [
            {"id": name, "charge": f"ch_{number:08d}", "amount": amount, "currency": "eur", "status": "succeeded",
             "created": 1791720000}
            for name, number, amount in (("re_0000011", 46, 600), ("re_0000012", 45, 700))
        ],
    },
    "xero": {
        "contacts": [{"ContactID": "k1", "Name": "Lee Ltd", "IsCustomer": True}],
        "prepayments": [
            {"PrepaymentID": "a", "Type": "RECEIVE-PREPAYMENT", "Total": "40", "CurrencyCode": "GBP", "Date": DAY,
             "Status": "AUTHORISED", "Allocations": [{"Amount": 27, "Invoice": {"InvoiceID": "x1"}}]},
            {"PrepaymentID": "b", "Type": "SPEND-PREPAYMENT", "Total": "500", "CurrencyCode": "GBP", "Date": DAY},
        ],
        "payments": [
            {"PaymentID": "1", "PaymentType": "ARPREPAYMENTPAYMENT", "Status": "AUTHORISED", "Amount": "3", "Date": DAY,
             "Prepayment": {"PrepaymentID": "a", "CurrencyCode": "GBP"}},
            {"PaymentID": "2", "PaymentType": "ACCPAYPAYMENT", "Status": "AUTHORISED", "Amount": "9", "Date": DAY,
             "Invoice": {"InvoiceID": "x2", "CurrencyCode": "GBP"}},
        ],
    },
}  # fmt: skip


def document(number: str, kind: str, total: str, **more: Any) -> dict[str, Any]:
    """A transaction of NetSuite in euros."""
    return {
        "id": number, "type": kind, "tranid": f"{kind}-{number}", "entity": "n1", "trandate": DAY, "currency": "2",
        "foreigntotal": total, "lastmodifieddate": AT,
    } | more  # fmt: skip


def line(transaction: str, number: str, amount: str | None = None, **more: Any) -> dict[str, Any]:
    """A line of a transaction of NetSuite."""
    return {
        "transaction": transaction, "id": number, "foreignamount": amount, "linelastmodifieddate": AT,
        "mainline": False,
    } | more  # fmt: skip


NETSUITE: Rows = {"netsuite": {
    "currencies": [{"id": "2", "symbol": "EUR", "isbasecurrency": True}],
    "items": [{"id": "i7", "itemid": "MUG-B", "displayname": "Blue mug"}],
    "transactions": [
        document("1", "SalesOrd", "29.75"),
        document("2", "CustInvc", "29.75", foreignamountunpaid="0"),
        document("3", "CustPymt", "35.00"),
        document("4", "CashSale", "9.00"),
        document("5", "CashRfnd", "-9.00"),
        document("6", "CustInvc", "5.00", foreignamountunpaid="5.00", voided=True),
        document("7", "VendPymt", "700.00"),
    ],
    "transaction_lines": [
        line("1", "0", "29.75", mainline=True),
        line("1", "1", "-25.00", item="i7", itemtype="InvtPart", quantity="-2"),
        line("1", "2", "-4.75", item="i19", itemtype="TaxItem", taxline=True),
        line("2", "0", "29.75", mainline=True, createdfrom="1"),
        line("2", "1", "-25.00", item="i7", itemtype="InvtPart", quantity="-2"),
        line("5", "0", "-9.00", mainline=True, createdfrom="4"),
    ],
    "transaction_links": [{"previousdoc": "2", "previousline": "0", "nextdoc": "3", "nextline": "0",
                           "linktype": "Payment", "foreignamount": "29.75", "lastmodifieddate": AT}],
}}  # fmt: skip


def cents(amount: int) -> dict[str, Any]:
    """Money as Etsy writes it."""
    return {"amount": amount, "divisor": 100, "currency_code": "EUR"}


def receipt(number: str, name: str, moment: int, **more: Any) -> dict[str, Any]:
    """A receipt of Etsy, of the one buyer."""
    return {
        "receipt_id": number, "buyer_user_id": "77", "name": name, "status": "completed", "is_paid": True,
        "created_timestamp": moment, "updated_timestamp": moment, "grandtotal": cents(5000),
        "refunds": [{"amount": cents(500), "created_timestamp": moment + 60, "reason": "late"}],
    } | more  # fmt: skip


ETSY: Rows = {"etsy": {
    "receipts": [
        receipt("1", "Eve Long", 1790000000),
        receipt("2", "A Friend", 1790100000, is_gift=True),
    ],
    "payments": [{
        "payment_id": "9", "receipt_id": "1", "buyer_user_id": "77", "currency": "EUR", "shop_currency": "EUR",
        "amount_gross": cents(5000), "amount_fees": cents(200), "amount_net": cents(4800), "status": "settled",
        "created_timestamp": 1790000000,
        "payment_adjustments": [{"payment_adjustment_id": 12, "is_success": True, "total_adjustment_amount": 500,
                                 "created_timestamp": 1790000060}],
    }],
    "ledger_entries": [
        {"entry_id": entry, "amount": amount, "currency": "EUR", "ledger_type": kind, "created_timestamp": moment}
        for entry, amount, kind, moment in (
            ("1", 4800, "PAYMENT_GROSS", 1790000000), ("2", -4300, "DISBURSE2", 1790200000)
        )
    ],
}}  # fmt: skip


@pytest.fixture(scope="module")
def books(seeded: Warehouse) -> Warehouse:
    """All of them built once, for tests that only read."""
    shutil.copyfile(seeded.folder / "seeds.duckdb", seeded.place)
    rows: Rows = {}
    for part in (QUICKBOOKS, XERO, ZOHO, SALESFORCE, NETSUITE, ETSY, PAID):
        for platform, streams in part.items():
            known = rows.setdefault(platform, {})
            for stream, records in streams.items():
                known[stream] = known.get(stream, []) + records
    seeded.load(rows)
    seeded.build(*SELECTED, connected=list(rows))
    return seeded


def test_lines_of_books_and_crm_bear_their_products(books: Warehouse) -> None:
    lines = books.rows("""
        SELECT line.platform, orders.order_number, line.title, line.quantity, line.line_subtotal, line.line_total,
            line.currency, line.sku, product.record_key IS NOT NULL
        FROM unified.order_lines AS line
        INNER JOIN unified.orders AS orders ON orders.order_key = line.order_key
        LEFT JOIN unified.product_identities AS product ON product.variant_key = line.variant_key
            AND product.platform = line.platform
        ORDER BY line.platform, orders.order_number, line.title
    """)
    mug, two = Decimal("12.5"), Decimal(25)
    assert [line for line in lines if line[0] != "salesforce"] == [
        ("netsuite", "SalesOrd-1", "Blue mug", 2, two, two, "EUR", "MUG-B", True),
        ("quickbooks", "1001", "Blue mug", 2, two, two, "USD", "MUG-B", True),
        ("quickbooks", "1001", "Gift box", 1, Decimal(20), Decimal(20), "USD", None, False),
        ("quickbooks", "2001", "Blue mug", 1, mug, mug, "USD", "MUG-B", True),
        ("xero", "INV-1", "Mug", 2, two, Decimal("22.5"), "GBP", "MUG-B", True),
        ("zoho_crm", "2", "Blue mug", 1, mug, mug, "EUR", "MUG-B", True),
        ("zoho_crm", "SO-1", "Blue mug", 2, two, two, "EUR", "MUG-B", True),
    ]
    assert [line[-2:] for line in lines if line[0] == "salesforce"] == [("MUG-B", True)]


def test_money_is_split_by_what_it_pays_and_credits_pay_first(books: Warehouse) -> None:
    found = books.rows("""
        SELECT payments.payment_id, orders.order_number, payments.amount
        FROM unified.payments AS payments LEFT JOIN unified.orders AS orders ON orders.order_key = payments.order_key
        WHERE payments.platform = 'xero' OR payments.payment_id SIMILAR TO 'payments/[12](:.*)?'
        ORDER BY 1
    """)
    assert found == [
        # 25 of the 70 that the invoices come to were paid by the credit memo, all of the first and 5 of the second
        ("payments/1:102", "9102", Decimal(45)),
        ("payments/2", None, Decimal(8)),
        ("prepayments/a", None, Decimal(13)),
        ("prepayments/a:x1", "INV-1", Decimal(27)),
    ]
    credited = books.rows("SELECT refunded FROM unified.orders WHERE order_number = 'INV-1'")
    assert credited == [(Decimal(0),)], "what was received ahead is no credit"


def test_a_booking_repeats_what_moved_the_money_or_counts(books: Warehouse) -> None:
    found = books.rows("""
        SELECT booked.payment_id, original.payment_id, booked.is_offline
        FROM unified.payments AS booked
        LEFT JOIN unified.payments AS original ON original.payment_key = booked.mirrors_payment_key
        WHERE booked.platform = 'quickbooks' AND booked.payment_id NOT LIKE 'payments/1%' ORDER BY 1
    """)
    assert found == [
        ("invoices/101:deposit", None, True),
        ("payments/2", None, True),
        # with the 80 of the card it would exceed the invoice
        ("payments/3:103", "ch_00000043", False),
        # with the 30 of the card it comes to the invoice
        ("payments/4:104", None, True),
        # less by the fee, but its reference names it
        ("payments/5", "ch_00000045", False),
        ("payments/6", "ch_00000046", False),
        # ten days apart, and nothing else speaks for it
        ("payments/7", None, True),
        ("sales_receipts/1", None, True),
    ]


def test_a_refund_in_the_books_repeats_one_or_counts(books: Warehouse) -> None:
    found = books.rows("""
        SELECT booked.refund_id, original.refund_id, booked.amount, booked.is_counted
        FROM unified.refunds AS booked
        LEFT JOIN unified.refunds AS original ON original.refund_key = booked.mirrors_refund_key
        WHERE booked.platform IN ('quickbooks', 'xero') ORDER BY 1
    """)
    assert found == [
        ("payments/1", None, Decimal(3), True),
        ("refund_receipts/1", "re_0000011", Decimal(6), False),
        ("refund_receipts/2", "re_0000012", Decimal(7), False),
        ("refund_receipts/3", None, Decimal(9), True),
    ]


def test_netsuites_documents_of_one_sale_are_one_order(books: Warehouse) -> None:
    orders = books.rows("""
        SELECT order_number, total, tax, subtotal FROM unified.orders WHERE platform = 'netsuite' ORDER BY 1
    """)
    assert orders == [
        ("CashSale-4", Decimal(9), None, Decimal(9)),
        ("SalesOrd-1", Decimal("29.75"), Decimal("4.75"), Decimal(25)),
    ]
    moved = [
        books.rows(f"""
            SELECT moved.{entity}_id, orders.order_number, moved.amount, moved.currency
            FROM unified.{entity}s AS moved LEFT JOIN unified.orders AS orders ON orders.order_key = moved.order_key
            WHERE moved.platform = 'netsuite' ORDER BY 1
        """)
        for entity in ("payment", "refund")
    ]
    assert moved == [
        [
            ("3", None, Decimal("5.25"), "EUR"),
            ("3:1", "SalesOrd-1", Decimal("29.75"), "EUR"),
            ("4", "CashSale-4", Decimal(9), "EUR"),
        ],
        [("5", "CashSale-4", Decimal(9), "EUR")],
    ]


def test_etsys_buyers_refunds_and_disbursements(books: Warehouse) -> None:
    buyers = books.rows("SELECT source_record_id, full_name FROM staging.stg_etsy__customers")
    assert buyers == [("77", "Eve Long")], "a gift's receipt names the recipient"
    refunds = books.rows("""
        SELECT refund.refund_id, orders.order_id, refund.amount, refund.is_processor, refund.is_counted
        FROM unified.refunds AS refund LEFT JOIN unified.orders AS orders ON orders.order_key = refund.order_key
        WHERE refund.platform = 'etsy' ORDER BY 1
    """)
    assert refunds == [("12", "1", Decimal(5), True, True), ("2:1790100060:500", "2", Decimal(5), False, True)]
    payouts = books.rows("SELECT payout_id, net, currency FROM unified.payouts WHERE platform = 'etsy'")
    assert payouts == [("2", Decimal(43), "EUR")]
