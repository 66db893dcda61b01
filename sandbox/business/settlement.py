"""How money on the Stripe balance becomes available and is paid out to the bank every day."""

from __future__ import annotations

from dataclasses import replace
from random import Random

from sandbox.business.chance import DAY, HOUR, stripe_id
from sandbox.business.charging import Movement
from sandbox.business.money import RATES, SHOP_CURRENCY, convert, share
from sandbox.business.payments import BalanceTransaction, Payout
from sandbox.business.spans import Span
from sandbox.business.timeline import Timeline

# One payout in this many is listed without one of its items: the difference a reconciliation has to find.
INCOMPLETE_EVERY = 40


def _settle(movement: Movement) -> BalanceTransaction:
    currency = movement.currency.upper()
    amount = convert(movement.amount, currency, SHOP_CURRENCY)
    fee = movement.dispute_fee
    if movement.kind == "charge":
        fee = share(amount, 29, 1000) + 30
    return BalanceTransaction(
        id=movement.id,
        truth=movement.truth,
        created=movement.at,
        updated=movement.at,
        available=(movement.at // DAY + 2) * DAY if movement.kind == "charge" else movement.at,
        amount=amount,
        fee=fee,
        currency="usd",
        source=movement.source,
        kind=movement.kind,
        description=movement.description,
        exchange_rate=None if currency == SHOP_CURRENCY else RATES[currency],
        status="pending" if movement.kind == "charge" else "available",
        payout=None,
    )


def _history(entry: BalanceTransaction) -> Timeline[BalanceTransaction]:
    if entry.status == "available":
        return Timeline([entry])
    return Timeline([entry, replace(entry, status="available", updated=entry.available)])


def _payout(rng: Random, at: int, amount: int) -> tuple[Timeline[Payout], Timeline[BalanceTransaction]]:
    made, moved = stripe_id(rng, "po"), stripe_id(rng, "txn")
    first = Payout(
        id=made,
        truth=made,
        created=at,
        updated=at,
        arrival=at // DAY * DAY + 2 * DAY,
        amount=amount,
        currency="usd",
        status="pending",
        balance_transaction=moved,
        trace_id=None,
    )
    sent = replace(first, status="in_transit", updated=at + 6 * HOUR)
    paid = replace(sent, status="paid", updated=first.arrival + 8 * HOUR, trace_id=f"{rng.randrange(10**14):015d}")
    entry = BalanceTransaction(
        id=moved,
        truth=made,
        created=at,
        updated=at,
        available=at,
        amount=-amount,
        fee=0,
        currency="usd",
        source=made,
        kind="payout",
        description="STRIPE PAYOUT",
        exchange_rate=None,
        status="available",
        payout=made,
    )
    return Timeline([first, sent, paid]), Timeline([entry])


def settle(
    rng: Random, movements: list[Movement], span: Span
) -> tuple[list[Timeline[BalanceTransaction]], list[Timeline[Payout]]]:
    """Return the balance's entries and the daily payouts; a payout is the sum of the net amounts of its items."""
    waiting = sorted((_settle(movement) for movement in movements), key=lambda e: (e.available, e.id))
    entries: list[Timeline[BalanceTransaction]] = []
    payouts: list[Timeline[Payout]] = []
    position, held = 0, list[BalanceTransaction]()
    for day in range(span.start // DAY, span.end // DAY + 1):
        at = day * DAY + 2 * HOUR
        while position < len(waiting) and waiting[position].available < at:
            held.append(waiting[position])
            position += 1
        amount = sum(entry.amount - entry.fee for entry in held)
        if amount <= 0:
            continue
        payout, own = _payout(rng, at, amount)
        hidden = held[0].id if len(held) > 1 and len(payouts) % INCOMPLETE_EVERY == INCOMPLETE_EVERY - 1 else None
        made = payout.versions[0].id
        entries.extend(_history(entry if entry.id == hidden else replace(entry, payout=made)) for entry in held)
        entries.append(own)
        payouts.append(payout)
        held = []
    entries.extend(_history(entry) for entry in (*held, *waiting[position:]))
    return entries, payouts
