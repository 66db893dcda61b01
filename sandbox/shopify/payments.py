"""Order transactions, tenders and refunds.

Sources: https://shopify.dev/docs/api/admin-graphql/2026-07/objects/OrderTransaction, .../Refund and
.../TenderTransaction
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import TYPE_CHECKING

from sandbox.business.model import Order, Refund, RefundLine, Transaction
from sandbox.shopify.connections import connection
from sandbox.shopify.nodes import Node, Purse, digits, made_up_id, moment, money
from sandbox.shopify.orders import shipping_line
from sandbox.shopify.settlement import uncaptured

if TYPE_CHECKING:
    from sandbox.shopify.view import ShopView

_NAMES = {"stripe": "Stripe", "gift_card": "Gift card", "manual": "Manual", "bogus": "Bogus Gateway"}
_METHODS = {"stripe": "CREDIT_CARD", "gift_card": "GIFT_CARD", "manual": "CASH"}


# What the vendor has and this shop never uses.
_UNUSED: Node = {
    "accountNumber": None,
    "amountRoundingSet": None,
    "fees": [],
    "location": None,
    "multiCapturable": False,
    "settlementCurrency": None,
    "settlementCurrencyRate": None,
}


def transaction(order: Order, paid: Transaction, view: ShopView) -> Node:
    """Return an OrderTransaction. The provider's reference may stand in paymentId or in the receipt's text."""
    purse = Purse(paid.currency, order.rate)
    receipt = dict(paid.receipt)
    if paid.authorization is not None:
        receipt["authorization"] = paid.authorization
    waiting = uncaptured(order, paid)
    refundable = paid.kind in ("SALE", "CAPTURE") and paid.status == "SUCCESS"
    back = sum(
        other.amount
        for other in order.transactions
        if other.parent == paid.id and other.kind == "REFUND" and other.status == "SUCCESS"
    )
    return {
        **_UNUSED,
        "__typename": "OrderTransaction",
        "id": paid.id,
        "amountSet": purse.bag(paid.amount),
        "authorizationExpiresAt": moment(paid.created + 7 * 86_400) if paid.kind == "AUTHORIZATION" else None,
        "createdAt": moment(paid.created),
        "errorCode": _error_code(paid.error_code),
        "formattedGateway": _NAMES.get(paid.gateway, paid.gateway),
        "gateway": paid.gateway,
        "kind": paid.kind,
        "manualPaymentGateway": paid.gateway == "manual",
        "manuallyCapturable": waiting > 0,
        "maximumRefundableV2": money(paid.amount - back, paid.currency) if refundable else None,
        "order": lambda _args, _ask: view.orders.get(order.id),
        "parentTransaction": lambda _args, _ask: view.transactions.get(paid.parent),
        "paymentDetails": _card(paid, order) if paid.gateway in ("stripe", "bogus") else None,
        "paymentId": paid.payment_id,
        "processedAt": moment(paid.created),
        "receiptJson": json.dumps(receipt, sort_keys=True),
        "status": paid.status,
        "test": order.test,
        "totalUnsettledSet": purse.bag(waiting),
    }


def _error_code(code: str | None) -> str | None:
    return None if code is None else code.upper()


def _card(paid: Transaction, order: Order) -> Node:
    number = int(digits(paid.id))
    return {
        "__typename": "CardPaymentDetails",
        "avsResultCode": "Y",
        "bin": None,
        "company": ("Visa", "Mastercard", "American Express")[number % 3],
        "cvvResultCode": "M",
        "expirationMonth": number % 12 + 1,
        "expirationYear": 2028,
        "name": None,
        "number": f"•••• •••• •••• {1000 + number % 9000}",
        "paymentMethodName": "card",
        "wallet": "APPLE_PAY" if order.source == "web" and number % 7 == 0 else None,
    }


def tendered(orders: Iterable[Order]) -> dict[str, tuple[Order, Transaction]]:
    """Return the transactions that moved money by the id of their TenderTransaction."""
    return {
        paid.id.replace("/OrderTransaction/", "/TenderTransaction/"): (order, paid)
        for order in orders
        for paid in order.transactions
        if paid.status == "SUCCESS" and paid.kind in ("SALE", "CAPTURE", "REFUND")
    }


def tender_transaction(order: Order, paid: Transaction, view: ShopView) -> Node:
    """Return a TenderTransaction; refunds are negative."""
    amount = -paid.amount if paid.kind == "REFUND" else paid.amount
    return {
        "__typename": "TenderTransaction",
        "id": paid.id.replace("/OrderTransaction/", "/TenderTransaction/"),
        "amount": money(amount, paid.currency),
        "order": lambda _args, _ask: view.orders.get(order.id),
        "paymentMethod": _METHODS.get(paid.gateway, "OTHER"),
        "processedAt": moment(paid.created),
        "remoteReference": paid.payment_id,
        "test": order.test,
    }


def refund(order: Order, given: Refund, view: ShopView) -> Node:
    """Return a Refund with its lines and the transaction that paid it."""
    purse = Purse(order.currency, order.rate)
    shipping = []
    if given.shipping and (line := shipping_line(order, purse)) is not None:
        shipping.append(
            {
                "__typename": "RefundShippingLine",
                "id": made_up_id("RefundShippingLine", given.id),
                "shippingLine": line,
                "subtotalAmountSet": purse.bag(given.shipping),
                "taxAmountSet": purse.bag(0),
            }
        )
    return {
        "__typename": "Refund",
        "id": given.id,
        "legacyResourceId": digits(given.id),
        "createdAt": moment(given.created),
        "note": given.note,
        "order": lambda _args, _ask: view.orders.get(order.id),
        "orderAdjustments": connection(lambda: _adjustments(given, purse)),
        "processedAt": moment(given.created),
        "refundLineItems": connection(lambda: [_refund_line(part, purse, view) for part in given.lines]),
        "refundShippingLines": connection(shipping),
        "totalRefundedSet": purse.bag(given.total),
        "transactions": connection(lambda: [node for node in [view.transactions.get(given.transaction)] if node]),
        "updatedAt": moment(given.created),
    }


def _adjustments(given: Refund, purse: Purse) -> list[Node]:
    named = sum(part.subtotal + part.tax for part in given.lines) + given.shipping
    if named == given.total:
        return []
    return [
        {
            "__typename": "OrderAdjustment",
            "id": made_up_id("OrderAdjustment", given.id),
            "amountSet": purse.bag(named - given.total),
            "reason": "REFUND_DISCREPANCY",
            "taxAmountSet": purse.bag(0),
        }
    ]


def _refund_line(part: RefundLine, purse: Purse, view: ShopView) -> Node:
    each = part.subtotal // part.quantity if part.quantity else part.subtotal
    return {
        "__typename": "RefundLineItem",
        "id": part.id,
        "lineItem": lambda _args, _ask: view.lines.get(part.line),
        "location": None,
        "priceSet": purse.bag(each),
        "quantity": part.quantity,
        "restockType": part.restock,
        "restocked": part.restock != "NO_RESTOCK",
        "subtotalSet": purse.bag(part.subtotal),
        "totalTaxSet": purse.bag(part.tax),
    }
