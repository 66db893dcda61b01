"""The figures of the report, read from the warehouse and from the truth beside it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb

from demo.clusters import Cluster, read_clusters
from demo.score import Score, read_score
from demo.steps import Built
from orchestrate.meltano_run import Loaded


@dataclass(frozen=True)
class Run:
    """What this run of the demo was."""

    seed: int
    people: int
    now: datetime
    again: bool
    loaded: dict[str, Loaded]
    built: Built


@dataclass(frozen=True)
class People:
    """Platform accounts and the people behind them; `found` counts people by the platforms that know them."""

    accounts: dict[str, int]
    customers: int
    found: list[tuple[str, int]]
    rules: list[tuple[str, str, int]]


@dataclass(frozen=True)
class Day:
    """A day of one channel or one currency: measures by name."""

    day: date
    series: str
    currency: str
    values: dict[str, Decimal]


@dataclass(frozen=True)
class Figures:
    """Everything that the terminal and the page show."""

    run: Run
    tables: dict[str, list[tuple[str, int]]]
    unified: list[tuple[str, int]]
    people: People
    score: Score
    orders: list[tuple[str, str, int]]
    payments: list[tuple[str, str, int]]
    revenue: list[Day]
    channels: list[Day]
    campaigns: list[dict[str, Any]]
    clusters: list[Cluster]
    findings: list[tuple[str, str, int]]


def read_figures(warehouse: Path, truth: Path, run: Run) -> Figures:
    """Reads everything; all of it comes from tables that dbt built or Meltano loaded."""
    with duckdb.connect(str(warehouse), read_only=True) as con:
        con.execute("set timezone = 'UTC'")
        return Figures(
            run=run,
            tables=_tables(con),
            unified=_unified(con),
            people=_people(con),
            score=read_score(con, truth),
            orders=_matching(con, "orders", "not is_test or match_reason is not null"),
            payments=_matching(con, "payments", "is_processor and is_counted"),
            revenue=_revenue(con),
            channels=_channels(con),
            campaigns=_campaigns(con),
            clusters=read_clusters(con),
            findings=_rows(con, _FINDINGS),
        )


_KNOWN = """
    select identity.customer_key, identity.platform
    from unified.customer_identities as identity
    inner join unified.customers as customer on customer.customer_key = identity.customer_key
    where identity.is_current and customer.status = 'active'
"""
_FOUND = f"""
    select platforms, count(*) from (
        select string_agg(distinct platform, ' + ' order by platform) as platforms from ({_KNOWN}) group by customer_key
    ) group by 1 order by 2 desc, 1
"""  # noqa: S608
_FINDINGS = """
    select replace(check_name, '_', ' '), coalesce(reason, match_type), count(*)
    from unified.reconciliation_results group by all order by 3 desc, 1, 2
"""


def _rows(con: duckdb.DuckDBPyConnection, query: str) -> list[tuple[Any, ...]]:
    return con.execute(query).fetchall()


def _count(con: duckdb.DuckDBPyConnection, query: str) -> int:
    return int(_rows(con, query)[0][0])


def _tables(con: duckdb.DuckDBPyConnection) -> dict[str, list[tuple[str, int]]]:
    names = _rows(
        con,
        "select schema_name, table_name from duckdb_tables() where schema_name not in "
        "('_engarde', 'staging', 'unified', 'marts', 'main') order by 1, 2",
    )
    found: dict[str, list[tuple[str, int]]] = {}
    for schema, table in names:
        rows = _count(con, f'select count(*) from "{schema}"."{table}"')  # noqa: S608 - names come from the catalog
        if rows:
            found.setdefault(schema, []).append((table, rows))
    return {schema: sorted(tables, key=lambda each: -each[1]) for schema, tables in found.items()}


def _unified(con: duckdb.DuckDBPyConnection) -> list[tuple[str, int]]:
    names = _rows(con, "select table_name from duckdb_tables() where schema_name = 'unified' order by 1")
    return [(name, _count(con, f'select count(*) from unified."{name}"')) for (name,) in names]  # noqa: S608


def _people(con: duckdb.DuckDBPyConnection) -> People:
    known = f"({_KNOWN}) as known"
    return People(
        accounts=dict(_rows(con, f"select platform, count(*) from {known} group by 1 order by 1")),  # noqa: S608
        customers=_count(con, f"select count(distinct customer_key) from {known}"),  # noqa: S608
        found=_rows(con, _FOUND),
        rules=_rows(
            con, "select rule, verdict, count(*) from unified.identity_edges group by all order by 2, 3 desc, 1"
        ),
    )


def _matching(con: duckdb.DuckDBPyConnection, table: str, where: str) -> list[tuple[str, str, int]]:
    return _rows(
        con,
        f"""
        select case when match_rule is null then 'unmatched' else 'matched' end,
            replace(coalesce(match_rule, match_reason, 'no reason'), '_', ' '), count(*)
        from unified.{table} where {where} group by all order by 1, 3 desc, 2
        """,  # noqa: S608 - both are constants above
    )


def _revenue(con: duckdb.DuckDBPyConnection) -> list[Day]:
    rows = _rows(
        con,
        "select date_day, currency, sum(ordered), sum(paid), sum(refunded), sum(orders) "
        "from marts.revenue_by_day group by all order by 1, 2",
    )
    names = ("ordered", "paid", "refunded", "orders")
    return [Day(day, "revenue", currency, _named(names, values)) for day, currency, *values in rows]


def _channels(con: duckdb.DuckDBPyConnection) -> list[Day]:
    rows = _rows(
        con,
        "select date_day, channel, currency, sum(spend), sum(clicks), sum(platform_conversions), "
        "cast(round(sum(orders_attributed)) as bigint), sum(revenue_attributed) "
        "from marts.channel_performance group by all order by 1, 2, 3",
    )
    names = ("spend", "clicks", "conversions", "orders", "revenue")
    return [Day(day, channel, currency, _named(names, values)) for day, channel, currency, *values in rows]


def _named(names: tuple[str, ...], values: list[Any]) -> dict[str, Decimal]:
    return {name: Decimal(value or 0) for name, value in zip(names, values, strict=True)}


def _campaigns(con: duckdb.DuckDBPyConnection) -> list[dict[str, Any]]:
    found = con.execute("""
        select campaign_name as campaign, channel, currency, sum(spend) as spend, sum(clicks) as clicks,
            sum(platform_conversions) as conversions, cast(round(sum(orders_attributed)) as bigint) as orders,
            sum(revenue_attributed) as revenue
        from marts.channel_performance group by all order by sum(spend) desc limit 10
    """)
    names = [column[0] for column in found.description or []]
    return [dict(zip(names, row, strict=True)) for row in found.fetchall()]
