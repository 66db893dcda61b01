"""What the shop or the billing desk asks Stripe to do, before it becomes intents, charges and refunds."""

from __future__ import annotations

from dataclasses import dataclass, field

from sandbox.business.model import Account, Address


@dataclass(slots=True)
class RefundDraft:
    """A refund to be made in Stripe."""

    id: str
    at: int
    amount: int
    reason: str | None
    metadata: tuple[tuple[str, str], ...] = ()


@dataclass(slots=True)
class PaymentDraft:
    """A payment to be taken by Stripe: attempts that failed, then one charge; money in minor units of `currency`."""

    truth: str
    intent: str
    charge: str
    at: int
    amount: int
    currency: str
    customer: Account | None
    email: str | None
    name: str | None
    address: Address | None
    description: str | None
    metadata: tuple[tuple[str, str], ...] = ()
    failures: list[tuple[int, str]] = field(default_factory=list)
    gives_up: bool = False  # no attempt succeeded
    authorized_only: bool = False
    captured_at: int | None = None  # for manual capture
    captured: int = 0
    canceled: int | None = None
    refunds: list[RefundDraft] = field(default_factory=list)
    invoice: str | None = None
