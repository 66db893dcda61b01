"""The unified tables against the truth of the hand-made shops, on both engines."""

from __future__ import annotations

from decimal import Decimal

import pytest

from tests.transform.shops import gid
from tests.transform.warehouse import Warehouse

TABLES = (
    "customers", "customer_identities", "customer_identifiers", "customer_attribute_values", "customer_conflicts",
    "identity_edges", "identity_events", "identity_evidence", "match_review_queue", "products", "product_edges",
    "product_identities", "product_keys", "orders", "order_lines", "payments",
    "refunds", "payouts", "payout_items", "campaigns",
    "campaign_performance_daily", "order_attributions", "exchange_rates", "reconciliation_results",
)  # fmt: skip
MOMENTS_OF_THE_RUN = ("run_id", "valid_from", "key_minted_at", "identity_id", "assignment_id", "at", "event_id")


def clusters(warehouse: Warehouse) -> set[frozenset[str]]:
    """The source ids of each customer."""
    found: dict[str, set[str]] = {}
    for key, source in warehouse.rows(
        "SELECT customer_key, source_record_id FROM unified.customer_identities WHERE is_current"
    ):
        found.setdefault(key, set()).add(source)
    return {frozenset(ids) for ids in found.values()}


def test_people_are_merged_by_mailbox_phone_with_name_and_reference(warehouse: Warehouse) -> None:
    merged = {cluster for cluster in clusters(warehouse) if len(cluster) > 1}
    assert merged == {
        frozenset({gid("Customer", 1), "cus_1", "101"}),
        frozenset({gid("Customer", 3), "102"}),
        frozenset({gid("Customer", 4), "cus_4"}),
        frozenset({gid("Customer", 7), "cus_7"}),
    }


@pytest.mark.parametrize(
    ("one", "other"),
    [
        pytest.param(gid("Customer", 2), gid("Customer", 3), id="a couple shares a phone"),
        pytest.param(gid("Customer", 5), gid("Customer", 6), id="a couple shares a mailbox"),
        pytest.param(gid("Customer", 5), "cus_5", id="a nameless record uses a couple's mailbox"),
        pytest.param(gid("Customer", 8), "cus_8", id="two use a placeholder"),
    ],
)
def test_people_are_not_merged(warehouse: Warehouse, one: str, other: str) -> None:
    assert not any({one, other} <= cluster for cluster in clusters(warehouse))


def test_conflicts_wait_for_review(warehouse: Warehouse) -> None:
    verdicts = dict(warehouse.rows("SELECT rule, min(verdict) FROM unified.identity_edges GROUP BY rule"))
    assert verdicts["phone_and_last_name"] == "reject"
    (count,) = warehouse.rows(
        "SELECT count(*) FROM unified.identity_edges WHERE verdict = 'review' AND rule = 'email'"
    )[0]
    assert count == 3


def test_the_review_queue_says_who_waits_and_why(warehouse: Warehouse) -> None:
    waiting = warehouse.rows("""
        SELECT least(left_source_record_id, right_source_record_id),
            greatest(left_source_record_id, right_source_record_id), evidence, held_back
        FROM unified.match_review_queue WHERE reason IS NOT NULL
    """)
    browns = [gid("Customer", 5), gid("Customer", 6)]
    assert sorted(waiting) == sorted([
        (gid("Customer", 2), gid("Customer", 3), "model", "first_name"),
        (*browns, "email, model", "first_name"),
        *(("cus_5", brown, "email", "no_first_name") for brown in browns),
    ])  # fmt: skip


def test_the_evidence_of_a_pair_adds_up_to_its_weight(warehouse: Warehouse) -> None:
    differing = warehouse.rows("""
        SELECT edge.left_key, edge.weight, pieces.weight
        FROM unified.identity_edges AS edge
        LEFT JOIN (
            SELECT left_key, right_key, sum(weight) AS weight FROM unified.identity_evidence
            GROUP BY left_key, right_key
        ) AS pieces ON pieces.left_key = edge.left_key AND pieces.right_key = edge.right_key
        WHERE edge.weight IS NOT NULL AND (pieces.weight IS NULL OR abs(edge.weight - pieces.weight) > 0.001)
    """)
    assert differing == []
    assert warehouse.rows("SELECT count(*) FROM unified.identity_edges WHERE weight IS NOT NULL")[0][0] > 3


def test_the_golden_record_comes_from_the_newest_complete_records(warehouse: Warehouse) -> None:
    query = f"""
        SELECT first_name, last_name, email, phone_e164, city, status, record_count, source_count
        FROM unified.customers
        WHERE customer_key = (
            SELECT customer_key FROM unified.customer_identities
            WHERE source_record_id = '{gid("Customer", 1)}' AND is_current)
    """
    assert warehouse.rows(query) == [("Anna", "Smyth", "anna@smith.example", None, "Boston", "active", 3, 3)]


def test_every_order_says_how_it_was_paid_or_why_not(warehouse: Warehouse) -> None:
    found = {number: tuple(rest) for number, *rest in warehouse.rows(
        "SELECT order_number, match_type, match_rule, match_reason FROM unified.orders"
    )}  # fmt: skip
    assert found == {
        "#1001": ("exact", "shared_reference", None),
        "#1002": ("rule", "metadata_order_number", None),
        "#1003": ("tolerance", "amount_time_person", None),
        "#1004": ("tolerance", "amount_time_person", None),
        "#1005": ("unmatched_left", None, "paid outside the processor: manual"),
        "#1006": ("exact", "shared_reference", None),
        "#1007": ("unmatched_left", None, "the shop says paid by stripe, but no connected processor has the payment"),
        "#1008": ("unmatched_left", None, "test order"),
        "#1009": ("exact", "shared_reference", None),
        "#1010": ("exact", "shared_reference", None),
        "1003": ("unmatched_left", None, "repeats an order of another platform"),
        "1005": ("unmatched_left", None, "repeats an order of another platform"),
        "R-1": ("unmatched_left", None, "paid outside the processor: Cash"),
    }


def test_orders_of_the_same_amount_take_the_payment_nearest_in_time(warehouse: Warehouse) -> None:
    pairs = warehouse.rows("""
        SELECT orders.order_number, payments.payment_id
        FROM unified.payments AS payments JOIN unified.orders AS orders ON orders.order_key = payments.order_key
        WHERE payments.match_rule = 'amount_time_person'
    """)
    assert sorted(pairs) == [("#1003", "ch_00000003"), ("#1004", "ch_00000004")]


def test_the_shops_note_of_a_processors_payment_is_not_counted_twice(warehouse: Warehouse) -> None:
    sums = dict(warehouse.rows("SELECT currency, sum(amount) FROM unified.payments WHERE is_counted GROUP BY currency"))
    assert sums == {
        "USD": Decimal("100") + 50 + Decimal("75.5") * 2 + 60 + 42 + 20 + 30 + 12,
        "JPY": Decimal(5000),
        "KWD": Decimal("1.5"),
    }
    refunds = warehouse.rows("SELECT sum(amount), count(*) FROM unified.refunds WHERE is_counted")
    assert refunds == [(Decimal(27), 2)]


def test_the_books_repeat_a_processors_record_a_shops_note_or_nothing(warehouse: Warehouse) -> None:
    found = [
        warehouse.rows(f"""
            SELECT booked.{entity}_id, original.{entity}_id, booked.is_counted
            FROM unified.{entity}s AS booked
            LEFT JOIN unified.{entity}s AS original ON original.{entity}_key = booked.mirrors_{entity}_key
            WHERE booked.platform = 'quickbooks' ORDER BY 1
        """)
        for entity in ("payment", "refund")
    ]
    assert found == [
        [
            ("payments/3:3", "ch_00000003", False),
            ("payments/5:5", gid("OrderTransaction", 5), False),
            ("sales_receipts/1", None, True),
        ],
        [("refund_receipts/1", "re_9", False), ("refund_receipts/2", None, True)],
    ]


def test_minor_units_depend_on_the_currency(warehouse: Warehouse) -> None:
    amounts = dict(
        warehouse.rows("SELECT currency, max(amount) FROM unified.payments WHERE platform = 'stripe' GROUP BY currency")
    )
    assert amounts == {"USD": Decimal(100), "JPY": Decimal(5000), "KWD": Decimal("1.5")}


def test_amounts_have_a_second_one_in_the_base_currency(warehouse: Warehouse) -> None:
    found = warehouse.rows("""
        SELECT payment_id, amount_base, fee_base, base_currency, fx_rate, CAST(fx_date AS varchar)
        FROM unified.payments WHERE payment_id IN ('ch_00000001', 'ch_00000006', 'ch_00000010')
        ORDER BY payment_id
    """)
    assert found == [
        ("ch_00000001", Decimal(100), Decimal("3.2"), "USD", Decimal(1), None),
        ("ch_00000006", Decimal("33.5"), Decimal("1.27"), "USD", Decimal("0.0067"), "2026-10-14"),
        ("ch_00000010", None, None, "USD", None, None),
    ]


def test_findings_are_exactly_what_is_wrong(warehouse: Warehouse) -> None:
    found = warehouse.rows(
        "SELECT check_name, expected, actual, difference, currency FROM unified.reconciliation_results"
    )
    assert sorted(found) == [
        ("duplicated_order", Decimal(0), Decimal(20), Decimal(20), "USD"),
        ("duplicated_order", Decimal(0), Decimal("75.5"), Decimal("75.5"), "USD"),
        ("no_exchange_rate", Decimal("1.5"), Decimal(0), Decimal("-1.5"), "KWD"),
        ("no_exchange_rate", Decimal("1.5"), Decimal(0), Decimal("-1.5"), "KWD"),
        ("no_exchange_rate", Decimal(3), Decimal(0), Decimal(-3), "EUR"),
        ("payment_unknown_to_processor", Decimal(30), Decimal(0), Decimal(-30), "USD"),
        ("payment_without_order", Decimal(0), Decimal(42), Decimal(42), "USD"),
        ("payout_items", Decimal(50), Decimal("57.96"), Decimal("7.96"), "USD"),
    ]


def test_lines_keep_discount_and_tax_exact(warehouse: Warehouse) -> None:
    lines = warehouse.rows(
        "SELECT line_subtotal, discount, tax, line_total, variant_key IS NOT NULL FROM unified.order_lines"
    )
    assert lines == [(Decimal(110), Decimal(10), Decimal("5.25"), Decimal(100), True)] * 2


def test_products_are_one_by_sku_across_platforms(warehouse: Warehouse) -> None:
    found = warehouse.rows("SELECT sku, record_count, source_count FROM unified.products ORDER BY sku")
    assert found == [("SH-1", 2, 2), ("SH-2", 1, 1)]


def test_orders_are_attributed_to_the_last_touch(warehouse: Warehouse) -> None:
    found = warehouse.rows("""
        SELECT orders.order_number, orders.attribution_rule, campaigns.campaign_id
        FROM unified.orders AS orders JOIN unified.campaigns AS campaigns
            ON campaigns.campaign_key = orders.attributed_campaign_key
    """)
    # Anna's click of the first order is still in the window when she orders again.
    assert sorted(found) == [("#1001", "click_id", "71"), ("#1002", "utm_campaign", "72"), ("#1010", "click_id", "71")]


def test_channels_show_spend_beside_orders(warehouse: Warehouse) -> None:
    found = warehouse.rows("""
        SELECT campaign_id, CAST(date_day AS VARCHAR), spend, clicks, orders_attributed, revenue_attributed,
            orders_in_other_currencies
        FROM marts.channel_performance
    """)
    assert sorted(found) == [
        ("71", "2026-10-10", Decimal("12.345678"), 7, 1, Decimal(100), 0),
        ("71", "2026-10-18", Decimal(0), 0, 1, Decimal(0), 1),
        ("72", "2026-10-11", Decimal(0), 0, 1, Decimal(0), 1),
        ("72", "2026-10-12", Decimal(3), 2, 0, Decimal(0), 0),
    ]


@pytest.mark.parametrize("table", TABLES)
def test_engines_agree(warehouses: dict[str, Warehouse], table: str) -> None:
    duckdb, postgres = (
        warehouses[name].table(f"unified.{table}", MOMENTS_OF_THE_RUN) for name in ("duckdb", "postgres")
    )
    assert duckdb == postgres
    assert duckdb


def test_staging_selects_the_contracts_columns_in_order(warehouses: dict[str, Warehouse]) -> None:
    by_model: dict[str, dict[str, list[str]]] = {}
    for table, column in warehouses["duckdb"].rows("""
        SELECT table_name, column_name FROM information_schema.columns
        WHERE table_schema = 'staging' AND table_name LIKE 'stg_%' AND column_name <> '_row_hash'
        ORDER BY table_name, ordinal_position
    """):
        by_model.setdefault(table.split("__")[1], {}).setdefault(table, []).append(column)
    assert len(by_model) >= 12
    for entity, models in by_model.items():
        assert len({tuple(names) for names in models.values()}) == 1, entity
