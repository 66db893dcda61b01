"""Products, variants, and the collections that hold them (one for each product type).

Sources: https://shopify.dev/docs/api/admin-graphql/2026-07/objects/Product and .../ProductVariant, .../Collection
"""

from __future__ import annotations

from dataclasses import dataclass
from html import escape
from typing import TYPE_CHECKING

from sandbox.business.model import Product, Variant
from sandbox.business.money import SHOP_CURRENCY, decimal_text
from sandbox.business.snapshot import Snapshot
from sandbox.shopify.connections import connection
from sandbox.shopify.extras import NO_METAFIELDS, product_media, product_metafields
from sandbox.shopify.filters import COLLECTIONS, PRODUCTS, VARIANTS
from sandbox.shopify.nodes import Args, Ask, Field, Node, count, digits, first_of, made_up_id, moment, money

if TYPE_CHECKING:
    from sandbox.shopify.view import ShopView

OPTION = "Style"


@dataclass(frozen=True, slots=True)
class ProductType:
    """A kind of product the shop sells, shown as a collection; `updated` is that of its youngest product."""

    id: str
    name: str
    updated: int


def types(snapshot: Snapshot) -> dict[str, ProductType]:
    """Return the product types of the living products by the id of their collection."""
    found: dict[str, ProductType] = {}
    for item in snapshot.products.live.values():
        gid = made_up_id("Collection", item.product_type)
        updated = max(item.updated, found[gid].updated if gid in found else 0)
        found[gid] = ProductType(gid, item.product_type, updated)
    return found


# What the vendor has and this shop never uses.
_UNUSED: Node = {
    "giftCardTemplateSuffix": None,
    "hasVariantsThatRequiresComponents": False,
    "requiresSellingPlan": False,
    "seo": {"description": None, "title": None},
    "templateSuffix": None,
    "tracksInventory": True,
}


def product(item: Product, view: ShopView) -> Node:
    """Return a Product with its variants and options."""
    stock = [view.stock(variant) for variant in item.variants]

    def variants() -> list[Node]:
        return [node for variant in item.variants if (node := view.variants.get(variant.id))]

    def collections() -> list[Node]:
        return [node for node in [view.collections.get(made_up_id("Collection", item.product_type))] if node]

    return {
        **_UNUSED,
        "__typename": "Product",
        "id": item.id,
        "legacyResourceId": digits(item.id),
        "collections": connection(collections, COLLECTIONS),
        "compareAtPriceRange": _compared(item),
        "createdAt": moment(item.created),
        "defaultCursor": digits(item.id),
        "description": _cut(item.description),
        "descriptionHtml": f"<p>{escape(item.description)}</p>",
        "handle": item.handle,
        "hasOnlyDefaultVariant": len(item.variants) == 1,
        "hasOutOfStockVariants": any(amount <= 0 for amount in stock),
        "isGiftCard": "gift" in item.product_type.lower(),
        "media": product_media(item),
        "metafields": product_metafields(item),
        **_published(item),
        "options": first_of([_option(item)]),
        "priceRangeV2": _price_range(item),
        "productType": item.product_type,
        "tags": list(item.tags),
        "title": item.title,
        "totalInventory": sum(stock),
        "updatedAt": moment(item.updated),
        "variants": connection(variants, VARIANTS),
        "variantsCount": count(len(item.variants)),
        "vendor": item.vendor,
    }


def _published(item: Product) -> Node:
    page, active = f"https://engarde.myshopify.com/products/{item.handle}", item.status == "ACTIVE"
    return {
        "onlineStorePreviewUrl": f"{page}?preview=1",
        "onlineStoreUrl": page if active else None,
        "publishedAt": moment(item.created) if active else None,
        "status": item.status,
    }


def _cut(text: str) -> Field:
    def answer(args: Args, _ask: Ask) -> str:
        length = args.get("truncateAt")
        return text if length is None or len(text) <= length else text[: max(0, length - 3)] + "..."

    return answer


def _price_range(item: Product) -> Node:
    prices = [variant.price for variant in item.variants] or [0]
    return {
        "maxVariantPrice": money(max(prices), SHOP_CURRENCY),
        "minVariantPrice": money(min(prices), SHOP_CURRENCY),
    }


def _compared(item: Product) -> Node | None:
    compared = [variant.compare_at_price for variant in item.variants if variant.compare_at_price is not None]
    if not compared:
        return None
    return {
        "maxVariantCompareAtPrice": money(max(compared), SHOP_CURRENCY),
        "minVariantCompareAtPrice": money(min(compared), SHOP_CURRENCY),
    }


def _option(item: Product) -> Node:
    names = list(dict.fromkeys(variant.option for variant in item.variants))
    return {
        "__typename": "ProductOption",
        "id": made_up_id("ProductOption", item.id),
        "name": OPTION,
        "optionValues": [_option_value(item.id, name) for name in names],
        "position": 1,
        "values": names,
    }


def _option_value(product_id: str, name: str) -> Node:
    return {
        "__typename": "ProductOptionValue",
        "id": made_up_id("ProductOptionValue", product_id, name),
        "hasVariants": True,
        "name": name,
    }


def variant(item: Variant, view: ShopView) -> Node:
    """Return a ProductVariant; prices are decimal text in US dollars."""
    stock = view.stock(item)
    holder = view.snapshot.products.live[item.product]
    compared = item.compare_at_price
    return {
        "__typename": "ProductVariant",
        "id": item.id,
        "legacyResourceId": digits(item.id),
        "availableForSale": stock > 0 and holder.status == "ACTIVE",
        "barcode": item.barcode,
        "compareAtPrice": None if compared is None else decimal_text(compared, SHOP_CURRENCY),
        "createdAt": moment(item.created),
        "defaultCursor": digits(item.id),
        "displayName": f"{holder.title} - {item.title}",
        "inventoryItem": lambda _args, _ask: view.inventory_items.get(item.inventory_item),
        "inventoryPolicy": "DENY",
        "inventoryQuantity": stock,
        "metafields": NO_METAFIELDS,
        "position": item.position,
        "price": decimal_text(item.price, SHOP_CURRENCY),
        "product": lambda _args, _ask: view.products.get(item.product),
        "requiresComponents": False,
        "selectedOptions": [
            {"name": OPTION, "optionValue": _option_value(item.product, item.option), "value": item.option}
        ],
        "sellableOnlineQuantity": max(0, stock),
        "showUnitPrice": False,
        "sku": item.sku,
        "taxable": True,
        "title": item.title,
        "unitPrice": None,
        "updatedAt": moment(item.updated),
    }


def collection(kind: ProductType, view: ShopView) -> Node:
    """Return the Collection of one product type."""

    def held() -> list[Node]:
        return [node for gid in view.products_by_type.get(kind.name, ()) if (node := view.products.get(gid))]

    text = f"Everything in {kind.name}."
    return {
        "__typename": "Collection",
        "id": kind.id,
        "legacyResourceId": digits(kind.id),
        "description": _cut(text),
        "descriptionHtml": f"<p>{escape(text)}</p>",
        "handle": kind.name.lower().replace(" ", "-"),
        "metafields": NO_METAFIELDS,
        "products": connection(held, PRODUCTS),
        "productsCount": count(len(view.products_by_type.get(kind.name, ()))),
        "seo": {"description": None, "title": None},
        "sortOrder": "BEST_SELLING",
        "templateSuffix": None,
        "title": kind.name,
        "updatedAt": moment(kind.updated),
    }
