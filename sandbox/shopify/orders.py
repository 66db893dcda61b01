"""Orders and their lines.

Source: https://shopify.dev/docs/api/admin-graphql/2026-07/objects/Order. Amounts are MoneyBags: the shop's
dollars beside the buyer's currency. `current...` amounts have refunds and edits taken off, the others have not.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sandbox.business.model import Order, OrderLine
from sandbox.business.money import SHOP_CURRENCY, share
from sandbox.shopify.addresses import mailing_address
from sandbox.shopify.connections import connection
from sandbox.shopify.discounts import applications
from sandbox.shopify.extras import NO_METAFIELDS
from sandbox.shopify.nodes import Args, Ask, Node, Purse, count, digits, first_of, made_up_id, moment
from sandbox.shopify.returns import came_back, returned
from sandbox.shopify.settlement import Settlement, settle
from sandbox.shopify.visits import journey

if TYPE_CHECKING:
    from sandbox.shopify.view import ShopView

_SOURCES = {"web": "web", "pos": "pos", "phone": "shopify_draft_order"}


def order(placed: Order, view: ShopView) -> Node:
    """Return an Order with everything that hangs on it."""
    purse = Purse(placed.currency, placed.rate)
    settlement = settle(placed)
    return {
        "__typename": "Order",
        "id": placed.id,
        "legacyResourceId": digits(placed.id),
        **_facts(placed, view),
        **_buyer(placed, view),
        **_states(placed, settlement),
        **_amounts(placed, purse, settlement),
        **_current_amounts(placed, purse, settlement),
        **_parts(placed, purse, view),
    }


# What the vendor has and this shop never uses.
_UNUSED: Node = {
    "cartToken": None,
    "metafields": NO_METAFIELDS,
    "checkoutToken": None,
    "clientIp": None,
    "confirmed": True,
    "customAttributes": [],
    "disputes": [],
    "dutiesIncluded": False,
    "estimatedTaxes": False,
    "hasTimelineComment": False,
    "merchantOfRecordApp": None,
    "poNumber": None,
    "productNetwork": False,
    "registeredSourceUrl": None,
    "retailLocation": None,
    "sourceIdentifier": None,
    "taxExempt": False,
    "taxesIncluded": False,
}


def _facts(placed: Order, view: ShopView) -> Node:
    app = {"id": "gid://shopify/OrderApp/580111", "name": "Online Store"}
    closed = placed.cancelled or (placed.updated if placed.fulfilment == "FULFILLED" else None)
    return {
        **_UNUSED,
        "app": app if placed.source == "web" else None,
        "cancelReason": placed.cancel_reason,
        "cancellation": {"staffNote": None} if placed.cancelled else None,
        "cancelledAt": moment(placed.cancelled),
        "closed": closed is not None,
        "closedAt": moment(closed),
        "confirmationNumber": f"C{digits(placed.id)}",
        "createdAt": moment(placed.created),
        "currencyCode": SHOP_CURRENCY,
        "discountCode": placed.discount_code,
        "discountCodes": [placed.discount_code] if placed.discount_code else [],
        "edited": placed.edited,
        "name": placed.name,
        "note": placed.note,
        "number": placed.number,
        "presentmentCurrencyCode": placed.currency,
        "processedAt": moment(placed.created),
        "risk": {"recommendation": "CANCEL" if placed.cancel_reason == "FRAUD" else "ACCEPT"},
        "sourceName": _SOURCES.get(placed.source, placed.source),
        "tags": list(placed.tags),
        "test": placed.test,
        "updatedAt": moment(placed.updated),
        "customerJourneySummary": journey(placed, view.orders_of.get(placed.customer or "", [])),
    }


def _buyer(placed: Order, view: ShopView) -> Node:
    account = view.customers.held.get(placed.customer or "")
    names = (account.first_name, account.last_name) if account else (None, None)
    billing = mailing_address(placed.billing, placed.id + "b", *names)
    shipping = mailing_address(placed.shipping_address, placed.id + "s", *names)
    return {
        "billingAddress": billing,
        "billingAddressMatchesShippingAddress": placed.billing == placed.shipping_address,
        "canNotifyCustomer": placed.email is not None,
        "customer": lambda _args, _ask: view.customers.get(placed.customer),
        "customerAcceptsMarketing": account.accepts_email if account else False,
        "customerLocale": account.locale if account else None,
        "displayAddress": shipping or billing,
        "email": placed.email,
        "phone": placed.phone,
        "shippingAddress": shipping,
    }


def _states(placed: Order, settlement: Settlement) -> Node:
    open_for_change = placed.cancelled is None
    shipped = placed.fulfilment == "FULFILLED"
    return {
        "canMarkAsPaid": open_for_change and settlement.outstanding > 0,
        "capturable": settlement.capturable > 0,
        "displayFinancialStatus": placed.financial,
        "displayFulfillmentStatus": placed.fulfilment,
        "fulfillable": open_for_change and not shipped,
        "fullyPaid": settlement.outstanding == 0 and settlement.received > 0,
        "merchantEditable": open_for_change,
        "merchantEditableErrors": [] if open_for_change else ["Order has been canceled"],
        "refundable": settlement.received > settlement.refunded,
        "requiresShipping": any(not line.gift_card for line in placed.lines),
        "restockable": open_for_change and not shipped,
        "returnStatus": "RETURNED" if any(came_back(placed, refund) for refund in placed.refunds) else "NO_RETURN",
        "unpaid": settlement.received == 0,
    }


def _amounts(placed: Order, purse: Purse, settlement: Settlement) -> Node:
    bag = purse.bag
    return {
        "cartDiscountAmountSet": bag(placed.discount),
        "netPaymentSet": bag(settlement.received - settlement.refunded),
        "originalTotalAdditionalFeesSet": None,
        "originalTotalDutiesSet": None,
        "originalTotalPriceSet": bag(placed.total),
        "refundDiscrepancySet": bag(0),
        "subtotalPriceSet": bag(placed.subtotal),
        "totalCapturableSet": bag(settlement.capturable),
        "totalCashRoundingAdjustment": {"paymentSet": bag(0), "refundSet": bag(0)},
        "totalDiscountsSet": bag(placed.discount),
        "totalOutstandingSet": bag(settlement.outstanding),
        "totalPriceSet": bag(placed.total),
        "totalReceivedSet": bag(settlement.received),
        "totalRefundedSet": bag(settlement.refunded),
        "totalRefundedShippingSet": bag(settlement.refunded_shipping),
        "totalShippingPriceSet": bag(placed.shipping),
        "totalTaxSet": bag(placed.tax),
        "totalTipReceivedSet": bag(placed.tip),
    }


def _current_amounts(placed: Order, purse: Purse, settlement: Settlement) -> Node:
    bag = purse.bag
    tax = placed.tax - settlement.tax_off
    return {
        "currentCartDiscountAmountSet": bag(placed.discount),
        "currentShippingPriceSet": bag(placed.shipping - settlement.refunded_shipping),
        "currentSubtotalLineItemsQuantity": sum(_left(line, settlement) for line in placed.lines),
        "currentSubtotalPriceSet": bag(placed.subtotal - settlement.goods_off),
        "currentTaxLines": _tax_lines(tax, purse),
        "currentTotalAdditionalFeesSet": None,
        "currentTotalDiscountsSet": bag(placed.discount),
        "currentTotalDutiesSet": None,
        "currentTotalPriceSet": bag(settlement.current_total),
        "currentTotalTaxSet": bag(tax),
        "currentTotalWeight": str(500 * sum(_left(line, settlement) for line in placed.lines)),
        "subtotalLineItemsQuantity": sum(line.quantity for line in placed.lines),
        "taxLines": _tax_lines(placed.tax, purse),
        "totalWeight": str(500 * sum(line.quantity for line in placed.lines)),
    }


def _parts(placed: Order, purse: Purse, view: ShopView) -> Node:
    shipping = shipping_line(placed, purse)

    def lines() -> list[Node]:
        return [node for line in placed.lines if (node := view.lines.get(line.id))]

    def transactions(args: Args, _ask: Ask) -> list[Node]:
        found = [node for paid in placed.transactions if (node := view.transactions.get(paid.id))]
        if args.get("capturable") is not None:
            found = [node for node in found if node["manuallyCapturable"] is args["capturable"]]
        return found[: args["first"]] if args.get("first") is not None else found

    def refunds(args: Args, _ask: Ask) -> list[Node]:
        return [node for part in placed.refunds[: args.get("first")] if (node := view.refunds.get(part.id))]

    def fulfillments(args: Args, _ask: Ask) -> list[Node]:
        return [node for sent in placed.fulfillments[: args.get("first")] if (node := view.fulfillments.get(sent.id))]

    def returns() -> list[Node]:
        return [node for gid in returned([placed]) if (node := view.returns.get(gid))]

    return {
        "discountApplications": connection(applications(placed)),
        "fulfillments": fulfillments,
        "fulfillmentsCount": count(len(placed.fulfillments)),
        "lineItems": connection(lines),
        "paymentGatewayNames": list(dict.fromkeys(paid.gateway for paid in placed.transactions)),
        "refunds": refunds,
        "returns": connection(returns),
        "shippingLine": shipping,
        "shippingLines": connection([shipping] if shipping else []),
        "transactions": transactions,
        "transactionsCount": count(len(placed.transactions)),
    }


def _tax_lines(amount: int, purse: Purse) -> list[Node]:
    if not amount:
        return []
    return [
        {
            "channelLiable": False,
            "priceSet": purse.bag(amount),
            "rate": None,
            "ratePercentage": None,
            "source": "Shopify",
            "title": "Tax",
        }
    ]


def shipping_line(placed: Order, purse: Purse) -> Node | None:
    """Return the order's shipping charge as ShippingLine, null for orders that are not shipped."""
    if placed.shipping_address is None:
        return None
    price = purse.bag(placed.shipping)
    return {
        "__typename": "ShippingLine",
        "id": made_up_id("ShippingLine", placed.id),
        "carrierIdentifier": None,
        "code": placed.shipping_title,
        "currentDiscountedPriceSet": price,
        "custom": False,
        "deliveryCategory": None,
        "discountAllocations": [],
        "discountedPriceSet": price,
        "isRemoved": False,
        "originalPriceSet": price,
        "phone": None,
        "shippingRateHandle": None,
        "source": "shopify",
        "taxLines": [],
        "title": placed.shipping_title,
    }


def _left(line: OrderLine, settlement: Settlement) -> int:
    return line.quantity - settlement.quantities_off[line.id]


def line_item(placed: Order, line: OrderLine, view: ShopView) -> Node:
    """Return a LineItem; a deleted product or variant is null, its title and SKU stay."""
    settlement = settle(placed)
    sent = sum(quantity for parcel in placed.fulfillments for gid, quantity in parcel.lines if gid == line.id)
    left = _left(line, settlement)
    return {
        "__typename": "LineItem",
        "id": line.id,
        "currentQuantity": left,
        "customAttributes": [],
        "isGiftCard": line.gift_card,
        "merchantEditable": placed.cancelled is None,
        "name": f"{line.title} - {line.variant_title}" if line.variant_title else line.title,
        "nonFulfillableQuantity": 0,
        "product": lambda _args, _ask: view.products.get(line.product),
        "quantity": line.quantity,
        "refundableQuantity": left,
        "requiresShipping": not line.gift_card,
        "restockable": sent == 0,
        "sku": line.sku,
        "taxable": line.tax > 0,
        "title": line.title,
        "unfulfilledQuantity": max(0, left - sent),
        "variant": lambda _args, _ask: view.variants.get(line.variant),
        "variantTitle": line.variant_title,
        "vendor": line.vendor,
        "weight": {"unit": "GRAMS", "value": 500.0},
        **_line_amounts(placed, line, max(0, left - sent)),
    }


def _line_amounts(placed: Order, line: OrderLine, unfulfilled: int) -> Node:
    purse = Purse(placed.currency, placed.rate)
    bag = purse.bag
    total = line.unit_price * line.quantity
    by_code = placed.discount_code is not None
    allocations = [
        {"allocatedAmountSet": bag(line.discount), "discountApplication": found} for found in applications(placed)
    ]
    each = line.unit_price - share(line.discount, 1, line.quantity)

    def discounted(args: Args, _ask: Ask) -> Node:
        counted = line.discount if args.get("withCodeDiscounts") or not by_code else 0
        return bag(total - counted)

    return {
        "discountAllocations": allocations if line.discount else [],
        "discountedTotalSet": discounted,
        "discountedUnitPriceAfterAllDiscountsSet": bag(each),
        "discountedUnitPriceSet": bag(line.unit_price if by_code else each),
        "originalTotalSet": bag(total),
        "originalUnitPriceSet": bag(line.unit_price),
        "priceAfterAllDiscountsBeforeTaxesSet": bag(total - line.discount),
        "taxLines": first_of(_tax_lines(line.tax, purse)),
        "totalDiscountSet": bag(line.discount),
        "unfulfilledDiscountedTotalSet": bag(each * unfulfilled),
        "unfulfilledOriginalTotalSet": bag(line.unit_price * unfulfilled),
    }
