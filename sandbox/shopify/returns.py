"""What customers sent back: one Return for each refund of goods that came back.

Sources: https://shopify.dev/docs/api/admin-graphql/2026-07/objects/Return and .../ReturnLineItem
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from sandbox.business.model import Order, Refund, RefundLine
from sandbox.shopify.connections import connection
from sandbox.shopify.fulfillments import fulfillment_line
from sandbox.shopify.nodes import Node, Purse, made_up_id, moment

if TYPE_CHECKING:
    from sandbox.shopify.view import ShopView

_REASON: Node = {"id": made_up_id("ReturnReasonDefinition", "other"), "deleted": False, "handle": "other"}


def returned(orders: Iterable[Order]) -> dict[str, tuple[Order, Refund]]:
    """Return the refunds of goods that came back by the id of their Return."""
    return {
        made_up_id("Return", refund.id): (order, refund)
        for order in orders
        for refund in order.refunds
        if came_back(order, refund)
    }


def came_back(order: Order, refund: Refund) -> list[RefundLine]:
    """Return the refunded lines whose goods had been sent and are taken back."""
    sent = {line for parcel in order.fulfillments for line, _ in parcel.lines}
    return [part for part in refund.lines if part.restock == "RETURN" and part.line in sent]


def return_(order: Order, refund: Refund, view: ShopView) -> Node:
    """Return a Return with its lines: closed, for the shop refunds what has arrived."""
    lines = came_back(order, refund)
    number = [other.id for other in order.refunds].index(refund.id) + 1
    return {
        "__typename": "Return",
        "id": made_up_id("Return", refund.id),
        "closedAt": moment(refund.created),
        "createdAt": moment(refund.created),
        "decline": None,
        "name": f"{order.name}-R{number}",
        "order": lambda _args, _ask: view.orders.get(order.id),
        "refunds": connection(lambda: [node for node in [view.refunds.get(refund.id)] if node]),
        "requestApprovedAt": moment(refund.created),
        "returnLineItems": connection(lambda: [_line(part, order, view) for part in lines]),
        "returnShippingFees": [],
        "status": "CLOSED",
        "totalQuantity": sum(part.quantity for part in lines),
    }


def _line(part: RefundLine, order: Order, view: ShopView) -> Node:
    return {
        "__typename": "ReturnLineItem",
        "id": made_up_id("ReturnLineItem", part.id),
        "customerNote": None,
        "fulfillmentLineItem": lambda _args, _ask: _sent(part, order, view),
        "processableQuantity": 0,
        "processedQuantity": part.quantity,
        "quantity": part.quantity,
        "refundableQuantity": 0,
        "refundedQuantity": part.quantity,
        "restockingFee": None,
        "returnReasonDefinition": {**_REASON, "name": "Other"},
        "returnReasonNote": "",
        "totalWeight": {"unit": "GRAMS", "value": 500.0 * part.quantity},
        "unprocessedQuantity": 0,
        "withCodeDiscountedTotalPriceSet": Purse(order.currency, order.rate).bag(part.subtotal),
    }


def _sent(part: RefundLine, order: Order, view: ShopView) -> Node:
    """The line of the parcel with which the goods had left the shop."""
    parcel = next(sent for sent in order.fulfillments if part.line in dict(sent.lines))
    return fulfillment_line(order, parcel, part.line, view)
