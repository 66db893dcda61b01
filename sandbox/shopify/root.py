"""The top-level fields of the Admin API over one view of the shop."""

from __future__ import annotations

from typing import Any

from sandbox.shopify.bulk import BulkOperations
from sandbox.shopify.connections import connection
from sandbox.shopify.filters import (
    BULK,
    CHECKOUTS,
    COLLECTIONS,
    CUSTOMERS,
    DISCOUNTS,
    DRAFTS,
    EVENTS,
    FULFILLMENT_ORDERS,
    GIFT_CARDS,
    ITEMS,
    LOCATIONS,
    ORDERS,
    PRODUCTS,
    TENDERS,
    VARIANTS,
)
from sandbox.shopify.nodes import Args, Ask, Field, Node, count
from sandbox.shopify.search import Resource, search
from sandbox.shopify.shop import shop
from sandbox.shopify.view import Shelf, ShopView


def query_root(view: ShopView, bulk: BulkOperations | None) -> Node:
    """Return the fields of QueryRoot; without `bulk`, none of the fields about bulk operations."""
    listed: dict[str, tuple[Shelf[Any], Resource]] = {
        "abandonedCheckouts": (view.checkouts, CHECKOUTS),
        "collections": (view.collections, COLLECTIONS),
        "customers": (view.customers, CUSTOMERS),
        "discountNodes": (view.discounts, DISCOUNTS),
        "events": (view.events, EVENTS),
        "inventoryItems": (view.inventory_items, ITEMS),
        "locations": (view.locations, LOCATIONS),
        "orders": (view.orders, ORDERS),
        "productVariants": (view.variants, VARIANTS),
        "products": (view.products, PRODUCTS),
        "tenderTransactions": (view.tenders, TENDERS),
    }
    # The shop is paid through Stripe, has no gift cards and leaves fulfilment to its shops.
    found: Node = {"shop": shop(view), "shopifyPaymentsAccount": None}
    for name, (shelf, resource) in listed.items():
        found[name] = connection(shelf.all, resource)
        found[f"{name}Count"] = _counted(shelf, resource)
    found["fulfillmentOrders"] = connection([], FULFILLMENT_ORDERS)
    for name, resource in (("draftOrders", DRAFTS), ("giftCards", GIFT_CARDS)):
        found[name] = connection([], resource)
        found[f"{name}Count"] = count(0)
    found |= _singles(view)
    if bulk is not None:
        found |= _bulk_fields(view, bulk)
    return found


def _counted(shelf: Shelf[Any], resource: Resource) -> Field:
    def answer(args: Args, ask: Ask) -> Node:
        total = len(search(shelf.all(), args["query"], resource, ask)) if args.get("query") else len(shelf.held)
        limit = args.get("limit")
        if limit is not None and total > limit:
            return {"count": limit, "precision": "AT_LEAST"}
        return count(total)

    return answer


def _singles(view: ShopView) -> Node:
    shelves: dict[str, Shelf[Any]] = {
        "collection": view.collections,
        "customer": view.customers,
        "discountNode": view.discounts,
        "event": view.events,
        "fulfillment": view.fulfillments,
        "inventoryItem": view.inventory_items,
        "inventoryLevel": view.levels,
        "order": view.orders,
        "product": view.products,
        "productVariant": view.variants,
        "refund": view.refunds,
        "return": view.returns,
    }

    def single(shelf: Shelf[Any]) -> Field:
        return lambda args, _ask: shelf.get(args["id"])

    def location(args: Args, _ask: Ask) -> Node | None:
        return view.locations.get(args.get("id") or next(iter(view.locations.held), None))

    return {name: single(shelf) for name, shelf in shelves.items()} | {
        "location": location,
        "draftOrder": None,
        "fulfillmentOrder": None,
        "node": lambda args, _ask: view.node(args["id"]),
        "nodes": lambda args, _ask: [view.node(gid) for gid in args["ids"]],
    }


def _bulk_fields(view: ShopView, bulk: BulkOperations) -> Node:
    def node(gid: str) -> Node | None:
        return bulk.get(gid) or view.node(gid)

    return {
        "bulkOperation": lambda args, _ask: bulk.get(args["id"]),
        "bulkOperations": connection(bulk.all, BULK),
        "currentBulkOperation": lambda args, _ask: bulk.latest() if args.get("type", "QUERY") == "QUERY" else None,
        "node": lambda args, _ask: node(args["id"]),
        "nodes": lambda args, _ask: [node(gid) for gid in args["ids"]],
        "bulkOperationRunQuery": lambda args, _ask: bulk.run(args["query"], grouped=args["groupObjects"]),
        "bulkOperationCancel": lambda args, _ask: bulk.cancel(args["id"]),
    }
