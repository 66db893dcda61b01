"""What each list field of the Admin API can be filtered and sorted by.

Source: the argument `query` of the fields of https://shopify.dev/docs/api/admin-graphql/2026-07/objects/QueryRoot.
`known` names filters that the vendor has and the sandbox does not imitate.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from sandbox.shopify.nodes import Ask, Context, Node, digits
from sandbox.shopify.search import Filter, Kind, Resource

_ASK = Ask(Context(), ())


def _at(path: str) -> Callable[[Node], Any]:
    def read(node: Node) -> Any:
        found: Any = node
        for name in path.split("."):
            found = found(_EVERYTHING, _ASK) if callable(found) else found
            found = found.get(name) if isinstance(found, dict) else None
        return found

    return read


_EVERYTHING = {"first": 250}


def _by(kind: Kind, path: str) -> Filter:
    read = _at(path)

    def values(node: Node) -> Sequence[Any]:
        found = read(node)
        return found if isinstance(found, list) else [found]

    return Filter(kind, values)


def _number(path: str) -> Callable[[Node], Any]:
    read = _at(path)
    return lambda node: float(read(node) or 0)


def _text(path: str) -> Callable[[Node], Any]:
    read = _at(path)
    return lambda node: str(read(node) or "").lower()


_ID = {"id": _by("id", "id")}
_CREATED = {"created_at": _by("time", "createdAt")}
_UPDATED = {"updated_at": _by("time", "updatedAt")}
_TAG = {"tag": _by("token", "tags")}
_SORT_ID: dict[str, Callable[[Node], Any]] = {"ID": lambda node: int(digits(node["id"]))}
_SORT_CREATED = {"CREATED_AT": _at("createdAt")}
_SORT_UPDATED = {"UPDATED_AT": _at("updatedAt")}


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


def _searched(*paths: str) -> Callable[[Node], str]:
    reads = [_at(path) for path in paths]
    return lambda node: " ".join(str(found) for read in reads if (found := read(node)))


def _open_state(node: Node) -> list[str]:
    if node["cancelledAt"]:
        return ["cancelled", "closed"]
    return ["closed" if node["closed"] else "open", "not_closed" if not node["closed"] else "closed"]


CUSTOMERS = Resource(
    filters={
        **_ID,
        **_UPDATED,
        **_TAG,
        "customer_date": _by("time", "createdAt"),
        "email": _by("text", "defaultEmailAddress.emailAddress"),
        "phone": _by("text", "defaultPhoneNumber.phoneNumber"),
        "first_name": _by("text", "firstName"),
        "last_name": _by("text", "lastName"),
        "country": _by("text", "defaultAddress.country"),
        "orders_count": _by("number", "numberOfOrders"),
        "state": _by("token", "state"),
    },
    sorts={**_SORT_ID, **_SORT_CREATED, **_SORT_UPDATED, "NAME": _text("displayName")},
    known=_words("accepts_marketing last_abandoned_order_date order_date tag_not total_spent"),
    text=_searched("displayName", "defaultEmailAddress.emailAddress", "defaultPhoneNumber.phoneNumber"),
)
ORDERS = Resource(
    filters={
        **_ID,
        **_CREATED,
        **_UPDATED,
        **_TAG,
        "processed_at": _by("time", "processedAt"),
        "status": Filter("token", _open_state),
        "financial_status": _by("token", "displayFinancialStatus"),
        "fulfillment_status": Filter("token", lambda node: [_shipped(node)]),
        "email": _by("text", "email"),
        "name": _by("text", "name"),
        "customer_id": _by("id", "customer.id"),
        "discount_code": _by("token", "discountCodes"),
        "gateway": _by("token", "paymentGatewayNames"),
        "source_name": _by("token", "sourceName"),
        "test": _by("flag", "test"),
        "current_total_price": _by("number", "currentTotalPriceSet.shopMoney.amount"),
    },
    sorts={
        **_SORT_ID,
        **_SORT_CREATED,
        **_SORT_UPDATED,
        "PROCESSED_AT": _at("processedAt"),
        "ORDER_NUMBER": _at("number"),
        "TOTAL_PRICE": _number("totalPriceSet.shopMoney.amount"),
        "CURRENT_TOTAL_PRICE": _number("currentTotalPriceSet.shopMoney.amount"),
    },
    known=_words(
        "cart_token channel channel_id chargeback_status checkout_token confirmation_number delivery_method"
        " fraud_protection_level fulfillment_location_id location_id payment_id payment_provider_id po_number"
        " reference_location_id return_status risk_level sales_channel sku source_identifier"
        " subtotal_line_items_quantity tag_not total_weight"
    ),
    text=_searched("name", "email"),
)


def _shipped(node: Node) -> str:
    names = {"FULFILLED": "shipped", "UNFULFILLED": "unshipped", "PARTIALLY_FULFILLED": "partial"}
    return names.get(str(node["displayFulfillmentStatus"]), "unfulfilled")


PRODUCTS = Resource(
    filters={
        **_ID,
        **_CREATED,
        **_UPDATED,
        **_TAG,
        "published_at": _by("time", "publishedAt"),
        "title": _by("text", "title"),
        "handle": _by("token", "handle"),
        "vendor": _by("text", "vendor"),
        "product_type": _by("text", "productType"),
        "status": _by("token", "status"),
    },
    sorts={
        **_SORT_ID,
        **_SORT_CREATED,
        **_SORT_UPDATED,
        "TITLE": _text("title"),
        "VENDOR": _text("vendor"),
        "PRODUCT_TYPE": _text("productType"),
        "PUBLISHED_AT": lambda node: node["publishedAt"] or "",
        "INVENTORY_TOTAL": _at("totalInventory"),
    },
    known=_words(
        "barcode bundles category_id collection_id combined_listing_role delivery_profile_id error_feedback gift_card"
        " has_only_composites has_only_default_variant has_variant_with_components inventory_total is_price_reduced"
        " out_of_stock_somewhere product_configuration_owner product_publication_status publication_ids"
        " publishable_status published_status sku tag_not tracks_inventory variant_id variant_title"
    ),
    text=_searched("title", "vendor", "productType"),
)
VARIANTS = Resource(
    filters={
        **_ID,
        **_UPDATED,
        "sku": _by("text", "sku"),
        "barcode": _by("token", "barcode"),
        "title": _by("text", "title"),
        "product_id": _by("id", "product.id"),
        "inventory_quantity": _by("number", "inventoryQuantity"),
        "product_status": _by("token", "product.status"),
        "vendor": _by("text", "product.vendor"),
    },
    sorts={
        **_SORT_ID,
        "POSITION": _at("position"),
        "SKU": _text("sku"),
        "TITLE": _text("title"),
        "FULL_TITLE": _text("displayName"),
        "INVENTORY_QUANTITY": _at("inventoryQuantity"),
    },
    known=_words(
        "collection delivery_profile_id exclude_composite exclude_variants_with_components gift_card location_id"
        " managed managed_by product_ids product_publication_status product_type publishable_status published_status"
        " requires_components tag tag_not taxable"
    ),
    text=_searched("displayName", "sku"),
)
COLLECTIONS = Resource(
    filters={**_ID, **_UPDATED, "title": _by("text", "title"), "handle": _by("token", "handle")},
    sorts={**_SORT_ID, **_SORT_UPDATED, "TITLE": _text("title")},
    known=_words(
        "collection_type product_id product_publication_status publishable_status published_at published_status"
    ),
    text=_searched("title"),
)
ITEMS = Resource(
    filters={**_ID, **_CREATED, **_UPDATED, "sku": _by("text", "sku")}, sorts=_SORT_ID, text=_searched("sku")
)
LEVELS = Resource(
    filters={**_ID, **_CREATED, **_UPDATED, "inventory_item_id": _by("id", "item.id")},
    sorts={"ID": lambda node: str(node["id"])},
)
LOCATIONS = Resource(
    filters={
        **_ID,
        **_CREATED,
        "name": _by("text", "name"),
        "active": _by("flag", "isActive"),
        "city": _by("text", "address.city"),
        "country": _by("text", "address.country"),
        "zip": _by("text", "address.zip"),
    },
    sorts={**_SORT_ID, "NAME": _text("name")},
    known=_words("geolocated legacy location_id pickup_in_store province"),
    text=_searched("name"),
)
CHECKOUTS = Resource(
    filters={
        **_ID,
        **_CREATED,
        **_UPDATED,
        "status": Filter("token", lambda _node: ["open"]),
        "recovery_state": Filter("token", lambda node: ["recovered" if node["completedAt"] else "not_recovered"]),
    },
    sorts={**_SORT_ID, **_SORT_CREATED, "CHECKOUT_ID": lambda node: int(digits(node["id"]))},
    known=_words("email_state"),
)
DISCOUNTS = Resource(
    filters={
        **_ID,
        "created_at": _by("time", "discount.createdAt"),
        "updated_at": _by("time", "discount.updatedAt"),
        "starts_at": _by("time", "discount.startsAt"),
        "ends_at": _by("time", "discount.endsAt"),
        "status": _by("token", "discount.status"),
        "title": _by("text", "discount.title"),
        "method": Filter("token", lambda _node: ["code"]),
        "times_used": _by("number", "discount.asyncUsageCount"),
    },
    sorts={
        **_SORT_ID,
        "CREATED_AT": _at("discount.createdAt"),
        "UPDATED_AT": _at("discount.updatedAt"),
        "STARTS_AT": _at("discount.startsAt"),
        "ENDS_AT": lambda node: node["discount"]["endsAt"] or "",
        "TITLE": _text("discount.title"),
    },
    known=_words(
        "code combines_with combines_with.product_discounts_with_tags_on_same_cart_line context customer_ids"
        " discount_class discount_type market_ids segment_ids tag type"
    ),
    text=_searched("discount.title"),
)
EVENTS = Resource(
    filters={
        **_ID,
        **_CREATED,
        "action": _by("token", "action"),
        "subject_type": _by("token", "subjectType"),
        "comments": Filter("flag", lambda _node: [False]),
    },
    sorts={**_SORT_ID, **_SORT_CREATED},
)
TENDERS = Resource(
    filters={**_ID, "processed_at": _by("time", "processedAt"), "test": _by("flag", "test")},
    sorts={"ID": lambda node: int(digits(node["id"]))},
    known=_words("point_of_sale_device_id"),
)
BULK = Resource(
    filters={
        **_ID,
        **_CREATED,
        "status": _by("token", "status"),
        "operation_type": _by("token", "type"),
    },
    sorts={**_SORT_CREATED, "COMPLETED_AT": lambda node: node["completedAt"] or ""},
)
DRAFTS = Resource(
    filters={**_ID, **_CREATED, **_UPDATED, **_TAG, "status": _by("token", "status")},
    sorts={**_SORT_ID, **_SORT_UPDATED, "NUMBER": _at("name"), "STATUS": _at("status")},
    known=_words("customer_id source"),
)
GIFT_CARDS = Resource(
    filters={**_ID, **_CREATED},
    sorts={**_SORT_ID, **_SORT_CREATED, **_SORT_UPDATED},
    known=_words("balance_status customer_id expires_on initial_value recipient_id source status"),
)
FULFILLMENT_ORDERS = Resource(
    filters={**_ID, **_UPDATED, "status": _by("token", "status")},
    sorts={**_SORT_ID, **_SORT_UPDATED},
    known=_words("assigned_location_id"),
)
MEDIA = Resource(filters={**_ID, "media_type": _by("token", "mediaContentType")})
