"""A few people, orders, payments and campaigns, written by hand, whose truth is known."""

from __future__ import annotations

from typing import Any

from tests.transform.warehouse import Rows

Record = dict[str, Any]


def gid(kind: str, number: int) -> str:
    """A Shopify id."""
    return f"gid://shopify/{kind}/{number}"


def money(amount: str, currency: str = "USD", shown: tuple[str, str] | None = None) -> Record:
    """A MoneyBag; `shown` is what the customer saw, if in another currency."""
    seen = shown or (amount, currency)
    return {
        "shopMoney": {"amount": amount, "currencyCode": currency},
        "presentmentMoney": {"amount": seen[0], "currencyCode": seen[1]},
    }


def epoch(day: int, hour: int = 12) -> int:
    """An hour of a day of October 2026 as Stripe writes it."""
    return 1790812800 + (day - 1) * 86400 + hour * 3600


def moment(day: int, hour: int = 12) -> str:
    """The same as Shopify writes it."""
    return f"2026-10-{day:02d}T{hour:02d}:00:00Z"


def shopper(
    number: int, first: str | None, last: str | None, email: str | None, phone: str | None = None, **more: Any
) -> Record:
    """A Shopify customer."""
    return {
        "id": gid("Customer", number), "firstName": first, "lastName": last,
        "displayName": " ".join(filter(None, (first, last))),
        "defaultEmailAddress": {"emailAddress": email, "marketingState": "SUBSCRIBED"} if email else None,
        "defaultPhoneNumber": {"phoneNumber": phone} if phone else None,
        "defaultAddress": {"address1": "1 Main St", "city": "Boston", "zip": "02108", "countryCodeV2": "US"},
        "createdAt": moment(1), "updatedAt": moment(2), **more,
    }  # fmt: skip


def payer(number: int, name: str | None, email: str | None, phone: str | None = None, **more: Any) -> Record:
    """A Stripe customer."""
    return {
        "id": f"cus_{number}",
        "created": epoch(3),
        "name": name,
        "email": email,
        "phone": phone,
        "metadata": {},
        **more,
    }


def contact(number: int, first: str | None, last: str | None, email: str | None, **more: Any) -> Record:
    """A HubSpot contact."""
    return {"id": str(number), "firstname": first, "lastname": last, "email": email,
            "createdAt": moment(4), "updatedAt": moment(5), **more}  # fmt: skip


def order(
    number: int, total: str, day: int, customer: int | None = None, email: str | None = None, **more: Any
) -> Record:
    """A Shopify order, paid unless said otherwise."""
    currency, shown = more.pop("currency", "USD"), more.pop("shown", None)
    bag = money(total, currency, shown)
    return {
        "id": gid("Order", 9000 + number), "name": f"#{1000 + number}", "email": email, "test": False, "closed": False,
        "customer_id": gid("Customer", customer) if customer else None, "sourceName": "web",
        "processedAt": moment(day), "createdAt": moment(day), "updatedAt": moment(day),
        "displayFinancialStatus": "PAID", "displayFulfillmentStatus": "FULFILLED",
        "totalPriceSet": bag, "subtotalPriceSet": bag, "totalRefundedSet": money("0.00", currency), **more,
    }  # fmt: skip


def transaction(number: int, order_number: int, amount: str, day: int, **more: Any) -> Record:
    """A Shopify transaction of an order."""
    currency = more.pop("currency", "USD")
    return {
        "id": gid("OrderTransaction", number), "order_id": gid("Order", 9000 + order_number), "kind": "SALE",
        "status": "SUCCESS",
        "test": False, "gateway": "stripe", "amountSet": money(amount, currency), "processedAt": moment(day), **more,
    }  # fmt: skip


def charge(number: int, amount: int, day: int, customer: int | None = None, **more: Any) -> Record:
    """A successful Stripe charge."""
    return {
        "id": f"ch_{number:08d}", "payment_intent": f"pi_{number:08d}", "created": epoch(day, 13), "amount": amount,
        "amount_captured": amount, "captured": True, "currency": "usd", "status": "succeeded", "metadata": {},
        "customer": f"cus_{customer}" if customer else None, "balance_transaction": f"txn_{number:08d}",
        "billing_details": {"email": None}, "payment_method_details": {"type": "card"}, **more,
    }  # fmt: skip


def balance(number: int, amount: int, fee: int, day: int, **more: Any) -> Record:
    """A Stripe balance transaction of a charge."""
    return {
        "id": f"txn_{number:08d}", "amount": amount, "fee": fee, "net": amount - fee, "currency": "usd",
        "type": "charge", "reporting_category": "charge", "source": f"ch_{number:08d}", "created": epoch(day, 13),
        "status": "available", **more,
    }  # fmt: skip


SHOPPERS = [
    shopper(1, "Anna", "Smith", "Anna.Smith@gmail.com"),
    shopper(2, "John", "Miller", "john@miller.example", "+1 212 555 0199"),
    shopper(3, "Mary", "Miller", "mary@miller.example", "(212) 555-0199"),
    shopper(4, "Bob", "Jones", "bob@jones.example", "(212) 555-7788"),
    shopper(5, "Peter", "Brown", "family@brown.example"),
    shopper(6, "Susan", "Brown", "family@brown.example"),
    shopper(7, "Chloé", "Dubois", "chloe@dubois.example"),
    shopper(8, "Ken", "Sato", "test@test.com"),
]
PAYERS = [
    payer(1, "Anna Smith", "annasmith+shop@googlemail.com"),
    payer(4, "Robert Jones", "r.jones@work.example", "+12125557788"),
    payer(5, None, "family@brown.example"),
    payer(7, "C. Dubois", "other@mail.example", metadata={"shopify_customer_id": "7"}),
    payer(8, "Olga Ivanova", "test@test.com"),
]
CONTACTS = [
    contact(101, "Anna", "Smyth", "anna@smith.example", hs_additional_emails="annasmith@gmail.com"),
    contact(102, "Mary", "Miller", "MARY@miller.example"),
]
ORDERS = [
    order(
        1,
        "100.00",
        10,
        customer=1,
        customerJourneySummary={
            "lastVisit": {
                "landingPage": "https://shop.example/?utm_source=google&gclid=Click1&x=1",
                "utmParameters": {"campaign": "brand"},
            }
        },
    ),
    order(
        2,
        "50.00",
        11,
        customer=2,
        customerJourneySummary={
            "lastVisit": {"landingPage": "https://shop.example/", "utmParameters": {"campaign": "Autumn Sale"}}
        },
    ),
    order(3, "75.50", 12, customer=4, email="bob@jones.example"),
    order(4, "75.50", 12, customer=4, email="bob@jones.example", processedAt=moment(12, 20)),
    order(5, "20.00", 13, customer=3),
    order(6, "5000", 14, customer=8, currency="JPY"),
    order(7, "30.00", 15, customer=7),
    order(8, "10.00", 16, customer=2, test=True),
    order(9, "60.00", 17, customer=7, totalRefundedSet=money("25.00")),
    order(10, "1.500", 18, customer=1, currency="KWD"),
]
TRANSACTIONS = [
    transaction(1, 1, "100.00", 10, receiptJson={"charges": {"data": [{"id": "ch_00000001"}]}, "id": "pi_00000001"}),
    transaction(5, 5, "20.00", 13, gateway="manual"),
    transaction(6, 6, "5000", 14, currency="JPY", paymentId="pi_00000006"),
    transaction(7, 7, "30.00", 15),
    transaction(9, 9, "60.00", 17, receiptJson={"id": "ch_00000009"}),
    transaction(10, 10, "1.500", 18, currency="KWD", paymentId="pi_00000010"),
]
CHARGES = [
    charge(1, 10000, 10, customer=1),
    charge(2, 5000, 11, metadata={"order_number": "1002"}),
    charge(3, 7550, 12, customer=4),
    charge(4, 7550, 12, created=epoch(12, 20), billing_details={"email": "Bob@jones.example"}),
    charge(6, 5000, 14, currency="jpy"),
    charge(9, 6000, 17),
    charge(10, 1500, 18, currency="kwd"),
    charge(11, 4200, 19, customer=1),
    charge(12, 4200, 19, customer=1, status="failed", captured=False),
]
REFUNDS = [
    {
        "id": "re_9",
        "charge": "ch_00000009",
        "amount": 2500,
        "currency": "usd",
        "status": "succeeded",
        "created": epoch(20),
    }
]
SHOP_REFUNDS = [
    {
        "id": gid("Refund", 9),
        "order_id": gid("Order", 9009),
        "totalRefundedSet": money("25.00"),
        "processedAt": moment(20),
    },
]
LINES = [
    {
        "id": gid("LineItem", n), "order_id": gid("Order", 9000 + n), "variant_id": gid("ProductVariant", 1),
        "product_id": gid("Product", 1), "title": "Shirt", "sku": "SH-1", "quantity": 2, "currentQuantity": 2,
        "originalUnitPriceSet": money("55.00"), "originalTotalSet": money("110.00"),
        "discountAllocations": [{"allocatedAmountSet": money("10.00")}],
        "taxLines": [{"priceSet": money("4.00")}, {"priceSet": money("1.25")}],
    }
    for n in (1, 2)
]  # fmt: skip
BALANCE = [
    balance(1, 10000, 320, 10),
    balance(2, 5000, 175, 11),
    balance(9, 6000, 204, 17),
    {**balance(6, 3350, 127, 14), "exchange_rate": "0.0067"},
]
PAYOUTS = [
    {
        "id": "po_1",
        "amount": 14505,
        "currency": "usd",
        "status": "paid",
        "created": epoch(12),
        "arrival_date": epoch(13, 0),
    },
    {
        "id": "po_2",
        "amount": 5000,
        "currency": "usd",
        "status": "paid",
        "created": epoch(18),
        "arrival_date": epoch(19, 0),
    },
]
PAYOUT_ITEMS = [
    {**BALANCE[0], "payout": "po_1"}, {**BALANCE[1], "payout": "po_1"}, {**BALANCE[2], "payout": "po_2"},
]  # fmt: skip
VARIANTS = [
    {"id": gid("ProductVariant", 1), "product_id": gid("Product", 1), "sku": "SH-1", "barcode": "4006381333931",
     "title": "Red", "price": "55.00", "createdAt": moment(1), "updatedAt": moment(1)},
    {"id": gid("ProductVariant", 2), "product_id": gid("Product", 1), "sku": "SH-2", "barcode": None,
     "title": "Blue", "price": "55.00", "createdAt": moment(1), "updatedAt": moment(1)},
]  # fmt: skip
PRODUCTS = [{"id": gid("Product", 1), "title": "Shirt", "status": "ACTIVE", "vendor": "Acme", "productType": "Clothes"}]
STRIPE_PRODUCTS = [
    {
        "id": "prod_1",
        "created": epoch(5),
        "name": "Shirt, red",
        "active": True,
        "metadata": {"sku": "sh1"},
        "default_price": "price_1",
    },
]
STRIPE_PRICES = [
    {
        "id": "price_1",
        "product": "prod_1",
        "unit_amount": 5500,
        "currency": "usd",
        "active": True,
        "type": "one_time",
        "created": epoch(5),
    }
]

SHOPIFY = {
    "customers": SHOPPERS, "orders": ORDERS, "order_lines": LINES, "transactions": TRANSACTIONS,
    "refunds": SHOP_REFUNDS,
    "products": PRODUCTS, "variants": VARIANTS,
}  # fmt: skip
STRIPE = {
    "customers": PAYERS, "charges": CHARGES, "refunds": REFUNDS, "balance_transactions": BALANCE, "payouts": PAYOUTS,
    "payout_balance_transactions": PAYOUT_ITEMS, "products": STRIPE_PRODUCTS, "prices": STRIPE_PRICES,
}  # fmt: skip
HUBSPOT = {"contacts": CONTACTS}
GOOGLE_ADS: dict[str, list[Record]] = {
    "accounts": [{"customer_client_id": "5", "customer_client_currency_code": "USD",
                  "customer_client_time_zone": "America/New_York"},
                 {"customer_client_id": "6", "customer_client_currency_code": "EUR",
                  "customer_client_time_zone": "Europe/Berlin"}],
    "campaigns": [
        {"customer_id": "5", "campaign_id": "71", "campaign_name": "Brand", "campaign_status": "ENABLED",
         "campaign_advertising_channel_type": "SEARCH", "campaign_start_date_time": "2026-01-01 00:00:00"},
        {"customer_id": "6", "campaign_id": "72", "campaign_name": "DE autumn", "campaign_status": "PAUSED",
         "campaign_advertising_channel_type": "DISPLAY",
         "campaign_final_url_suffix": "utm_campaign=autumn+sale&utm_medium=cpc"},
    ],
    "click_view": [{"customer_id": "5", "click_view_resource_name": "r1", "click_view_gclid": "Click1",
                    "campaign_id": "71",
                    "segments_date": "2026-10-10"}],
    "campaign_performance_daily": [
        {"customer_id": "5", "campaign_id": "71", "segments_date": "2026-10-10", "customer_currency_code": "USD",
         "customer_time_zone": "America/New_York", "metrics_impressions": 100, "metrics_clicks": 7,
         "metrics_cost_micros": 12345678,
         "metrics_conversions": 1.5, "metrics_conversions_value": "99.90"},
        {"customer_id": "6", "campaign_id": "72", "segments_date": "2026-10-12", "customer_currency_code": "EUR",
         "customer_time_zone": "Europe/Berlin", "metrics_impressions": 10, "metrics_clicks": 2,
         "metrics_cost_micros": 3000000,
         "metrics_conversions": 0, "metrics_conversions_value": "0"},
    ],
}  # fmt: skip
DOLLARS = {"value": "USD"}
BOOKED: dict[str, list[Record]] = {
    # The books repeat two orders and their payments, a refund by its order's number, and know of two movements more.
    "invoices": [
        {"Id": "3", "DocNumber": "1003", "TxnDate": "2026-10-12", "TotalAmt": "75.50", "Balance": "0"},
        {"Id": "5", "DocNumber": "1005", "TxnDate": "2026-10-13", "TotalAmt": "20.00", "Balance": "0"},
    ],
    "payments": [
        {"Id": str(number), "TxnDate": "2026-10-16", "TotalAmt": total,
         "Line": [{"Amount": total, "LinkedTxn": [{"TxnId": str(number), "TxnType": "Invoice"}]}]}
        for number, total in ((3, "75.50"), (5, "20.00"))
    ],
    "sales_receipts": [{"Id": "1", "DocNumber": "R-1", "TxnDate": "2026-10-12", "TotalAmt": "12.00",
                        "PaymentType": "Cash", "PaymentMethodRef": {"value": "1", "name": "Cash"}}],
    "refund_receipts": [
        {"Id": "1", "DocNumber": "1009", "TxnDate": "2026-10-21", "TotalAmt": "25.00"},
        {"Id": "2", "DocNumber": "R-2", "TxnDate": "2026-10-21", "TotalAmt": "2.00"},
    ],
}  # fmt: skip
QUICKBOOKS = {stream: [row | {"CurrencyRef": DOLLARS} for row in rows] for stream, rows in BOOKED.items()}
ALL: Rows = {
    "shopify": SHOPIFY, "stripe": STRIPE, "hubspot": HUBSPOT, "google_ads": GOOGLE_ADS, "quickbooks": QUICKBOOKS,
}  # fmt: skip
