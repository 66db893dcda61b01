"""A few customers with all their accounts, and why those were taken for one person or kept apart."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import duckdb


@dataclass(frozen=True)
class Account:
    """One platform account as its platform shows it."""

    key: str
    platform: str
    object: str
    name: str
    email: str
    phone: str
    city: str


@dataclass(frozen=True)
class Reason:
    """Why two accounts belong together, by their places in the cluster (from 1)."""

    left: int
    right: int
    rule: str


@dataclass(frozen=True)
class Cluster:
    """A customer, the accounts found to be theirs, and the reasons."""

    name: str
    accounts: list[Account]
    reasons: list[Reason]


# Clusters that show something: accounts of several platforms whose names or addresses are not written alike.
_CHOSEN = """
    with members as (
        select identity.customer_key, count(*) as accounts, count(distinct record.platform) as platforms,
            count(distinct lower(record.full_name)) as names, count(distinct lower(record.email)) as emails,
            count(distinct record.phone_e164) as phones
        from unified.customer_identities as identity
        inner join staging.int_customer_records as record on record.record_key = identity.record_key
        where identity.is_current and record.record_type = 'person' group by 1
    ),
    ruled as (
        select left_customer_key as customer_key, count(distinct rule) as rules
        from unified.identity_edges where verdict = 'auto' and left_customer_key = right_customer_key group by 1
    )
    select members.customer_key
    from members inner join ruled on ruled.customer_key = members.customer_key
    where platforms >= 2 and accounts between 3 and 6
    order by rules desc, least(names, 3) + least(emails, 3) + least(phones, 3) desc, platforms desc, 1
    limit ?
"""
_ACCOUNTS = """
    select record.record_key, record.platform, record.source_object, record.full_name, record.email, record.phone,
        concat_ws(', ', record.city, record.country_code)
    from unified.customer_identities as identity
    inner join staging.int_customer_records as record on record.record_key = identity.record_key
    where identity.is_current and identity.customer_key = ?
    order by record.platform, record.created_at, record.record_key
"""
_EDGES = """
    select left_key, right_key, rule from unified.identity_edges
    where verdict = 'auto' and left_customer_key = ? and right_customer_key = ? order by rule, left_key, right_key
"""


def read_clusters(con: duckdb.DuckDBPyConnection, count: int = 4) -> list[Cluster]:
    """The clusters that show most; fewer where there are not so many."""
    return [_cluster(con, key) for (key,) in con.execute(_CHOSEN, [count]).fetchall()]


def _cluster(con: duckdb.DuckDBPyConnection, key: str) -> Cluster:
    accounts = [Account(*("" if value is None else str(value) for value in row)) for row in _all(con, _ACCOUNTS, [key])]
    place = {account.key: number for number, account in enumerate(accounts, start=1)}
    reasons = [
        Reason(min(place[left], place[right]), max(place[left], place[right]), rule.replace("_", " "))
        for left, right, rule in _all(con, _EDGES, [key, key])
        if left in place and right in place
    ]
    name = _all(con, "select full_name from unified.customers where customer_key = ?", [key])[0][0]
    return Cluster(str(name or "without a name"), accounts, sorted(reasons, key=lambda r: (r.left, r.right, r.rule)))


def _all(con: duckdb.DuckDBPyConnection, query: str, values: list[str]) -> list[tuple[Any, ...]]:
    return con.execute(query, values).fetchall()
