"""The questions people ask across platforms, on the hand-made shops."""

from __future__ import annotations

from decimal import Decimal

from tests.transform.warehouse import Warehouse


def test_initiatives_hold_each_campaign_once(warehouse: Warehouse) -> None:
    found = warehouse.rows("SELECT name, rule, platforms, campaigns, spend_base FROM unified.initiatives ORDER BY name")
    assert found == [
        ("autumn_sale", "utm_campaign", "google_ads", 1, Decimal(0)),
        ("brand", "name", "google_ads", 1, Decimal("12.345678")),
    ]


def test_the_causes_of_a_difference_add_up_to_it(warehouse: Warehouse) -> None:
    wrong = warehouse.rows("""
        SELECT date_day FROM marts.revenue_reconciliation
        WHERE difference <> ordered - paid
            OR difference <> difference_not_paid + difference_no_payment + difference_other_currency + difference_amount
    """)
    assert wrong == []
    totals = warehouse.rows("SELECT currency, sum(ordered), sum(paid) FROM marts.revenue_reconciliation GROUP BY 1")
    orders = warehouse.rows("""
        SELECT presentment_currency, sum(presentment_total) FROM unified.orders
        WHERE is_counted GROUP BY 1
    """)
    assert sorted((currency, ordered) for currency, ordered, _ in totals) == sorted(orders)
    assert any(paid for _, _, paid in totals)


def test_customers_have_a_lifetime_value_over_all_currencies(warehouse: Warehouse) -> None:
    ((value, without_rate),) = warehouse.rows(
        "SELECT sum(lifetime_value_base), sum(orders_without_rate) FROM marts.customer_360"
    )
    ((net, missing),) = warehouse.rows("""
        SELECT sum(net_base), count(CASE WHEN net_base IS NULL AND net <> 0 THEN 1 END) FROM unified.orders
        WHERE customer_key IS NOT NULL AND is_counted
    """)
    assert value == net
    assert without_rate == missing


def test_a_cohort_is_whole_in_its_first_month(warehouse: Warehouse) -> None:
    rows = warehouse.rows("SELECT customers, active_customers FROM marts.cohort_retention WHERE months_since = 0")
    assert rows
    assert all(customers == active for customers, active in rows)


def test_products_sell_what_the_lines_say(warehouse: Warehouse) -> None:
    found = warehouse.rows("SELECT title, orders, quantity, revenue_base FROM marts.product_performance")
    assert [(title, orders, int(quantity)) for title, orders, quantity, _ in found] == [("Shirt", 2, 4)]


def test_quality_counts_what_is_missing_wrong_or_late(warehouse: Warehouse) -> None:
    found = {
        (relation, dimension, column): (checked, failed)
        for relation, dimension, column, checked, failed in warehouse.rows(
            "SELECT source_relation, dimension, column_name, checked, failed FROM marts.data_quality"
        )
    }
    assert found["stripe.customers", "completeness", "full_name"] == (5, 1)
    assert found["stripe.customers", "uniqueness", "record"] == (5, 0)
    assert found["shopify.orders", "validity", "total"][1] == 0
    assert found["stripe.charges", "completeness", "amount"][1] == 0
    assert {key[1] for key in found} == {"completeness", "validity", "uniqueness", "timeliness"}
