"""Customers of the shop. Source: https://shopify.dev/docs/api/admin-graphql/2026-07/objects/Customer"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sandbox.business.model import Account
from sandbox.business.money import SHOP_CURRENCY
from sandbox.shopify.addresses import mailing_address
from sandbox.shopify.connections import connection
from sandbox.shopify.extras import NO_METAFIELDS
from sandbox.shopify.filters import ORDERS
from sandbox.shopify.nodes import Node, Purse, digits, moment, money

if TYPE_CHECKING:
    from sandbox.shopify.view import ShopView


def customer(account: Account, view: ShopView) -> Node:
    """Return a Customer with its orders and addresses."""
    address = mailing_address(account.address, account.id, account.first_name, account.last_name)
    placed = view.orders_of.get(account.id, [])
    spent = sum(
        Purse(order.currency, order.rate).shop(order.total)
        for order in placed
        if not order.test and not order.cancelled
    )
    name = " ".join(part for part in (account.first_name, account.last_name) if part)
    return {
        "__typename": "Customer",
        "id": account.id,
        "legacyResourceId": digits(account.id),
        "addressesV2": connection([address] if address else []),
        "amountSpent": money(spent, SHOP_CURRENCY),
        "canDelete": not placed,
        "createdAt": moment(account.created),
        "dataSaleOptOut": False,
        "defaultAddress": address,
        "defaultEmailAddress": _email(account),
        "defaultPhoneNumber": {"phoneNumber": account.phone} if account.phone else None,
        "displayName": name or account.email or account.phone or "Unnamed",
        "firstName": account.first_name,
        "lastName": account.last_name,
        "lastOrder": lambda _args, _ask: view.orders.get(placed[-1].id) if placed else None,
        "lifetimeDuration": _since(view.snapshot.now - account.created),
        "locale": account.locale,
        "metafields": NO_METAFIELDS,
        "note": account.note,
        "numberOfOrders": str(len(placed)),
        "orders": connection(lambda: [node for order in placed if (node := view.orders.get(order.id))], ORDERS),
        "productSubscriberStatus": "NEVER_SUBSCRIBED",
        "state": "ENABLED" if account.accepts_email else "DISABLED",
        "tags": list(account.tags),
        "taxExempt": False,
        "taxExemptions": [],
        "updatedAt": moment(account.updated),
        "verifiedEmail": account.email is not None,
    }


def _email(account: Account) -> Node | None:
    if account.email is None:
        return None
    return {
        "emailAddress": account.email,
        "marketingOptInLevel": "SINGLE_OPT_IN" if account.accepts_email else None,
        "marketingState": "SUBSCRIBED" if account.accepts_email else "NOT_SUBSCRIBED",
        "marketingUpdatedAt": moment(account.created) if account.accepts_email else None,
        "openTrackingLevel": "UNKNOWN",
        "sourceLocation": None,
        "validFormat": "@" in account.email,
    }


def _since(seconds: int) -> str:
    days = seconds // 86_400
    return f"about {days // 365} years" if days > 730 else f"{days} days"
