"""The shop at one moment: its objects by kind and global id, turned into nodes when first asked for."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping
from functools import cached_property
from typing import Generic, TypeVar

from sandbox.business.model import Order, Variant
from sandbox.business.snapshot import Snapshot
from sandbox.shopify import (
    checkouts,
    customers,
    discounts,
    events,
    fulfillments,
    inventory,
    orders,
    payments,
    products,
    returns,
)
from sandbox.shopify.nodes import Node

T = TypeVar("T")


class Shelf(Generic[T]):
    """Nodes of one kind: `get` by id, `all` in the business's order; each node is built once."""

    def __init__(self, held: Mapping[str, T], build: Callable[[T], Node]) -> None:
        self.held = held
        self._build = build
        self._built: dict[str, Node] = {}

    def get(self, gid: str | None) -> Node | None:
        """Return the node with this id, null when there is none."""
        if gid is None or gid not in self.held:
            return None
        node = self._built.get(gid)
        if node is None:
            node = self._built[gid] = self._build(self.held[gid])
        return node

    def all(self) -> list[Node]:
        """Return every node."""
        return [node for gid in self.held if (node := self.get(gid)) is not None]


class ShopView:
    """Everything the Admin API can reach at the snapshot's moment."""

    def __init__(self, snapshot: Snapshot) -> None:
        self.snapshot = snapshot
        variants = {variant.id: variant for product in snapshot.products.live.values() for variant in product.variants}
        items = {variant.inventory_item: variant for variant in variants.values()}
        held_orders = snapshot.orders.live
        self.customers = Shelf(snapshot.shopify_customers.live, lambda found: customers.customer(found, self))
        self.products = Shelf(snapshot.products.live, lambda found: products.product(found, self))
        self.variants = Shelf(variants, lambda found: products.variant(found, self))
        self.inventory_items = Shelf(items, lambda found: inventory.inventory_item(found, self))
        self.locations = Shelf(snapshot.locations.live, lambda found: inventory.location(found, self))
        self.levels = Shelf(
            {gid: level for gid, level in snapshot.inventory_levels.live.items() if level.item in items},
            lambda found: inventory.inventory_level(found, self),
        )
        self.collections = Shelf(products.types(snapshot), lambda found: products.collection(found, self))
        self.discounts = Shelf(snapshot.discount_codes.live, lambda found: discounts.discount_node(found, snapshot.now))
        self.orders = Shelf(held_orders, lambda found: orders.order(found, self))
        self.checkouts = Shelf(snapshot.checkouts.live, lambda found: checkouts.checkout(found, self))
        self.lines = Shelf(
            {line.id: (order, line) for order in held_orders.values() for line in order.lines},
            lambda found: orders.line_item(*found, self),
        )
        self.transactions = Shelf(
            {paid.id: (order, paid) for order in held_orders.values() for paid in order.transactions},
            lambda found: payments.transaction(*found, self),
        )
        self.refunds = Shelf(
            {refund.id: (order, refund) for order in held_orders.values() for refund in order.refunds},
            lambda found: payments.refund(*found, self),
        )
        self.returns = Shelf(returns.returned(held_orders.values()), lambda found: returns.return_(*found, self))
        self.fulfillments = Shelf(
            {sent.id: (order, sent) for order in held_orders.values() for sent in order.fulfillments},
            lambda found: fulfillments.fulfillment(*found, self),
        )
        self.tenders = Shelf(
            payments.tendered(held_orders.values()), lambda found: payments.tender_transaction(*found, self)
        )
        self.events = Shelf(events.product_events(snapshot), events.basic_event)

    @cached_property
    def orders_of(self) -> Mapping[str, list[Order]]:
        """Orders by the customer's id."""
        found: dict[str, list[Order]] = defaultdict(list)
        for order in self.snapshot.orders.live.values():
            if order.customer is not None:
                found[order.customer].append(order)
        return found

    @cached_property
    def levels_by_item(self) -> Mapping[str, list[str]]:
        """Inventory level ids by inventory item."""
        found: dict[str, list[str]] = defaultdict(list)
        for level in self.levels.held.values():
            found[level.item].append(level.id)
        return found

    @cached_property
    def levels_by_location(self) -> Mapping[str, list[str]]:
        """Inventory level ids by location."""
        found: dict[str, list[str]] = defaultdict(list)
        for level in self.levels.held.values():
            found[level.location].append(level.id)
        return found

    @cached_property
    def products_by_type(self) -> Mapping[str, list[str]]:
        """Product ids by product type: what the shop's collections hold."""
        found: dict[str, list[str]] = defaultdict(list)
        for product in self.snapshot.products.live.values():
            found[product.product_type].append(product.id)
        return found

    @cached_property
    def skus(self) -> Mapping[str | None, int]:
        """How many variants carry each SKU."""
        found: dict[str | None, int] = defaultdict(int)
        for variant in self.variants.held.values():
            found[variant.sku] += 1
        return found

    def stock(self, variant: Variant) -> int:
        """Return what is available of a variant over all locations."""
        levels = self.snapshot.inventory_levels.live
        known = [levels[gid].available for gid in self.levels_by_item.get(variant.inventory_item, ())]
        return sum(known) if known else variant.stock

    def node(self, gid: str) -> Node | None:
        """Return any object by its global id, null when it does not exist (or does no longer)."""
        for shelf in (
            self.customers, self.products, self.variants, self.inventory_items, self.locations, self.levels,
            self.collections, self.discounts, self.orders, self.checkouts, self.lines, self.transactions, self.refunds,
            self.returns, self.fulfillments, self.tenders, self.events,
        ):  # fmt: skip
            found = shelf.get(gid)
            if found is not None:
                return found
        return None
