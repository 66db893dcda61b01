"""Invented sales: a shop's customers, orders, payments and refunds, and the processor's of the same, as raw tables.

Of twenty orders three are paid outside the processor; of the payments half bear the processor's id in the shop, a
quarter the order's number at the processor, and a quarter are known by amount, time and person only. Each day's money
is one payout.
"""

from __future__ import annotations

import duckdb

from transform.scoring.population import populate

CUSTOMERS_PER_ORDER = 0.25
LOADED = "_connection_id, TIMESTAMPTZ '2026-11-20 06:00:00+00' AS _sdc_extracted_at"

ACCOUNTS = """
CREATE OR REPLACE TABLE shoppers AS
    SELECT row_number() OVER (ORDER BY unique_id) - 1 AS number, * FROM population
    WHERE platform IN ('shopify', 'zendesk', 'mailchimp');
CREATE OR REPLACE TABLE payers AS SELECT * FROM population WHERE platform IN ('stripe', 'hubspot');
"""

# Of a thousand orders two come later, two are deleted then, three are refunded and three are sent off.
SALES = """
CREATE OR REPLACE TABLE sales AS
WITH numbered AS (
    SELECT range, cast(hash(range, 'who', {seed}) % {shoppers} AS bigint) AS who FROM range({orders})
),
drawn AS (
    SELECT
        range AS n, shopper.unique_id AS shopper, shopper.email, payer.unique_id AS payer,
        TIMESTAMPTZ '2024-01-01 00:00:00+00' + to_seconds(floor(range * 63072000.0 / {orders})) AS placed_at,
        500 + cast(floor(pow(chance(range, 'total'), 3) * 40000) AS bigint) AS cents,
        chance(range, 'paid') AS paid, hash(range, 'fate') % 1000 AS fate
    FROM numbered
    JOIN shoppers AS shopper ON shopper.number = numbered.who
    LEFT JOIN (SELECT person_id, min(unique_id) AS unique_id FROM payers GROUP BY ALL) AS payer USING (person_id)
)
SELECT
    *, placed_at + INTERVAL 20 MINUTE AS paid_at, cents // 40 + 30 AS fee,
    {later} AND fate BETWEEN 2 AND 4 AND paid < 0.85 AS refunded, {later} AND fate BETWEEN 5 AND 7 AS sent,
    CASE WHEN {later} AND fate IN (0, 1) THEN TIMESTAMPTZ '2026-11-20 06:00:00+00' END AS deleted_at,
    paid < 0.85 AS by_processor, 'default' AS _connection_id
FROM drawn
WHERE {later} OR n < {orders} * 0.998
"""

BAG = """json_object(
    'shopMoney', json_object('amount', cast({} / 100.0 AS decimal(18,2))::text, 'currencyCode', 'USD'),
    'presentmentMoney', json_object('amount', cast({} / 100.0 AS decimal(18,2))::text, 'currencyCode', 'USD'))"""


def _bag(cents: str) -> str:
    return BAG.format(cents, cents)


def _charge(name: str) -> str:
    return f"'{name}_' || lpad(n::text, 9, '0')"


def _gid(kind: str, number: str = "n") -> str:
    return f"'gid://shopify/{kind}/' || {number}"


TABLES = {
    "shopify.customers": f"""
        SELECT {_gid("Customer", "unique_id")} AS id, first_name AS "firstName", last_name AS "lastName",
            concat_ws(' ', first_name, last_name) AS "displayName",
            json_object('emailAddress', email) AS "defaultEmailAddress",
            json_object('phoneNumber', phone) AS "defaultPhoneNumber",
            json_object('address1', street, 'city', suburb, 'zip', postcode, 'countryCodeV2', 'GB') AS "defaultAddress",
            TIMESTAMPTZ '2023-12-01 00:00:00+00' AS "createdAt", 'default' AS {LOADED}
        FROM shoppers""",
    "stripe.customers": f"""
        SELECT 'cus_' || unique_id AS id, 1701388800 AS created, concat_ws(' ', first_name, last_name) AS name, email,
            phone,
            json_object('line1', street, 'city', suburb, 'postal_code', postcode, 'country', 'GB') AS address,
            'default' AS {LOADED}
        FROM payers""",
    "shopify.orders": f"""
        SELECT {_gid("Order")} AS id, '#' || n AS name, {_gid("Customer", "shopper")} AS customer_id, email,
            placed_at AS "processedAt", placed_at AS "createdAt", placed_at AS "updatedAt", false AS test,
            false AS closed,
            CASE WHEN refunded THEN 'REFUNDED' ELSE 'PAID' END AS "displayFinancialStatus",
            CASE WHEN sent THEN 'FULFILLED' ELSE 'UNFULFILLED' END AS "displayFulfillmentStatus",
            {_bag("cents")} AS "totalPriceSet", {_bag("cents")} AS "subtotalPriceSet",
            {_bag("CASE WHEN refunded THEN cents ELSE 0 END")} AS "totalRefundedSet",
            deleted_at AS _sdc_deleted_at, {LOADED}
        FROM sales""",
    "shopify.transactions": f"""
        SELECT {_gid("OrderTransaction")} AS id, {_gid("Order")} AS order_id, 'SALE' AS kind, 'SUCCESS' AS status,
            false AS test,
            CASE WHEN by_processor THEN 'stripe' ELSE 'manual' END AS gateway,
            CASE WHEN paid < 0.425 THEN {_charge("pi")} END AS "paymentId", {_bag("cents")} AS "amountSet",
            paid_at AS "processedAt", deleted_at AS _sdc_deleted_at, {LOADED}
        FROM sales""",
    "shopify.refunds": f"""
        SELECT {_gid("Refund")} AS id, {_gid("Order")} AS order_id, {_bag("cents")} AS "totalRefundedSet",
            TIMESTAMPTZ '2026-01-10 12:00:00+00' AS "processedAt", {LOADED}
        FROM sales WHERE refunded""",
    "stripe.charges": f"""
        SELECT {_charge("ch")} AS id, {_charge("pi")} AS payment_intent, epoch(paid_at)::bigint AS created,
            cents AS amount, cents AS amount_captured, true AS captured, 'usd' AS currency, 'succeeded' AS status,
            'cus_' || payer AS customer,
            {_charge("txn")} AS balance_transaction, json_object('email', email) AS billing_details,
            json_object('type', 'card') AS payment_method_details,
            CASE WHEN paid BETWEEN 0.425 AND 0.6375 THEN json_object('order_number', n::text) ELSE json_object() END
                AS metadata, {LOADED}
        FROM sales WHERE by_processor""",
    "stripe.refunds": f"""
        SELECT {_charge("re")} AS id, {_charge("ch")} AS charge, cents AS amount, 'usd' AS currency,
            'succeeded' AS status, 1768046400 AS created, {LOADED}
        FROM sales WHERE refunded""",
    "stripe.balance_transactions": f"""
        SELECT {_charge("txn")} AS id, cents AS amount, fee, cents - fee AS net, 'usd' AS currency, 'charge' AS type,
            'charge' AS reporting_category, {_charge("ch")} AS source, epoch(paid_at)::bigint AS created, {LOADED}
        FROM sales WHERE by_processor""",
    "stripe.payout_balance_transactions": f"""
        SELECT {_charge("txn")} AS id, 'po_' || strftime(paid_at, '%Y%m%d') AS payout, cents AS amount, fee,
            cents - fee AS net, 'usd' AS currency, 'charge' AS type, 'charge' AS reporting_category,
            {_charge("ch")} AS source, epoch(paid_at)::bigint AS created, {LOADED}
        FROM sales WHERE by_processor""",
    "stripe.payouts": """
        SELECT 'po_' || strftime(paid_at, '%Y%m%d') AS id, sum(cents - fee)::bigint AS amount, 'usd' AS currency,
            'paid' AS status,
            (max(epoch(paid_at)) + 86400)::bigint AS created, (max(epoch(paid_at)) + 172800)::bigint AS arrival_date,
            'default' AS _connection_id, TIMESTAMPTZ '2026-11-20 06:00:00+00' AS _sdc_extracted_at
        FROM sales WHERE by_processor GROUP BY 1""",
}
"""Raw tables of the pretend shop and processor, as queries on what `invent` and `sell` made."""


def invent(connection: duckdb.DuckDBPyConnection, orders: int, seed: int) -> None:
    """Makes the customers of so many orders at shop and processor."""
    connection.execute("SET TimeZone = 'UTC'")
    populate(connection, int(orders * CUSTOMERS_PER_ORDER), seed)
    connection.execute(ACCOUNTS)


def sell(connection: duckdb.DuckDBPyConnection, orders: int, seed: int, *, later: bool) -> None:
    """Makes the sales as they stand first, or later, when one in a hundred changed, came or went."""
    shoppers = connection.table("shoppers").shape[0]
    connection.execute(SALES.format(orders=orders, shoppers=shoppers, seed=seed, later=str(later).lower()))
