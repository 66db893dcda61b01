"""What exists in the pretend retailer's Stripe account."""

from __future__ import annotations

from dataclasses import dataclass

from sandbox.business.model import Address


@dataclass(frozen=True, slots=True)
class PaymentIntent:
    """A Stripe payment intent; `truth` is the order it pays or unpaired-..."""

    id: str  # pi_...
    truth: str
    created: int
    updated: int
    amount: int
    received: int
    currency: str
    status: str  # succeeded | requires_payment_method | requires_capture | canceled | processing
    customer: str | None
    email: str | None
    description: str | None
    metadata: tuple[tuple[str, str], ...]
    charge: str | None
    invoice: str | None = None
    capture_method: str = "automatic"
    canceled: int | None = None
    cancel_reason: str | None = None
    payment_method: str | None = None


@dataclass(frozen=True, slots=True)
class Charge:
    """A Stripe charge: one attempt of a payment intent."""

    id: str  # ch_...
    truth: str
    created: int
    updated: int
    amount: int
    captured: int
    refunded: int
    currency: str
    status: str  # succeeded | failed | pending
    failure: str | None  # card_declined | expired_card | insufficient_funds
    customer: str | None
    email: str | None
    name: str | None
    phone: str | None
    address: Address | None
    description: str | None
    metadata: tuple[tuple[str, str], ...]
    intent: str | None
    invoice: str | None
    balance_transaction: str | None
    card_brand: str
    card_last4: str
    card_country: str
    payment_method: str
    disputed: bool = False


@dataclass(frozen=True, slots=True)
class StripeRefund:
    """A Stripe refund of a charge."""

    id: str  # re_...
    truth: str
    created: int
    updated: int
    amount: int
    currency: str
    charge: str
    intent: str | None
    status: str  # succeeded | pending | failed
    reason: str | None
    balance_transaction: str | None
    metadata: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Dispute:
    """A Stripe dispute of a charge."""

    id: str  # dp_...
    truth: str
    created: int
    updated: int
    amount: int
    currency: str
    charge: str
    intent: str | None
    reason: str
    status: str  # needs_response | under_review | won | lost
    due_by: int
    balance_transactions: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class BalanceTransaction:
    """A movement of the Stripe balance, in the settlement currency; net = amount - fee."""

    id: str  # txn_...
    truth: str
    created: int
    updated: int
    available: int
    amount: int
    fee: int
    currency: str
    source: str  # id of the charge, refund, dispute or payout
    kind: str  # charge | refund | adjustment | payout | stripe_fee
    description: str | None
    exchange_rate: int | None  # millionths
    status: str  # pending | available
    payout: str | None


@dataclass(frozen=True, slots=True)
class Payout:
    """A Stripe payout to the retailer's bank account."""

    id: str  # po_...
    truth: str
    created: int
    updated: int
    arrival: int
    amount: int
    currency: str
    status: str  # pending | in_transit | paid | failed
    balance_transaction: str
    trace_id: str | None
    automatic: bool = True


@dataclass(frozen=True, slots=True)
class InvoiceLine:
    """A line of a Stripe invoice: a period of a subscription, or a one-off item."""

    id: str  # il_...
    truth: str
    amount: int
    currency: str
    description: str
    quantity: int
    price: str
    product: str
    period_start: int
    period_end: int
    subscription_item: str | None
    proration: bool = False


@dataclass(frozen=True, slots=True)
class Invoice:
    """A Stripe invoice with its lines."""

    id: str  # in_...
    truth: str
    created: int
    updated: int
    number: str | None
    customer: str
    subscription: str | None
    currency: str
    lines: tuple[InvoiceLine, ...]
    total: int
    paid: int
    status: str  # draft | open | paid | void | uncollectible
    billing_reason: str
    intent: str | None
    charge: str | None
    finalized: int | None
    paid_at: int | None
    attempts: int = 0


@dataclass(frozen=True, slots=True)
class Subscription:
    """A Stripe subscription of one price."""

    id: str  # sub_...
    truth: str
    created: int
    updated: int
    customer: str
    item: str  # si_...
    price: str
    product: str
    quantity: int
    currency: str
    status: str  # trialing | active | past_due | canceled
    period_start: int
    period_end: int
    latest_invoice: str | None
    payment_method: str | None
    cancel_at_period_end: bool = False
    canceled: int | None = None
    ended: int | None = None
