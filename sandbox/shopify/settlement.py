"""What an order's transactions, refunds and edits amount to, in minor units of its currency."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from sandbox.business.model import Order, Transaction
from sandbox.business.money import share


@dataclass(frozen=True, slots=True)
class Settlement:
    """Money in, money back, and what is left of the order."""

    received: int
    refunded: int
    capturable: int
    goods_off: int  # taken off by refunds and edits
    tax_off: int
    refunded_shipping: int
    quantities_off: dict[str, int]
    current_total: int
    outstanding: int


def settle(order: Order) -> Settlement:
    """Return the order's settlement: test transactions count like the others, failed ones do not."""
    done = [paid for paid in order.transactions if paid.status == "SUCCESS"]
    received = sum(paid.amount for paid in done if paid.kind in ("SALE", "CAPTURE"))
    refunded = sum(paid.amount for paid in done if paid.kind == "REFUND")
    quantities: Counter[str] = Counter()
    for part in (line for refund in order.refunds for line in refund.lines):
        quantities[part.line] += part.quantity
    goods = sum(part.subtotal for refund in order.refunds for part in refund.lines)
    tax = sum(part.tax for refund in order.refunds for part in refund.lines)
    for line in order.lines:
        # What an edit took out is often refunded at once, and then counted above.
        unpaid = max(0, line.removed - quantities[line.id])
        goods += share(line.unit_price * line.quantity - line.discount, unpaid, line.quantity)
        tax += share(line.tax, unpaid, line.quantity)
    shipping = sum(refund.shipping for refund in order.refunds)
    current = order.total - goods - tax - shipping
    outstanding = 0 if order.cancelled else max(0, current - (received - refunded))
    return Settlement(
        received=received,
        refunded=refunded,
        capturable=sum(uncaptured(order, paid) for paid in done),
        goods_off=goods,
        tax_off=tax,
        refunded_shipping=shipping,
        quantities_off={line.id: max(line.removed, quantities[line.id]) for line in order.lines},
        current_total=current,
        outstanding=outstanding,
    )


def uncaptured(order: Order, paid: Transaction) -> int:
    """Return what can still be captured of an authorization; nothing for any other transaction."""
    if paid.kind != "AUTHORIZATION" or paid.status != "SUCCESS" or order.cancelled:
        return 0
    children = [other for other in order.transactions if other.parent == paid.id and other.status == "SUCCESS"]
    if any(other.kind == "VOID" for other in children):
        return 0
    return max(0, paid.amount - sum(other.amount for other in children if other.kind == "CAPTURE"))
