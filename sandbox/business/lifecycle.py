"""What an order goes through: payment, capture, shipping, edits, refunds, cancellation."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from random import Random

from sandbox.business.chance import DAY, HOUR, token
from sandbox.business.drafts import RefundDraft
from sandbox.business.model import Fulfillment, Order, OrderLine, Refund, RefundLine, Transaction
from sandbox.business.money import share
from sandbox.business.ordering_ids import OrderIds
from sandbox.business.payment_plan import PaymentPlan
from sandbox.business.spans import Span
from sandbox.business.timeline import Timeline

CARRIERS = ("UPS", "DHL", "FedEx", "USPS")
Step = Callable[[Order, int], Order]


@dataclass(slots=True)
class Story:
    """An order and what is going to happen to it."""

    order: Order
    plan: PaymentPlan
    steps: list[tuple[int, Step]] = field(default_factory=list)


def _received(order: Order) -> int:
    paid = sum(t.amount for t in order.transactions if t.status == "SUCCESS" and t.kind in ("SALE", "CAPTURE"))
    return paid - sum(t.amount for t in order.transactions if t.status == "SUCCESS" and t.kind == "REFUND")


def _refunded(order: Order) -> int:
    return sum(refund.total for refund in order.refunds)


def financial_status(order: Order) -> str:
    """Return the shop's word for how far an order is paid."""
    good = [t for t in order.transactions if t.status == "SUCCESS"]
    paid = sum(t.amount for t in good if t.kind in ("SALE", "CAPTURE"))
    if any(t.kind == "VOID" for t in good):
        return "VOIDED"
    if _refunded(order):
        return "REFUNDED" if _refunded(order) >= paid else "PARTIALLY_REFUNDED"
    if paid >= order.total:
        return "PAID"
    if paid:
        return "PARTIALLY_PAID"
    return "AUTHORIZED" if any(t.kind == "AUTHORIZATION" for t in good) else "PENDING"


def live_through(rng: Random, story: Story, ids: OrderIds, span: Span) -> Timeline[Order]:
    """Return the order with every version it goes through until the end of the business's time."""
    first = replace(story.order, transactions=tuple(story.plan.transactions))
    first = replace(first, financial=financial_status(first))
    _plan_steps(rng, story, ids)
    versions = [first]
    for at, step in sorted(story.steps, key=lambda planned: planned[0]):
        moment = max(at, versions[-1].updated + 1)
        if moment > span.end:
            break
        changed = step(versions[-1], moment)
        if changed is not versions[-1]:
            versions.append(replace(changed, financial=financial_status(changed), updated=moment))
    deleted = versions[-1].updated + 9 * DAY if story.order.test and rng.random() < 0.5 else None
    return Timeline(versions, deleted)


def _plan_steps(rng: Random, story: Story, ids: OrderIds) -> None:
    order, created, chance = story.order, story.order.created, rng.random()
    shipped = created + rng.randint(6 * HOUR, 4 * DAY)
    gateway = next((t.gateway for t in story.plan.transactions if t.gateway != "gift_card"), "")
    if gateway == "manual":
        story.steps.append((created + rng.randint(DAY, 8 * DAY), _settle_by_hand))
    if chance < 0.03:
        story.steps.append((created + rng.randint(HOUR, 5 * HOUR), _cancel(rng, story, ids)))
        return
    if story.plan.authorized:
        story.steps.append((shipped - HOUR, _capture(rng, story, ids)))
    story.steps.append((shipped, _fulfil(rng, ids, whole=rng.random() < 0.93)))
    story.steps.append((shipped + 2 * DAY, _fulfil(rng, ids, whole=True)))
    story.steps.append((shipped + rng.randint(DAY, 7 * DAY), _deliver))
    if rng.random() < 0.12:
        story.steps.append((shipped + rng.randint(2 * DAY, 30 * DAY), _refund(rng, story, ids)))
    if rng.random() < 0.03 and len(order.lines) > 1:
        story.steps.append((created + rng.randint(600, 5 * HOUR), _edit(rng, story, ids)))
    if rng.random() < 0.08:
        story.steps.append((created + rng.randint(HOUR, 60 * DAY), _tag))


def _tag(order: Order, _at: int) -> Order:
    return replace(order, tags=tuple(sorted({*order.tags, "follow-up"})))


def _deliver(order: Order, at: int) -> Order:
    if not order.fulfillments or order.cancelled:
        return order
    done = tuple(replace(f, delivered=at, updated=at) for f in order.fulfillments)
    return replace(order, fulfillments=done)


def _settle_by_hand(order: Order, _at: int) -> Order:
    if order.cancelled:
        return order
    done = tuple(replace(t, status="SUCCESS") if t.status == "PENDING" else t for t in order.transactions)
    return replace(order, transactions=done)


def _capture(rng: Random, story: Story, ids: OrderIds) -> Step:
    partial = rng.random() < 0.2

    def step(order: Order, at: int) -> Order:
        draft = story.plan.draft
        held = next((t for t in order.transactions if t.kind == "AUTHORIZATION"), None)
        amount = held.amount if held else (draft.amount if draft else 0)
        taken = amount * 4 // 50 * 10 if partial else amount
        if draft is not None:
            draft.captured_at, draft.captured = at, taken
        if held is None:
            return order
        capture = replace(held, id=next(ids.transactions), kind="CAPTURE", amount=taken, created=at, parent=held.id)
        return replace(order, transactions=(*order.transactions, capture))

    return step


def _fulfil(rng: Random, ids: OrderIds, *, whole: bool) -> Step:
    def step(order: Order, at: int) -> Order:
        sent: dict[str, int] = {}
        for fulfillment in order.fulfillments:
            for line, quantity in fulfillment.lines:
                sent[line] = sent.get(line, 0) + quantity
        left = [(line.id, line.quantity - line.removed - sent.get(line.id, 0)) for line in order.lines]
        left = [(line, quantity) for line, quantity in left if quantity > 0]
        if not left or order.cancelled:
            return order
        part = left if whole or len(left) == 1 else left[:1]
        shipment = Fulfillment(
            id=next(ids.fulfillments),
            truth=order.truth,
            created=at,
            updated=at,
            status="SUCCESS",
            carrier=rng.choice(CARRIERS),
            tracking=f"1Z{token(rng, 16).upper()}",
            location=f"gid://shopify/Location/{65_000_000_002 if order.currency in ('EUR', 'GBP') else 65_000_000_001}",
            lines=tuple(part),
        )
        status = "FULFILLED" if len(part) == len(left) else "PARTIALLY_FULFILLED"
        return replace(order, fulfillments=(*order.fulfillments, shipment), fulfilment=status)

    return step


def _refund_line(ids: OrderIds, line: OrderLine, quantity: int, restock: str) -> RefundLine:
    net = line.unit_price * line.quantity - line.discount
    return RefundLine(
        id=next(ids.refund_lines),
        line=line.id,
        quantity=quantity,
        subtotal=share(net, quantity, line.quantity),
        tax=share(line.tax, quantity, line.quantity),
        restock=restock,
    )


def _give_back(
    rng: Random, story: Story, ids: OrderIds, order: Order, at: int, lines: tuple[RefundLine, ...], shipping: int
) -> Order:
    """Return the order with a refund of these lines; the money goes back on both sides, or on one of them."""
    wanted = sum(line.subtotal + line.tax for line in lines) + shipping
    total = min(wanted, _received(order))
    if total <= 0:
        return order
    draft, one_sided = story.plan.draft, rng.random()
    in_stripe = draft is not None and one_sided < 0.93
    paying = next(
        (t for t in reversed(order.transactions) if t.status == "SUCCESS" and t.kind in ("SALE", "CAPTURE")), None
    )
    back = RefundDraft(ids.stripe("re"), at - rng.randint(0, 20), total, "requested_by_customer")
    if draft is not None and in_stripe and paying is not None and paying.gateway == "stripe":
        already = sum(refund.amount for refund in draft.refunds)
        charged = draft.captured if draft.authorized_only else draft.amount
        back.amount = min(total, charged - already)
        if back.amount > 0:
            draft.refunds.append(back)
    if draft is not None and one_sided < 0.04:
        return order  # refunded in Stripe's dashboard; the shop never heard of it
    money = _refund_transaction(rng, ids, order, at, total, paying, back.id if in_stripe else None)
    refund = Refund(
        id=next(ids.refunds),
        truth=order.truth,
        created=at,
        note=rng.choice((None, "Damaged on arrival", "Wrong size")),
        lines=lines,
        shipping=shipping,
        total=total,
        transaction=money.id,
    )
    return replace(order, refunds=(*order.refunds, refund), transactions=(*order.transactions, money))


def _refund_transaction(
    rng: Random, ids: OrderIds, order: Order, at: int, total: int, paying: Transaction | None, refund: str | None
) -> Transaction:
    money = Transaction(
        id=next(ids.transactions),
        truth=order.truth,
        kind="REFUND",
        status="SUCCESS",
        gateway=paying.gateway if paying else "manual",
        amount=total,
        currency=order.currency,
        created=at,
        parent=paying.id if paying else None,
    )
    known = paying is not None and bool(paying.payment_id or paying.authorization or paying.receipt)
    if not refund or not known:
        return money
    if rng.random() < 0.5:
        return replace(money, authorization=refund)
    return replace(money, receipt=(("id", refund), ("object", "refund")))


def _refund(rng: Random, story: Story, ids: OrderIds) -> Step:
    whole, also_shipping = rng.random() < 0.45, rng.random() < 0.3

    def step(order: Order, at: int) -> Order:
        if order.cancelled or order.refunds:
            return order
        chosen = order.lines if whole else order.lines[:1]
        lines = tuple(
            _refund_line(ids, line, line.quantity if whole else 1, "RETURN")
            for line in chosen
            if not line.gift_card and line.quantity > line.removed
        )
        return _give_back(rng, story, ids, order, at, lines, order.shipping if also_shipping else 0)

    return step


def _edit(rng: Random, story: Story, ids: OrderIds) -> Step:
    def step(order: Order, at: int) -> Order:
        line = order.lines[-1]
        if order.cancelled or order.fulfillments or line.gift_card:
            return order
        changed = replace(order, lines=(*order.lines[:-1], replace(line, removed=1)), edited=True)
        return _give_back(rng, story, ids, changed, at, (_refund_line(ids, line, 1, "CANCEL"),), 0)

    return step


def _cancel(rng: Random, story: Story, ids: OrderIds) -> Step:
    reason = rng.choice(("CUSTOMER", "INVENTORY", "FRAUD"))

    def step(order: Order, at: int) -> Order:
        changed = replace(order, cancelled=at, cancel_reason=reason)
        if story.plan.authorized:
            held = next((t for t in order.transactions if t.kind == "AUTHORIZATION"), None)
            if story.plan.draft is not None:
                story.plan.draft.canceled = at
            if held is None:
                return changed
            void = replace(held, id=next(ids.transactions), kind="VOID", created=at, parent=held.id)
            return replace(changed, transactions=(*changed.transactions, void))
        lines = tuple(_refund_line(ids, line, line.quantity, "CANCEL") for line in order.lines)
        return _give_back(rng, story, ids, changed, at, lines, order.shipping)

    return step
