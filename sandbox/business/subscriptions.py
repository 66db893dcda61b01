"""What Stripe bills without the shop: subscriptions with their invoices, one-off invoices, and orders by telephone."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from random import Random

from sandbox.business.accounts import Accounts
from sandbox.business.chance import DAY, HOUR, stripe_id
from sandbox.business.drafts import PaymentDraft
from sandbox.business.model import Account, Price
from sandbox.business.payments import Invoice, InvoiceLine, Subscription
from sandbox.business.spans import Span
from sandbox.business.timeline import Timeline

PERIODS = {"month": 30 * DAY, "year": 365 * DAY}


@dataclass(slots=True)
class Billing:
    """Subscriptions and invoices with history, and the payments they ask for."""

    subscriptions: list[Timeline[Subscription]] = field(default_factory=list)
    invoices: list[Timeline[Invoice]] = field(default_factory=list)
    payments: list[PaymentDraft] = field(default_factory=list)


class BillingDesk:
    """Writes subscriptions, invoices and telephone orders for Stripe customers."""

    def __init__(self, rng: Random, span: Span, prices: list[Timeline[Price]]) -> None:
        self.rng = rng
        self.span = span
        self.plans = [t.versions[0] for t in prices if t.versions[0].interval]
        self.single = [t.versions[0] for t in prices if not t.versions[0].interval]
        self.made = Billing()

    def _payment(self, customer: Account, at: int, amount: int, description: str, invoice: str | None) -> PaymentDraft:
        names = (customer.first_name, customer.last_name)
        draft = PaymentDraft(
            truth=f"unpaired-{len(self.made.payments) + 1:06d}",
            intent=stripe_id(self.rng, "pi"),
            charge=stripe_id(self.rng, "ch"),
            at=at,
            amount=amount,
            currency="usd",
            customer=customer,
            email=customer.email,
            name=" ".join(name for name in names if name) or None,
            address=customer.address,
            description=description,
            invoice=invoice,
        )
        self.made.payments.append(draft)
        return draft

    def _line(self, price: Price, start: int, end: int, item: str | None) -> InvoiceLine:
        return InvoiceLine(
            id=stripe_id(self.rng, "il"),
            truth=price.truth,
            amount=price.unit_amount,
            currency="usd",
            description=f"1 x {price.nickname or 'item'} (at ${price.unit_amount / 100:.2f})",
            quantity=1,
            price=price.id,
            product=price.product,
            period_start=start,
            period_end=end,
            subscription_item=item,
        )

    def bill(self, customer: Account, at: int, line: InvoiceLine, subscription: str | None, reason: str) -> str:
        """Write an invoice of one line with its payment; return what became of it (paid, open or uncollectible)."""
        made = stripe_id(self.rng, "in")
        draft = self._payment(customer, at + HOUR + 60, line.amount, f"Invoice {made[-6:]}", made)
        chance = self.rng.random()
        outcome = "paid" if chance < 0.95 else "uncollectible"
        if chance > 0.9:
            draft.failures = [(draft.at, "card_declined")]
            draft.at += 3 * DAY
        draft.gives_up = outcome != "paid"
        first = _drafted(made, draft.truth, customer, at, line, subscription, reason)
        number = f"{customer.id[-6:].upper()}-{len(self.made.invoices) + 1:04d}"
        opened = replace(
            first, status="open", number=number, intent=draft.intent, finalized=at + HOUR, updated=at + HOUR
        )
        versions = [first, opened]
        if draft.failures:
            versions.append(replace(opened, attempts=1, updated=draft.failures[0][0] + 2))
        attempts = len(draft.failures) + (outcome == "paid")
        if outcome == "paid":
            done = replace(versions[-1], status="paid", paid=line.amount, charge=draft.charge, paid_at=draft.at + 4)
            versions.append(replace(done, attempts=attempts, updated=draft.at + 4))
        else:
            versions.append(replace(versions[-1], status="uncollectible", updated=draft.at + 20 * DAY))
        self.made.invoices.append(Timeline(versions))
        return outcome

    def _begun(self, customer: Account, plan: Price, at: int, period: int) -> Subscription:
        return Subscription(
            id=stripe_id(self.rng, "sub"),
            truth=f"subscription-{len(self.made.subscriptions) + 1:05d}",
            created=at,
            updated=at,
            customer=customer.id,
            item=stripe_id(self.rng, "si"),
            price=plan.id,
            product=plan.product,
            quantity=1,
            currency="usd",
            status="active",
            period_start=at,
            period_end=at + period,
            latest_invoice=None,
            payment_method=stripe_id(self.rng, "pm"),
        )

    def subscribe(self, customer: Account, at: int) -> None:
        """Write a subscription from `at` on, invoice by invoice, until it ends or the business's time does."""
        rng, plan = self.rng, self.rng.choice(self.plans)
        period = PERIODS[plan.interval or "month"]
        first = self._begun(customer, plan, at, period)
        versions, start, reason = [first], at, "subscription_create"
        while start <= self.span.end:
            line = self._line(plan, start, start + period, first.item)
            outcome = self.bill(customer, start, line, first.id, reason)
            latest = self.made.invoices[-1].versions[0].id
            versions.append(
                replace(
                    versions[-1],
                    period_start=start,
                    period_end=start + period,
                    latest_invoice=latest,
                    updated=start + 5,
                )
            )
            reason = "subscription_cycle"
            if outcome != "paid":
                failed = start + 2 * HOUR
                versions.append(replace(versions[-1], status="past_due", updated=failed))
                versions.append(_ended(versions[-1], start + 22 * DAY))
                break
            if rng.random() < 0.05:
                asked = start + period // 2
                stop = replace(versions[-1], cancel_at_period_end=True, canceled=asked, updated=asked)
                versions.extend((stop, _ended(stop, start + period)))
                break
            start += period
        self.made.subscriptions.append(Timeline(versions))

    def telephone_order(self, customer: Account, at: int) -> None:
        """Write a charge that no shop order belongs to."""
        self._payment(customer, at, self.rng.randint(15, 400) * 100, "Phone order", None)

    def single_invoice(self, customer: Account, at: int) -> None:
        """Write an invoice outside any subscription."""
        self.bill(customer, at, self._line(self.rng.choice(self.single), at, at, None), None, "manual")


def _drafted(
    made: str, truth: str, customer: Account, at: int, line: InvoiceLine, subscription: str | None, reason: str
) -> Invoice:
    return Invoice(
        id=made,
        truth=truth,
        created=at,
        updated=at,
        number=None,
        customer=customer.id,
        subscription=subscription,
        currency="usd",
        lines=(line,),
        total=line.amount,
        paid=0,
        status="draft",
        billing_reason=reason,
        intent=None,
        charge=None,
        finalized=None,
        paid_at=None,
    )


def _ended(subscription: Subscription, at: int) -> Subscription:
    return replace(subscription, status="canceled", canceled=subscription.canceled or at, ended=at, updated=at)


def make_billing(rng: Random, accounts: Accounts, prices: list[Timeline[Price]], span: Span) -> Billing:
    """Return what Stripe bills on its own to about a fifth of its customers."""
    desk = BillingDesk(rng, span, prices)
    for timeline in accounts.by_platform["stripe"]:
        customer = timeline.versions[0]
        at = rng.randint(customer.created, span.end)
        chance = rng.random()
        if chance < 0.1:
            desk.subscribe(customer, customer.created + rng.randint(60, 20 * DAY))
        elif chance < 0.14:
            desk.single_invoice(customer, at)
        elif chance < 0.2:
            desk.telephone_order(customer, at)
    return desk.made
