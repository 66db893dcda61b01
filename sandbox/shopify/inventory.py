"""Inventory items, their levels and the shop's locations.

Sources: https://shopify.dev/docs/api/admin-graphql/2026-07/objects/InventoryItem and .../InventoryLevel, .../Location
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from graphql import GraphQLError

from sandbox.business.model import InventoryLevel, Location, Variant
from sandbox.business.money import SHOP_CURRENCY
from sandbox.shopify.addresses import COUNTRIES
from sandbox.shopify.connections import connection
from sandbox.shopify.filters import LEVELS
from sandbox.shopify.nodes import Args, Ask, Node, count, digits, made_up_id, moment, money

if TYPE_CHECKING:
    from sandbox.shopify.view import ShopView

QUANTITIES = ("available", "committed", "damaged", "incoming", "on_hand", "quality_control", "reserved", "safety_stock")


def inventory_item(variant: Variant, view: ShopView) -> Node:
    """Return the InventoryItem behind a variant."""
    item = variant.inventory_item

    def levels() -> list[Node]:
        return [node for gid in view.levels_by_item.get(item, ()) if (node := view.levels.get(gid))]

    def level(args: Args, _ask: Ask) -> Node | None:
        return next((node for node in levels() if node["location"](args, _ask)["id"] == args["locationId"]), None)

    weight = {"unit": "GRAMS", "value": float(variant.weight_grams)}
    return {
        "__typename": "InventoryItem",
        "id": item,
        "legacyResourceId": digits(item),
        "countryCodeOfOrigin": None,
        "createdAt": moment(variant.created),
        "duplicateSkuCount": max(0, view.skus.get(variant.sku, 1) - 1) if variant.sku else 0,
        "harmonizedSystemCode": None,
        "inventoryHistoryUrl": None,
        "inventoryLevel": level,
        "inventoryLevels": connection(levels, LEVELS),
        "locationsCount": count(len(view.levels_by_item.get(item, ()))),
        "measurement": {"id": made_up_id("InventoryItemMeasurement", item), "weight": weight},
        "provinceCodeOfOrigin": None,
        "requiresShipping": variant.weight_grams > 0,
        "sku": variant.sku,
        "tracked": True,
        "trackedEditable": {"locked": False, "reason": None},
        "unitCost": money(variant.cost, SHOP_CURRENCY),
        "updatedAt": moment(variant.updated),
        "variants": connection(lambda: [node for node in [view.variants.get(variant.id)] if node]),
    }


def inventory_level(level: InventoryLevel, view: ShopView) -> Node:
    """Return an InventoryLevel; its quantities are asked for by name."""
    known = {
        "available": level.available,
        "on_hand": level.on_hand,
        "committed": level.committed,
        "incoming": level.incoming,
    }

    def quantities(args: Args, _ask: Ask) -> list[Node]:
        unknown = [name for name in args["names"] if name not in QUANTITIES]
        if unknown:
            raise GraphQLError(f"The following inventory quantity names are not valid: {', '.join(unknown)}")
        return [
            {
                "__typename": "InventoryQuantity",
                "id": made_up_id("InventoryQuantity", level.id, name) + f"?name={name}",
                "name": name,
                "quantity": known.get(name, 0),
                "updatedAt": moment(level.updated),
            }
            for name in args["names"]
        ]

    return {
        "__typename": "InventoryLevel",
        "id": level.id,
        "canDeactivate": level.available == 0,
        "createdAt": moment(level.created),
        "deactivationAlert": None,
        "isActive": True,
        "item": lambda _args, _ask: view.inventory_items.get(level.item),
        "location": lambda _args, _ask: view.locations.get(level.location),
        "quantities": quantities,
        "updatedAt": moment(level.updated),
    }


def location(place: Location, view: ShopView) -> Node:
    """Return a Location with its inventory levels."""

    def levels() -> list[Node]:
        return [node for gid in view.levels_by_location.get(place.id, ()) if (node := view.levels.get(gid))]

    def level(args: Args, _ask: Ask) -> Node | None:
        return next((node for node in levels() if node["item"](args, _ask)["id"] == args["inventoryItemId"]), None)

    return {
        "__typename": "Location",
        "id": place.id,
        "legacyResourceId": digits(place.id),
        "activatable": True,
        "address": _location_address(place),
        "addressVerified": True,
        "createdAt": moment(place.created),
        "deactivatable": False,
        "deactivatedAt": None,
        "deletable": False,
        "fulfillsOnlineOrders": place.active,
        "hasActiveInventory": place.active,
        "hasUnfulfilledOrders": place.active,
        "inventoryLevel": level,
        "inventoryLevels": connection(levels, LEVELS),
        "isActive": place.active,
        "isFulfillmentService": False,
        "name": place.name,
        "shipsInventory": place.active,
        "updatedAt": moment(place.updated),
    }


def _location_address(place: Location) -> Node:
    address = place.address
    country = COUNTRIES.get(address.country, address.country)
    return {
        "address1": address.line1,
        "address2": address.line2,
        "city": address.city,
        "country": country,
        "countryCode": address.country,
        "formatted": [line for line in (address.line1, address.line2, address.city, country) if line],
        "latitude": None,
        "longitude": None,
        "phone": address.phone,
        "province": address.region,
        "provinceCode": address.region,
        "zip": address.postcode,
    }
