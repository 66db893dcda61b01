"""How Stripe carries out a payment: intent, failed attempts, charge, capture, refunds, dispute."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from random import Random

from sandbox.business.chance import DAY, pick, stripe_id
from sandbox.business.drafts import PaymentDraft, RefundDraft
from sandbox.business.payments import Charge, Dispute, PaymentIntent, StripeRefund
from sandbox.business.spans import Span
from sandbox.business.timeline import Timeline

BRANDS = {"visa": 55, "mastercard": 30, "amex": 10, "discover": 5}
REASONS = ("fraudulent", "product_not_received", "duplicate", "product_unacceptable")


@dataclass(frozen=True, slots=True)
class Movement:
    """Money that moved on the Stripe balance: `amount` in minor units of the charge's own currency."""

    id: str  # txn_...
    at: int
    source: str
    kind: str
    truth: str
    amount: int
    currency: str
    description: str | None
    dispute_fee: int = 0


@dataclass(slots=True)
class Ledger:
    """Everything Stripe recorded about payments, with history."""

    intents: list[Timeline[PaymentIntent]] = field(default_factory=list)
    charges: list[Timeline[Charge]] = field(default_factory=list)
    refunds: list[Timeline[StripeRefund]] = field(default_factory=list)
    disputes: list[Timeline[Dispute]] = field(default_factory=list)
    movements: list[Movement] = field(default_factory=list)


def _first_charge(rng: Random, draft: PaymentDraft, payment_method: str) -> Charge:
    return Charge(
        id=draft.charge,
        truth=draft.truth,
        created=draft.at + 2,
        updated=draft.at + 2,
        amount=draft.amount,
        captured=0 if draft.authorized_only else draft.amount,
        refunded=0,
        currency=draft.currency,
        status="succeeded",
        failure=None,
        customer=draft.customer.id if draft.customer else None,
        email=draft.email,
        name=draft.name,
        phone=None,
        address=draft.address,
        description=draft.description,
        metadata=draft.metadata,
        intent=draft.intent,
        invoice=draft.invoice,
        balance_transaction=None,
        card_brand=pick(rng, BRANDS),
        card_last4=f"{rng.randrange(10_000):04d}",
        card_country=draft.address.country if draft.address else "US",
        payment_method=payment_method,
    )


def _first_intent(draft: PaymentDraft, created: int, payment_method: str) -> PaymentIntent:
    return PaymentIntent(
        id=draft.intent,
        truth=draft.truth,
        created=created,
        updated=created,
        amount=draft.amount,
        received=0,
        currency=draft.currency,
        status="requires_payment_method",
        customer=draft.customer.id if draft.customer else None,
        email=draft.email,
        description=draft.description,
        metadata=draft.metadata,
        charge=None,
        invoice=draft.invoice,
        capture_method="manual" if draft.authorized_only else "automatic",
        payment_method=payment_method,
    )


class Cashier:
    """Carries out payment drafts one after another and writes the ledger."""

    def __init__(self, rng: Random, span: Span) -> None:
        self.rng = rng
        self.span = span
        self.ledger = Ledger()

    def take(self, draft: PaymentDraft) -> None:
        """Carry out one payment with all that follows from it."""
        rng, method = self.rng, stripe_id(self.rng, "pm")
        model = _first_charge(rng, draft, method)
        created = min([draft.at, *(at - 5 for at, _ in draft.failures)])
        intents = [_first_intent(draft, created, method)]
        for at, code in draft.failures:
            failed = replace(
                model, id=stripe_id(rng, "ch"), created=at, updated=at, status="failed", failure=code, captured=0
            )
            self.ledger.charges.append(Timeline([failed]))
            intents.append(replace(intents[-1], charge=failed.id, updated=at + 1))
        if draft.gives_up:
            self.ledger.intents.append(Timeline(intents))
            return
        charges = self._charge(draft, model)
        held = replace(intents[-1], charge=model.id, updated=draft.at + 3)
        if draft.authorized_only:
            intents.append(replace(held, status="requires_capture"))
            intents.extend(_end_of_hold(draft, intents[-1]))
        else:
            intents.append(replace(held, status="succeeded", received=draft.amount))
        self.ledger.intents.append(Timeline(intents))
        self.ledger.charges.append(Timeline(charges))

    def _charge(self, draft: PaymentDraft, model: Charge) -> list[Charge]:
        charges = [model]
        if draft.authorized_only:
            if draft.canceled:
                charges.append(replace(model, refunded=model.amount, updated=draft.canceled))
            if not draft.captured_at:
                return charges
            moved = self._move(draft.captured_at + 1, model.id, "charge", draft, draft.captured)
            charges.append(
                replace(model, captured=draft.captured, balance_transaction=moved, updated=draft.captured_at + 1)
            )
        else:
            moved = self._move(model.created, model.id, "charge", draft, draft.amount)
            charges = [replace(model, balance_transaction=moved)]
        for back in sorted(draft.refunds, key=lambda refund: refund.at):
            at = max(back.at, charges[-1].updated + 1)
            self._refund(draft, back, at)
            charges.append(replace(charges[-1], refunded=charges[-1].refunded + back.amount, updated=at))
        if not draft.refunds and self.rng.random() < 0.006:
            charges.extend(self._dispute(draft, charges[-1]))
        return charges

    def _move(self, at: int, source: str, kind: str, draft: PaymentDraft, amount: int, fee: int = 0) -> str:
        made = stripe_id(self.rng, "txn")
        self.ledger.movements.append(
            Movement(made, at, source, kind, draft.truth, amount, draft.currency, draft.description, fee)
        )
        return made

    def _refund(self, draft: PaymentDraft, back: RefundDraft, at: int) -> None:
        moved = self._move(at, back.id, "refund", draft, -back.amount)
        first = StripeRefund(
            id=back.id,
            truth=draft.truth,
            created=at,
            updated=at,
            amount=back.amount,
            currency=draft.currency,
            charge=draft.charge,
            intent=draft.intent,
            status="succeeded",
            reason=back.reason,
            balance_transaction=moved,
            metadata=back.metadata,
        )
        self.ledger.refunds.append(Timeline([first]))

    def _dispute(self, draft: PaymentDraft, charge: Charge) -> list[Charge]:
        at = charge.updated + self.rng.randint(5 * DAY, 30 * DAY)
        if at > self.span.end:
            return []
        made = stripe_id(self.rng, "dp")
        taken = self._move(at, made, "adjustment", draft, -charge.captured, 1500)
        first = Dispute(
            id=made,
            truth=draft.truth,
            created=at,
            updated=at,
            amount=charge.captured,
            currency=draft.currency,
            charge=charge.id,
            intent=draft.intent,
            reason=self.rng.choice(REASONS),
            status="needs_response",
            due_by=at + 9 * DAY,
            balance_transactions=(taken,),
        )
        answered = replace(first, status="under_review", updated=at + self.rng.randint(DAY, 8 * DAY))
        closed = answered.updated + self.rng.randint(20 * DAY, 40 * DAY)
        won = self.rng.random() < 0.4
        end = replace(answered, status="won" if won else "lost", updated=closed)
        if won and closed <= self.span.end:
            back = self._move(closed, made, "adjustment", draft, charge.captured)
            end = replace(end, balance_transactions=(taken, back))
        self.ledger.disputes.append(Timeline([first, answered, end]))
        return [replace(charge, disputed=True, updated=at)]


def _end_of_hold(draft: PaymentDraft, held: PaymentIntent) -> list[PaymentIntent]:
    if draft.captured_at:
        return [replace(held, status="succeeded", received=draft.captured, updated=draft.captured_at + 2)]
    if draft.canceled:
        return [
            replace(
                held,
                status="canceled",
                canceled=draft.canceled,
                cancel_reason="requested_by_customer",
                updated=draft.canceled + 1,
            )
        ]
    return []
