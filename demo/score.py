"""How right the decisions are: joined accounts and matched payments, compared with what the sandbox knows."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import duckdb


@dataclass(frozen=True)
class Score:
    """Decisions against the truth: customers and pairs of accounts, and matched payments, right out of how many."""

    true_customers: int
    found_customers: int
    pairs_right: int
    pairs_made: int
    pairs_true: int
    payments_right: int
    payments_matched: int


_PAIRS = """
    with accounts as (
        select identity.customer_key, truth.truth_id
        from unified.customer_identities as identity
        inner join truth on truth.platform = identity.platform and truth.object = identity.source_object
            and truth.source_id = identity.source_record_id
        where identity.is_current
    ),
    agreed as (select count(*) as size from accounts group by customer_key, truth_id),
    found as (select count(*) as size from accounts group by customer_key),
    truly as (select count(*) as size from accounts group by truth_id)
    select
        (select count(*) from truly),
        (select count(*) from found),
        (select coalesce(sum(size * (size - 1) // 2), 0) from agreed),
        (select coalesce(sum(size * (size - 1) // 2), 0) from found),
        (select coalesce(sum(size * (size - 1) // 2), 0) from truly)
"""
_PAYMENTS = """
    select count(*) filter (payment_truth.truth_id = order_truth.truth_id), count(*)
    from unified.payments as payment
    inner join unified.orders as orders on orders.order_key = payment.order_key
    inner join truth as payment_truth on payment_truth.platform = payment.platform
        and payment_truth.object = 'charges' and payment_truth.source_id = payment.payment_id
    inner join truth as order_truth on order_truth.platform = orders.platform
        and order_truth.object = 'orders' and order_truth.source_id = orders.order_id
    where payment.is_processor
"""


def read_score(con: duckdb.DuckDBPyConnection, truth: Path) -> Score:
    """Scores the warehouse against a truth.parquet of platform, object, source_id and truth_id."""
    con.execute("create or replace temp table truth as from read_parquet(?)", [str(truth)])
    pairs, payments = con.execute(_PAIRS).fetchall()[0], con.execute(_PAYMENTS).fetchall()[0]
    return Score(*map(int, (*pairs, *payments)))
