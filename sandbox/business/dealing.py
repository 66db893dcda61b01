"""HubSpot's deals: of shop orders, and of sales that never reached the shop."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from itertools import count
from random import Random

from sandbox.business.accounts import Accounts
from sandbox.business.chance import DAY
from sandbox.business.crm import Deal, LineItem
from sandbox.business.model import Account, ForeignProduct, Order, OrderLine
from sandbox.business.relations import Relations
from sandbox.business.spans import Span
from sandbox.business.timeline import Timeline


class _Desk:
    def __init__(self, rng: Random, made: Relations, products: list[Timeline[ForeignProduct]]) -> None:
        self.rng = rng
        self.made = made
        self.products = {t.versions[0].truth: t.versions[0] for t in products}
        self.deal_ids = (str(15_000_000_000 + 773 * n) for n in count(1))
        self.item_ids: Iterator[str] = (str(7_000_000_000 + 311 * n) for n in count(1))

    def of_order(self, timeline: Timeline[Order], contact: Account) -> None:
        """Write the deal that an integration makes of an order: won when paid, lost when cancelled."""
        order = timeline.versions[0]
        at = order.created + self.rng.randint(60, 1800)
        deal = Deal(
            id=next(self.deal_ids),
            truth=order.truth,
            created=at,
            updated=at,
            name=f"Order {order.name}",
            amount=order.total,
            currency=order.currency,
            pipeline="default",
            stage="closedwon",
            order_number=str(order.number) if self.rng.random() < 0.85 else None,
            close_date=at,
            contact=contact.id,
            company=contact.company,
            owner=contact.owner,
        )
        items = tuple(self._item_of(deal, line) for line in order.lines)
        deal = replace(deal, line_items=items)
        versions = [deal]
        cancelled = timeline.versions[-1].cancelled
        if cancelled:
            versions.append(replace(deal, stage="closedlost", updated=max(cancelled + 900, at + 1)))
        self.made.deals.append(Timeline(versions))

    def _item_of(self, deal: Deal, line: OrderLine) -> str:
        # A variant's truth begins with its product's.
        product = line.truth[: len("product-0001")]
        return self._item(deal, product, line.title, line.sku, line.quantity, line.unit_price, line.discount)

    def _item(
        self, deal: Deal, product: str, name: str, sku: str | None, quantity: int, price: int, discount: int
    ) -> str:
        known = self.products.get(product)
        item = LineItem(
            id=next(self.item_ids),
            truth=product,
            created=deal.created,
            updated=deal.created,
            deal=deal.id,
            product=known.id if known and known.created <= deal.created else None,
            name=known.name if known else name,
            sku=sku,
            quantity=quantity,
            price=price,
            discount=discount,
            currency=deal.currency,
        )
        self.made.line_items.append(Timeline([item]))
        return item.id

    def own(self, contact: Account, at: int, number: int) -> None:
        """Write a deal that goes through the stages on its own."""
        rng = self.rng
        deal = Deal(
            id=next(self.deal_ids),
            truth=f"deal-{number:05d}",
            created=at,
            updated=at,
            name=f"Equipment for {contact.company_name or contact.last_name or 'a client'}",
            amount=rng.randint(5, 120) * 10_000,
            currency="USD",
            pipeline="default",
            stage="appointmentscheduled",
            order_number=None,
            close_date=at + 45 * DAY,
            contact=contact.id,
            company=contact.company,
            owner=contact.owner,
        )
        service = next(p for p in self.products.values() if p.sku is None)
        deal = replace(deal, line_items=(self._item(deal, service.truth, service.name, None, 1, deal.amount, 0),))
        versions = [deal]
        for stage in ("qualifiedtobuy", "contractsent", rng.choice(("closedwon", "closedlost"))):
            moved = versions[-1].updated + rng.randint(2 * DAY, 25 * DAY)
            versions.append(replace(versions[-1], stage=stage, updated=moved))
            if stage.startswith("closed"):
                versions[-1] = replace(versions[-1], close_date=moved)
        self.made.deals.append(Timeline(versions))


def make_deals(
    rng: Random,
    made: Relations,
    accounts: Accounts,
    orders: list[Timeline[Order]],
    products: list[Timeline[ForeignProduct]],
    span: Span,
) -> None:
    """Add deals for two in five orders of people who are contacts, and one own deal for every tenth contact."""
    desk = _Desk(rng, made, products)
    wanted: list[tuple[int, Timeline[Order] | None, Account]] = []
    for timeline in orders:
        order = timeline.versions[0]
        known = [t.at(order.created) for t in accounts.of(order.person, "hubspot")]
        contact = next((c for c in known if c is not None), None)
        if contact is not None and not order.test and rng.random() < 0.4:
            wanted.append((order.created, timeline, contact))
    for account in accounts.by_platform["hubspot"]:
        if rng.random() < 0.1:
            first = account.versions[0]
            wanted.append((rng.randint(first.created, span.end), None, first))
    wanted.sort(key=lambda deal: (deal[0], deal[2].id))
    for number, (at, source, contact) in enumerate(wanted, start=1):
        if source is not None:
            desk.of_order(source, contact)
        else:
            desk.own(contact, at, number)
