"""Abandoned checkouts. Source: https://shopify.dev/docs/api/admin-graphql/2026-07/objects/AbandonedCheckout"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sandbox.business.model import Checkout, OrderLine
from sandbox.shopify.addresses import mailing_address
from sandbox.shopify.connections import connection
from sandbox.shopify.nodes import Node, Purse, digits, moment

if TYPE_CHECKING:
    from sandbox.shopify.view import ShopView


def checkout(left: Checkout, view: ShopView) -> Node:
    """Return an AbandonedCheckout with its lines; one whose buyer came back has `completedAt`."""
    purse = Purse(left.currency, left.rate)
    buyer = view.customers.held.get(left.customer or "")
    names = (buyer.first_name, buyer.last_name) if buyer else (None, None)
    address = mailing_address(left.shipping_address, left.id, *names)
    number = digits(left.id)
    discount = sum(line.discount for line in left.lines)
    tax = [{"title": "Tax", "priceSet": purse.bag(left.tax), "rate": None, "ratePercentage": None, "source": "Shopify"}]
    return {
        "__typename": "AbandonedCheckout",
        "id": left.id,
        "abandonedCheckoutUrl": f"https://engarde.myshopify.com/checkouts/ac/{number}/recover",
        "billingAddress": address,
        "completedAt": moment(left.completed),
        "createdAt": moment(left.created),
        "customAttributes": [],
        "customer": lambda _args, _ask: view.customers.get(left.customer),
        "defaultCursor": number,
        "discountCodes": [],
        "lineItems": connection([_line(line, purse, view) for line in left.lines]),
        "name": f"#{number}",
        "note": "",
        "shippingAddress": address,
        "subtotalPriceSet": purse.bag(left.subtotal),
        "taxLines": tax if left.tax else [],
        "taxesIncluded": False,
        "totalDiscountSet": purse.bag(discount),
        "totalDutiesSet": None,
        "totalLineItemsPriceSet": purse.bag(sum(line.unit_price * line.quantity for line in left.lines)),
        "totalPriceSet": purse.bag(left.total),
        "totalTaxSet": purse.bag(left.tax),
        "updatedAt": moment(left.updated),
    }


def _line(line: OrderLine, purse: Purse, view: ShopView) -> Node:
    total = line.unit_price * line.quantity
    left = total - line.discount
    each = left // line.quantity if line.quantity else left
    return {
        "__typename": "AbandonedCheckoutLineItem",
        "id": line.id.replace("/LineItem/", "/AbandonedCheckoutLineItem/"),
        "customAttributes": [],
        "discountedTotalPriceSet": purse.bag(left),
        "discountedTotalPriceWithCodeDiscount": purse.bag(left),
        "discountedUnitPriceSet": purse.bag(each),
        "discountedUnitPriceWithCodeDiscount": purse.bag(each),
        "originalTotalPriceSet": purse.bag(total),
        "originalUnitPriceSet": purse.bag(line.unit_price),
        "product": lambda _args, _ask: view.products.get(line.product),
        "quantity": line.quantity,
        "sku": line.sku,
        "title": line.title,
        "variant": lambda _args, _ask: view.variants.get(line.variant),
        "variantTitle": line.variant_title,
    }
