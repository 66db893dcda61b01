"""Shipments of orders. Source: https://shopify.dev/docs/api/admin-graphql/2026-07/objects/Fulfillment"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sandbox.business.model import Fulfillment, Order
from sandbox.business.money import share
from sandbox.shopify.connections import connection
from sandbox.shopify.nodes import Node, Purse, digits, first_of, made_up_id, moment

if TYPE_CHECKING:
    from sandbox.shopify.view import ShopView


def fulfillment(order: Order, sent: Fulfillment, view: ShopView) -> Node:
    """Return a Fulfillment with its lines and tracking."""
    number = [other.id for other in order.fulfillments].index(sent.id) + 1
    place = view.locations.held.get(sent.location)
    tracking = {
        "company": sent.carrier,
        "number": sent.tracking,
        "url": f"https://track.example.com/{sent.carrier.lower().replace(' ', '-')}/{sent.tracking}",
    }
    return {
        "__typename": "Fulfillment",
        "id": sent.id,
        "legacyResourceId": digits(sent.id),
        "createdAt": moment(sent.created),
        "deliveredAt": moment(sent.delivered),
        "displayStatus": "CANCELED" if sent.status == "CANCELLED" else "DELIVERED" if sent.delivered else "IN_TRANSIT",
        "estimatedDeliveryAt": None,
        "fulfillmentLineItems": connection(
            lambda: [fulfillment_line(order, sent, line, view) for line, _ in sent.lines]
        ),
        "inTransitAt": moment(sent.created) if sent.status == "SUCCESS" else None,
        "location": lambda _args, _ask: view.locations.get(sent.location),
        "name": f"{order.name}.{number}",
        "order": lambda _args, _ask: view.orders.get(order.id),
        "originAddress": None
        if place is None
        else {
            "address1": place.address.line1,
            "address2": place.address.line2,
            "city": place.address.city,
            "countryCode": place.address.country,
            "provinceCode": place.address.region,
            "zip": place.address.postcode,
        },
        "requiresShipping": True,
        "status": sent.status,
        "totalQuantity": sum(quantity for _, quantity in sent.lines),
        "trackingInfo": first_of([tracking]),
        "updatedAt": moment(sent.updated),
    }


def fulfillment_line(order: Order, sent: Fulfillment, line_id: str, view: ShopView) -> Node:
    """Return a FulfillmentLineItem: how much of an order's line lay in the parcel."""
    purse = Purse(order.currency, order.rate)
    quantity = dict(sent.lines)[line_id]
    line = next(line for line in order.lines if line.id == line_id)
    off = share(line.discount, quantity, line.quantity)
    return {
        "__typename": "FulfillmentLineItem",
        "id": made_up_id("FulfillmentLineItem", sent.id, line_id),
        "discountedTotalSet": purse.bag(line.unit_price * quantity - off),
        "lineItem": view.lines.get(line_id),
        "originalTotalSet": purse.bag(line.unit_price * quantity),
        "quantity": quantity,
    }
