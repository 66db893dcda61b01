"""What the books and the CRM know of a sale: its lines, their products, and which invoices repeat a sales order."""

from __future__ import annotations

from decimal import Decimal

from tests.transform.warehouse import Rows, Warehouse

SELECTED = ("--select", "+order_lines", "product_identities", "--resource-type", "model")
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
         "Total": "27.00", "SubTotal": "22.50", "CurrencyCode": "GBP"},
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


def test_lines_of_books_and_crm_bear_their_products(duckdb_warehouse: Warehouse) -> None:
    rows = QUICKBOOKS | XERO | ZOHO | SALESFORCE
    duckdb_warehouse.load(rows)
    duckdb_warehouse.build(*SELECTED, connected=list(rows))
    lines = duckdb_warehouse.rows("""
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
        ("quickbooks", "1001", "Blue mug", 2, two, two, "USD", "MUG-B", True),
        ("quickbooks", "1001", "Gift box", 1, Decimal(20), Decimal(20), "USD", None, False),
        ("quickbooks", "2001", "Blue mug", 1, mug, mug, "USD", "MUG-B", True),
        ("xero", "INV-1", "Mug", 2, two, Decimal("22.5"), "GBP", "MUG-B", True),
        ("zoho_crm", "2", "Blue mug", 1, mug, mug, "EUR", "MUG-B", True),
        ("zoho_crm", "SO-1", "Blue mug", 2, two, two, "EUR", "MUG-B", True),
    ]
    assert [line[-2:] for line in lines if line[0] == "salesforce"] == [("MUG-B", True)]
