"""The shop's orders and abandoned checkouts, and the payments they ask Stripe for."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from itertools import count
from random import Random

from sandbox.business.accounts import Accounts
from sandbox.business.advertising import Campaign
from sandbox.business.basket import Basket, Shelf
from sandbox.business.chance import DAY, HOUR, stream
from sandbox.business.dirt import spell_email
from sandbox.business.drafts import PaymentDraft
from sandbox.business.lifecycle import Story, live_through
from sandbox.business.model import Account, Checkout, Order, Person, Visit
from sandbox.business.money import RATES, SHOP_CURRENCY
from sandbox.business.ordering_ids import OrderIds
from sandbox.business.payment_plan import pay
from sandbox.business.spans import Span
from sandbox.business.timeline import Timeline
from sandbox.business.visits import make_visit


@dataclass(frozen=True, slots=True)
class Purchase:
    """Somebody buys at a moment, with an account or as a guest."""

    at: int
    person: Person
    account: Timeline[Account]
    guest: bool


@dataclass(slots=True)
class Orders:
    """Orders and checkouts with history, and what Stripe is asked to do for them."""

    orders: list[Timeline[Order]] = field(default_factory=list)
    checkouts: list[Timeline[Checkout]] = field(default_factory=list)
    payments: list[PaymentDraft] = field(default_factory=list)


def _purchases(rng: Random, people: list[Person], accounts: Accounts, span: Span) -> list[Purchase]:
    made: list[Purchase] = []
    for person in people:
        for account in accounts.of(person.id, "shopify"):
            born = account.versions[0].created
            for _ in range(rng.choice((0, 0, 1, 1, 1, 2, 2, 3, 4, 7))):
                at = born + int((span.end - born) * rng.random() ** 1.3)
                made.append(Purchase(max(at, born + 30), person, account, rng.random() < 0.06))
    made.sort(key=lambda purchase: (purchase.at, purchase.person.id))
    return made


def _order(rng: Random, purchase: Purchase, basket: Basket, number: int, visit: Visit | None) -> Order:
    known = purchase.account.at(purchase.at) or purchase.account.versions[0]
    person, source = purchase.person, "pos" if rng.random() < 0.04 else "web"
    ship_to = known.address or person.address
    return Order(
        id=f"gid://shopify/Order/{5_600_000_000_000 + 32_768 * number}",
        truth=f"order-{number:06d}",
        person=person.id,
        number=1000 + number,
        name=f"#{1000 + number}",
        created=purchase.at,
        updated=purchase.at,
        customer=None if purchase.guest else known.id,
        email=spell_email(rng, person.email) if purchase.guest or known.email is None else known.email,
        phone=known.phone,
        currency=basket.currency,
        rate=RATES[basket.currency],
        lines=basket.lines,
        subtotal=basket.subtotal,
        discount=basket.discount,
        discount_code=basket.discount_code,
        shipping=basket.shipping,
        shipping_title=basket.shipping_title,
        tax=basket.tax,
        tip=basket.tip,
        total=basket.total,
        billing=ship_to if rng.random() < 0.9 else person.old_address or person.address,
        shipping_address=None if source == "pos" else ship_to,
        visit=visit if source == "web" else None,
        financial="PENDING",
        fulfilment="UNFULFILLED",
        test=rng.random() < 0.008,
        source=source,
        tags=("gift",) if rng.random() < 0.04 else (),
        note="Please leave at the door" if rng.random() < 0.04 else None,
    )


def _checkout(rng: Random, purchase: Purchase, basket: Basket, number: int, visit: Visit | None) -> Timeline[Checkout]:
    known = purchase.account.at(purchase.at) or purchase.account.versions[0]
    first = Checkout(
        id=f"gid://shopify/AbandonedCheckout/{31_000_000_000_000 + 32_768 * number}",
        truth=f"checkout-{number:06d}",
        person=purchase.person.id,
        created=purchase.at,
        updated=purchase.at,
        customer=None if purchase.guest else known.id,
        email=known.email,
        currency=basket.currency,
        rate=RATES[basket.currency],
        lines=basket.lines,
        subtotal=basket.subtotal,
        tax=basket.tax,
        total=basket.total,
        shipping_address=known.address,
        visit=visit,
    )
    versions = [first]
    if rng.random() < 0.15:
        back = purchase.at + rng.randint(2 * HOUR, 3 * DAY)
        versions.append(replace(first, completed=back, updated=back))
    return Timeline(versions)


def _currency(rng: Random, person: Person) -> str:
    return person.currency if rng.random() < 0.9 else SHOP_CURRENCY


def _stripe_customer(accounts: Accounts, person: Person, at: int) -> Account | None:
    known = [timeline.at(at) for timeline in accounts.of(person.id, "stripe")]
    return next((account for account in known if account is not None), None)


def make_orders(
    seed: int,
    people: list[Person],
    accounts: Accounts,
    shelf: Shelf,
    campaigns: list[Timeline[Campaign]],
    span: Span,
) -> Orders:
    """Return every order with all it goes through, numbered in the order of creation."""
    rng, made, ids = stream(seed, "orders"), Orders(), OrderIds(stream(seed, "order ids"))
    numbers: Iterator[int] = count(1)
    for purchase in _purchases(rng, people, accounts, span):
        currency = _currency(rng, purchase.person)
        basket = shelf.fill(rng, purchase.at, currency, ids.lines)
        visit = make_visit(rng, campaigns, purchase.at, currency)
        if rng.random() < 0.09:
            checkout = _checkout(rng, purchase, basket, len(made.checkouts) + 1, visit)
            made.checkouts.append(checkout)
            continue
        order = _order(rng, purchase, basket, next(numbers), visit)
        story = Story(order, pay(rng, order, _stripe_customer(accounts, purchase.person, purchase.at), ids))
        made.orders.append(live_through(rng, story, ids, span))
        if story.plan.draft is not None:
            made.payments.append(story.plan.draft)
    return made
