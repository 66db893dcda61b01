"""How an order is paid: which transactions the shop writes down, and what Stripe is asked for."""

from __future__ import annotations

from dataclasses import dataclass, replace
from random import Random

from sandbox.business.chance import pick, token
from sandbox.business.drafts import PaymentDraft
from sandbox.business.model import Account, Order, Transaction
from sandbox.business.ordering_ids import OrderIds

WAYS = {"stripe": 900, "manual": 65, "gift_card": 15, "gift_card and stripe": 20}
# How the two sides refer to each other: the shop to Stripe, Stripe to the shop, both, or not at all.
REFERENCES = {"shop": 45, "both": 20, "stripe": 20, "none": 15}
DECLINES = ("card_declined", "insufficient_funds", "expired_card")


@dataclass(slots=True)
class PaymentPlan:
    """The first transactions of an order and its Stripe payment; `reference` says who mentions whom."""

    transactions: list[Transaction]
    draft: PaymentDraft | None
    reference: str
    authorized: bool = False


def _transaction(order: Order, ids: OrderIds, gateway: str, amount: int) -> Transaction:
    return Transaction(
        id=next(ids.transactions),
        truth=order.truth,
        kind="SALE",
        status="SUCCESS",
        gateway=gateway,
        amount=amount,
        currency=order.currency,
        created=order.created,
    )


def refer(rng: Random, transaction: Transaction, intent: str, charge: str) -> Transaction:
    """Return the shop's transaction with Stripe's ids in one of the places where apps put them."""
    where = rng.choice(("payment_id", "authorization", "receipt"))
    if where == "payment_id":
        return replace(transaction, payment_id=intent)
    if where == "authorization":
        return replace(transaction, authorization=charge)
    receipt = (("id", charge), ("object", "charge"), ("payment_intent", intent))
    return replace(transaction, receipt=receipt)


def _draft(rng: Random, order: Order, customer: Account | None, ids: OrderIds, amount: int) -> PaymentDraft:
    name = None
    if customer is not None and customer.first_name and customer.last_name:
        name = f"{customer.first_name} {customer.last_name}"
    return PaymentDraft(
        truth=order.truth,
        intent=ids.stripe("pi"),
        charge=ids.stripe("ch"),
        at=order.created - rng.randint(1, 50),
        amount=amount,
        currency=order.currency.lower(),
        customer=customer,
        email=order.email,
        name=name,
        address=order.billing,
        description=f"Order {order.name}" if rng.random() < 0.3 else None,
    )


def _metadata(rng: Random, order: Order) -> tuple[tuple[str, str], ...]:
    digits = order.id.rpartition("/")[2]
    return rng.choice(
        (
            (("order_id", digits),),
            (("order_number", str(order.number)),),
            (("order_id", digits), ("order_number", order.name)),
        )
    )


def pay(rng: Random, order: Order, customer: Account | None, ids: OrderIds) -> PaymentPlan:
    """Return how this order is paid at its creation."""
    if order.test:
        return PaymentPlan([_transaction(order, ids, "bogus", order.total)], None, "none")
    way = pick(rng, WAYS)
    reference = pick(rng, REFERENCES)
    if way == "manual":
        pending = replace(_transaction(order, ids, "manual", order.total), status="PENDING")
        return PaymentPlan([pending], None, reference)
    if way == "gift_card":
        return PaymentPlan([_transaction(order, ids, "gift_card", order.total)], None, reference)
    by_card = order.total if way == "stripe" else order.total - order.total // 30 * 10
    plan = PaymentPlan([], None, reference)
    if by_card != order.total:
        plan.transactions.append(_transaction(order, ids, "gift_card", order.total - by_card))
    _by_card(rng, order, customer, ids, by_card, plan)
    return plan


def _by_card(
    rng: Random, order: Order, customer: Account | None, ids: OrderIds, amount: int, plan: PaymentPlan
) -> None:
    draft = _draft(rng, order, customer, ids, amount)
    if plan.reference in ("stripe", "both"):
        draft.metadata = _metadata(rng, order)
    main = _transaction(order, ids, "stripe", amount)
    if rng.random() < 0.07:
        code = rng.choice(DECLINES)
        draft.failures = [(draft.at - 90, code)]
        failed = replace(main, id=next(ids.transactions), status="FAILURE", error_code=code.upper())
        plan.transactions.append(replace(failed, created=order.created - 60))
    plan.authorized = draft.authorized_only = rng.random() < 0.1
    if plan.authorized:
        main = replace(main, kind="AUTHORIZATION")
    if plan.reference in ("shop", "both"):
        main = refer(rng, main, draft.intent, draft.charge)
    elif rng.random() < 0.5:
        main = replace(main, payment_id=f"r{token(rng, 22)}.1")
    one_sided = rng.random()
    if one_sided < 0.985:
        plan.transactions.append(main)
    # A few payments never reached Stripe's books, a few never the shop's.
    if not 0.97 < one_sided < 0.985:
        plan.draft = draft
