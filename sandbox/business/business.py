"""The pretend retailer with its whole history and its near future."""

from __future__ import annotations

from dataclasses import dataclass
from operator import attrgetter
from typing import Any

from sandbox.business.accounts import Accounts, make_accounts
from sandbox.business.basket import Shelf
from sandbox.business.campaigns import Advertising, make_advertising
from sandbox.business.catalogue import Catalogue, make_catalogue
from sandbox.business.chance import stream
from sandbox.business.charging import Cashier, Ledger
from sandbox.business.departures import make_departures
from sandbox.business.model import Person
from sandbox.business.office import make_relations
from sandbox.business.orders import Orders, make_orders
from sandbox.business.payments import BalanceTransaction, Payout
from sandbox.business.people import make_people
from sandbox.business.performance import Day, make_days
from sandbox.business.relations import Relations
from sandbox.business.settlement import settle
from sandbox.business.snapshot import Snapshot
from sandbox.business.spans import Span, span_around
from sandbox.business.subscriptions import Billing, make_billing
from sandbox.business.timeline import Collection, Timeline, collect


@dataclass(slots=True)
class History:
    """Every object with all its versions, by part of the business."""

    people: list[Person]
    accounts: Accounts
    catalogue: Catalogue
    advertising: Advertising
    orders: Orders
    billing: Billing
    ledger: Ledger
    balance: list[Timeline[BalanceTransaction]]
    payouts: list[Timeline[Payout]]
    relations: Relations
    days: list[Day]


def _generate(seed: int, people: int, span: Span) -> History:
    persons = make_people(seed, people)
    accounts = make_accounts(seed, persons, span)
    catalogue = make_catalogue(seed, span)
    advertising = make_advertising(seed, span)
    orders = make_orders(seed, persons, accounts, Shelf(catalogue), advertising.campaigns, span)
    billing = make_billing(stream(seed, "billing"), accounts, catalogue.prices, span)
    cashier = Cashier(stream(seed, "cashier"), span)
    for draft in sorted((*orders.payments, *billing.payments), key=attrgetter("at", "intent")):
        cashier.take(draft)
    balance, payouts = settle(stream(seed, "settlement"), cashier.ledger.movements, span)
    relations = make_relations(seed, persons, accounts, orders, catalogue.hubspot_products, advertising.campaigns, span)
    make_departures(stream(seed, "departures"), accounts, catalogue, orders, relations, span)
    days = make_days(stream(seed, "days"), advertising, orders.orders, span)
    return History(
        persons, accounts, catalogue, advertising, orders, billing, cashier.ledger, balance, payouts, relations, days
    )


class Business:
    """A retailer of `people` customers; the same seed, size and epoch (epoch seconds) give the same business.

    The history begins two years before `epoch` and goes on for sixty days after it.
    """

    def __init__(self, seed: int, people: int, epoch: int) -> None:
        self.seed, self.size, self.span = seed, people, span_around(epoch)
        self.history = _generate(seed, people, self.span)
        for timelines in self.timelines().values():
            timelines.sort(key=lambda timeline: timeline.versions[0].created)

    def timelines(self) -> dict[str, list[Timeline[Any]]]:
        """Return all timelines by the name of their collection in a snapshot."""
        made = self.history
        relations, ledger, catalogue, ads = made.relations, made.ledger, made.catalogue, made.advertising
        return {
            "shopify_customers": made.accounts.by_platform["shopify"],
            "products": catalogue.products,
            "locations": catalogue.locations,
            "inventory_levels": catalogue.inventory_levels,
            "discount_codes": catalogue.discount_codes,
            "orders": made.orders.orders,
            "checkouts": made.orders.checkouts,
            "contacts": made.accounts.by_platform["hubspot"],
            "companies": relations.companies,
            "hubspot_products": catalogue.hubspot_products,
            "deals": relations.deals,
            "line_items": relations.line_items,
            "tickets": relations.tickets,
            "engagements": relations.engagements,
            "owners": relations.owners,
            "pipelines": relations.pipelines,
            "marketing_campaigns": relations.campaigns,
            "marketing_emails": relations.emails,
            "stripe_customers": made.accounts.by_platform["stripe"],
            "stripe_products": catalogue.stripe_products,
            "prices": catalogue.prices,
            "payment_intents": ledger.intents,
            "charges": ledger.charges,
            "stripe_refunds": ledger.refunds,
            "disputes": ledger.disputes,
            "balance_transactions": made.balance,
            "payouts": made.payouts,
            "invoices": made.billing.invoices,
            "subscriptions": made.billing.subscriptions,
            "campaigns": ads.campaigns,
            "ad_groups": ads.ad_groups,
            "ads": ads.ads,
            "keywords": ads.keywords,
        }

    def snapshot(self, now: int) -> Snapshot:
        """Return everything that is known at `now` (epoch seconds, not after the end of the business's time)."""
        collections: dict[str, Collection[Any]] = {
            name: collect(timelines, now) for name, timelines in self.timelines().items()
        }
        return Snapshot(
            now=now,
            ads_accounts=tuple(self.history.advertising.accounts),
            campaign_days=tuple(day.known_at(now) for day in self.history.days if day.begins < now),
            **collections,
        )
