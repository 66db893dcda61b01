"""Discount codes, and how they show on orders.

Sources: https://shopify.dev/docs/api/admin-graphql/2026-07/objects/DiscountNode and .../DiscountCodeApplication
"""

from __future__ import annotations

from sandbox.business.model import DiscountCode, Order
from sandbox.business.money import SHOP_CURRENCY
from sandbox.shopify.connections import connection
from sandbox.shopify.nodes import Node, count, made_up_id, moment, money


def discount_node(code: DiscountCode, now: int) -> Node:
    """Return a DiscountNode around a DiscountCodeBasic."""
    return {"__typename": "DiscountNode", "id": code.id, "discount": _code_basic(code, now)}


# What the vendor has and this shop never uses.
_UNUSED: Node = {
    "appliesOncePerCustomer": False,
    "discountClasses": ["ORDER"],
    "hasTimelineComment": False,
    "minimumRequirement": None,
    "recurringCycleLimit": None,
    "tags": [],
    "totalSales": None,
}


def _code_basic(code: DiscountCode, now: int) -> Node:
    off = f"{code.percent}% off" if code.percent is not None else f"{code.amount or 0} cents off"
    redeem = {
        "id": made_up_id("DiscountRedeemCode", code.id),
        "asyncUsageCount": code.used,
        "code": code.code,
    }
    expired = code.ends is not None and code.ends <= now
    return {
        **_UNUSED,
        "__typename": "DiscountCodeBasic",
        "asyncUsageCount": code.used,
        "codes": connection([redeem]),
        "codesCount": count(1),
        "combinesWith": {
            "orderDiscounts": False,
            "productDiscounts": False,
            "productDiscountsWithTagsOnSameCartLine": None,
            "shippingDiscounts": True,
        },
        "context": {"__typename": "DiscountBuyerSelectionAll", "all": "ALL"},
        "createdAt": moment(code.created),
        "customerGets": {
            "appliesOnOneTimePurchase": True,
            "appliesOnSubscription": False,
            "items": {"__typename": "AllDiscountItems", "allItems": True},
            "value": _value(code),
        },
        "endsAt": moment(code.ends),
        "shortSummary": off,
        "startsAt": moment(code.starts),
        "status": "EXPIRED" if expired else "ACTIVE" if code.starts <= now else "SCHEDULED",
        "summary": f"{off} entire order",
        "title": code.title,
        "updatedAt": moment(code.updated),
        "usageLimit": code.usage_limit,
    }


def _value(code: DiscountCode) -> Node:
    if code.percent is not None:
        return {"__typename": "DiscountPercentage", "percentage": code.percent / 100}
    return {
        "__typename": "DiscountAmount",
        "amount": money(code.amount or 0, SHOP_CURRENCY),
        "appliesOnEachItem": False,
    }


def applications(order: Order) -> list[Node]:
    """Return what reduced an order's price: its code, or a reduction somebody entered by hand."""
    if not order.discount:
        return []
    shared = {
        "allocationMethod": "ACROSS",
        "index": 0,
        "targetSelection": "ALL",
        "targetType": "LINE_ITEM",
        "value": money(order.discount, order.currency),
    }
    if order.discount_code is None:
        return [{"__typename": "ManualDiscountApplication", "title": "Discount", "description": None, **shared}]
    return [{"__typename": "DiscountCodeApplication", "code": order.discount_code, **shared}]
