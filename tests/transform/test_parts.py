"""Tables built in parts, a run of them broken off, are what one full build gives; a run without news writes nothing."""

from __future__ import annotations

import random
import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from tests.postgres import fresh_database
from tests.transform.shops import balance, charge, gid, order, payer, shopper, transaction
from tests.transform.warehouse import Warehouse

Record = dict[str, Any]
MODELS = (
    "--select",
    "+reconciliation_results",
    "+customer_360",
    "+order_lines",
    "+customer_conflicts",
    "+identity_events",
    "+revenue_by_day",
)
BROKEN_OFF = ("--select", "+int_payment_matches")
RATES = ("--vars", '{"exchange_rates_table": "daily_rates"}')
IN_PARTS = (
    "staging.stg_shopify__orders", "staging.stg_shopify__payments", "staging.stg_stripe__payments",
    "staging.stg_stripe__payment_references", "staging.stg_stripe__payout_items", "staging.int_orders",
    "staging.int_payments", "staging.int_customer_ranked", "unified.orders", "unified.payments", "unified.order_lines",
    "unified.payout_items", "unified.customers", "unified.customer_attribute_values", "unified.customer_identifiers",
    "marts.customer_360",
)  # fmt: skip
NAMES = ("Ada", "Bert", "Cleo", "Dirk", "Emma", "Finn", "Gwen", "Hugo", "Iris", "Jonas", "Kira", "Leon")
REMEMBERING = {
    "customer_identities", "identity_events", "int_customer_successors", "int_identity_touched",
    "int_identity_reviewed", "int_identity_regrouped", "int_identity_candidates", "int_customer_changes",
    "int_identifier_changes", "int_block_changes", "table_builds", "table_changes", "table_contents",
}  # fmt: skip
"""What tells of earlier runs, so that one build cannot give the same."""


@dataclass
class World:
    """Raw records by stream and id, and the rate of each day, as they stand."""

    shoppers: dict[int, Record] = field(default_factory=dict)
    payers: dict[int, Record] = field(default_factory=dict)
    orders: dict[int, Record] = field(default_factory=dict)
    transactions: dict[int, Record] = field(default_factory=dict)
    lines: dict[int, Record] = field(default_factory=dict)
    charges: dict[int, Record] = field(default_factory=dict)
    balances: dict[int, Record] = field(default_factory=dict)
    items: dict[int, Record] = field(default_factory=dict)
    rates: dict[int, str] = field(default_factory=dict)

    def load(self, warehouse: Warehouse, chance: random.Random) -> None:
        """Puts all of it into the warehouse, in some order."""
        streams = {
            "shopify": {"customers": self.shoppers, "orders": self.orders, "transactions": self.transactions,
                        "order_lines": self.lines},
            "stripe": {"customers": self.payers, "charges": self.charges, "balance_transactions": self.balances,
                       "payout_balance_transactions": self.items},
        }  # fmt: skip
        warehouse.load(
            {
                platform: {stream: chance.sample(list(rows.values()), len(rows)) for stream, rows in named.items()}
                for platform, named in streams.items()
            }
        )
        with warehouse.connection() as connection:
            connection.execute("DROP TABLE IF EXISTS daily_rates")
            connection.execute(
                "CREATE TABLE daily_rates (rate_date date, from_currency text, to_currency text, rate numeric(28,12))"
            )
            for day, rate in self.rates.items():
                connection.execute(f"INSERT INTO daily_rates VALUES ('2026-10-{day:02d}', 'EUR', 'USD', {rate})")


def sold(world: World, chance: random.Random, number: int) -> None:
    """One more order with its line, its transaction and mostly a charge, an item of a payout."""
    cents, day, currency = chance.randrange(1000, 1009), chance.randrange(1, 20), chance.choice(["USD", "EUR"])
    who = chance.randrange(12)
    world.orders[number] = order(
        number, f"{cents / 100:.2f}", day, chance.choice([who, None]), f"{who}@shop.example", currency=currency,
    )  # fmt: skip
    world.lines[number] = {"id": gid("LineItem", number), "order_id": gid("Order", 9000 + number), "quantity": 1,
                           "title": "Cup", "originalTotalSet": world.orders[number]["totalPriceSet"]}  # fmt: skip
    told = chance.choice([f"pi_{number:08d}", None])
    world.transactions[number] = transaction(
        number, number, f"{cents / 100:.2f}", day, currency=currency, paymentId=told,
        gateway=chance.choice(["stripe", "stripe", "manual"]),
    )  # fmt: skip
    if chance.random() < 0.8:
        named = chance.choice([{"order_number": str(1000 + number)}, {}])
        world.charges[number] = charge(
            number, cents, day, chance.choice([who, None]), currency=currency.lower(), metadata=named
        )
        world.balances[number] = balance(number, cents, 30, day, currency=currency.lower())
        world.items[number] = {**world.balances[number], "payout": f"po_{day}"}


def begun(chance: random.Random) -> World:
    """The world at first: of twelve shoppers eight pay under the same name and mailbox, four under another one."""
    world = World(rates={day: f"1.{day:02d}" for day in range(1, 20, 3)})
    for number in range(12):
        world.shoppers[number] = shopper(number, NAMES[number], "Lee", f"{number}@shop.example")
    for number in range(8):
        world.payers[number] = payer(number, f"{NAMES[number]} Lee", f"{number}@shop.example")
    for number in range(8, 12):
        world.payers[number] = payer(number, f"{NAMES[number]} Lee", f"apart{number}@shop.example")
    for number in range(40):
        sold(world, chance, number)
    return world


def changed(world: World, chance: random.Random) -> None:
    """Some of everything comes, changes, is deleted by its platform or vanishes."""
    gone = {"_sdc_deleted_at": "2026-11-01T00:00:00Z"}
    for rows in (world.orders, world.transactions, world.charges, world.balances, world.items, world.lines):
        some = chance.sample(sorted(rows), 5)
        del rows[some[0]]
        for number in some[1:3]:
            rows[number] = {**rows[number], **gone}
    for number in chance.sample(sorted(world.orders), 4):
        world.orders[number] = {**world.orders[number], "customer_id": gid("Customer", chance.randrange(12))}
    for number in chance.sample(sorted(world.charges), 4):
        world.charges[number] = {**world.charges[number], "amount": 777, "amount_captured": 777}
    for number in chance.sample(sorted(world.balances), 3):
        world.balances[number] = {**world.balances[number], "fee": 99}
    for number in chance.sample(sorted(world.items), 3):
        world.items[number] = {**world.items[number], "payout": "po_21"}
    mover = chance.choice(sorted(world.shoppers))
    world.shoppers[mover] = {
        **world.shoppers[mover], "defaultEmailAddress": {"emailAddress": f"moved{mover}@shop.example"},
    }  # fmt: skip
    apart = min((number for number in range(8, 12) if world.payers[number]["email"].startswith("apart")), default=8)
    world.payers[apart] = {**world.payers[apart], "email": f"{apart}@shop.example"}
    world.rates[chance.choice(sorted(world.rates))] = f"1.{chance.randrange(30, 99)}"
    for number in range(max(world.orders) + 1, max(world.orders) + 5):
        sold(world, chance, number)


def tables(warehouse: Warehouse) -> list[str]:
    """The tables that a build makes, without those that remember."""
    found = warehouse.rows(
        "SELECT table_schema, table_name FROM information_schema.tables "
        "WHERE table_schema IN ('staging', 'unified', 'marts') AND table_type = 'BASE TABLE' ORDER BY 1, 2"
    )
    return [f"{schema}.{name}" for schema, name in found if name not in REMEMBERING]


def content(warehouse: Warehouse, table: str) -> list[tuple[Any, ...]]:
    """The rows of a table, without former customers, who are known to later runs only.

    A customer's key depends on who was there first: the least of its records stands in its place.
    """
    rows = warehouse.table(table, without=("run_id", "identifier_id"))
    if table == "unified.customers":
        rows = [row for row in rows if "active" in row]
    firsts = dict(warehouse.rows(
        "SELECT customer_key, min(record_key) FROM unified.customer_identities WHERE is_current GROUP BY customer_key"
    ))  # fmt: skip
    return sorted((tuple(firsts.get(cell, cell) for cell in row) for row in rows), key=str)


@pytest.mark.parametrize("engine", ["duckdb", pytest.param("postgres", marks=pytest.mark.slow)])
def test_parts_give_what_one_build_gives(engine: str, tmp_path: Path, postgres_host: str) -> None:
    chance = random.Random(7)
    world = begun(chance)
    with fresh_database(postgres_host, "parts") as parts, fresh_database(postgres_host, "entire") as entire:
        if engine == "duckdb":
            grown, fresh = (
                Warehouse(engine, str(tmp_path / f"{name}.duckdb"), tmp_path) for name in ("parts", "entire")
            )
        else:
            grown, fresh = (Warehouse(engine, postgres_host, tmp_path, name) for name in (parts, entire))
        world.load(grown, chance)
        for warehouse in (grown, fresh):
            warehouse.build(command="seed", connected=["shopify", "stripe"])
        grown.build(*MODELS, *RATES, command="run")
        for step in range(2):
            changed(world, chance)
            world.load(grown, chance)
            if step == 1:
                grown.build(*BROKEN_OFF, *RATES, command="run")
                changed(world, chance)
                world.load(grown, chance)
            printed = grown.build(*MODELS, *RATES, command="run")
        in_parts = set(re.findall(r"model (\S+) \.* *\[[0-9]+ ROWS", printed))
        assert set(IN_PARTS) - in_parts == set()
        happened = {kind for (kind,) in grown.rows("SELECT DISTINCT kind FROM unified.identity_events")}
        assert {"create", "merge", "split"} <= happened
        world.load(fresh, chance)
        fresh.build(*MODELS, *RATES, command="run")
        assert [name for name in tables(fresh) if content(grown, name) != content(fresh, name)] == []
        before = {name: grown.table(name, without=()) for name in tables(grown)}
        world.load(grown, chance)
        grown.build(*MODELS, *RATES, command="run")
        assert [name for name, rows in before.items() if grown.table(name, without=()) != rows] == []
