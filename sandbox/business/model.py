"""What exists in the pretend retailer: one frozen dataclass per kind of object, as one platform knows it.

Times are whole epoch seconds, UTC. Money is an integer in the currency's minor unit (see money.py: JPY has 0 digits).
Ids are strings in the vendor's shape. `truth` is the real-world thing behind the row (`person-000001`, `order-000001`):
vendors never serve it. An object never changes in place: a change is a new version with a later `updated`.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Address:
    """A postal address as somebody typed it; `phone` belongs to the address, `country` is ISO 3166 alpha-2."""

    line1: str
    line2: str | None
    city: str
    region: str | None
    postcode: str
    country: str
    phone: str | None = None


@dataclass(frozen=True, slots=True)
class Person:
    """A real person: what is true, before any platform misspells it. Never served."""

    id: str
    first_name: str
    last_name: str
    email: str
    other_emails: tuple[str, ...]
    phone: str
    landline: str  # the household's
    address: Address
    old_address: Address | None
    household: str
    company: int | None  # the employer, as a number that picks one of the companies
    locale: str
    currency: str


@dataclass(frozen=True, slots=True)
class Account:
    """A customer or contact record on one platform (Shopify customer, Stripe customer, HubSpot contact)."""

    id: str  # gid://shopify/Customer/1 | cus_... | 101
    platform: str  # shopify | stripe | hubspot
    truth: str  # person-000001
    created: int
    updated: int
    first_name: str | None
    last_name: str | None
    email: str | None
    phone: str | None
    address: Address | None
    locale: str
    currency: str
    company: str | None = None  # Company.id; HubSpot associates contact and company by it
    company_name: str | None = None
    shopify_id: str | None = None  # digits, as Stripe's metadata or a HubSpot property keep it
    accepts_email: bool = False
    accepts_sms: bool = False
    tags: tuple[str, ...] = ()
    note: str | None = None
    lifecycle: str = "customer"  # HubSpot lifecyclestage
    owner: str | None = None  # Owner.id (HubSpot)
    gclid: str | None = None
    utm_source: str | None = None
    utm_campaign: str | None = None


@dataclass(frozen=True, slots=True)
class Variant:
    """A sellable variant of a Shopify product; `price` is in US dollar cents, `option` the value of its one option."""

    id: str  # gid://shopify/ProductVariant/1
    truth: str  # product-0001-1: one per variant
    product: str  # Product.id
    inventory_item: str  # gid://shopify/InventoryItem/1
    created: int
    updated: int
    title: str
    option: str
    sku: str | None
    barcode: str | None
    price: int
    compare_at_price: int | None
    cost: int
    weight_grams: int
    position: int
    stock: int


@dataclass(frozen=True, slots=True)
class Product:
    """A product as the Shopify shop lists it, with its variants."""

    id: str  # gid://shopify/Product/1
    truth: str  # product-0001
    created: int
    updated: int
    title: str
    handle: str
    description: str
    vendor: str
    product_type: str
    status: str  # ACTIVE | DRAFT | ARCHIVED
    tags: tuple[str, ...]
    variants: tuple[Variant, ...]


@dataclass(frozen=True, slots=True)
class ForeignProduct:
    """A product as Stripe (prod_...) or HubSpot (digits) holds it, often in other words; `price` in cents of USD."""

    id: str
    platform: str  # stripe | hubspot
    truth: str  # product-0001, also where only this side has it
    created: int
    updated: int
    name: str
    description: str | None
    sku: str | None
    price: int
    active: bool = True


@dataclass(frozen=True, slots=True)
class Price:
    """A Stripe price of a Stripe product; `interval` is month or year for recurring ones."""

    id: str  # price_...
    truth: str
    product: str
    created: int
    updated: int
    currency: str
    unit_amount: int
    interval: str | None
    nickname: str | None
    active: bool = True


@dataclass(frozen=True, slots=True)
class Location:
    """A stock location of the shop."""

    id: str  # gid://shopify/Location/1
    truth: str
    created: int
    updated: int
    name: str
    address: Address
    active: bool = True


@dataclass(frozen=True, slots=True)
class InventoryLevel:
    """Stock of one variant's inventory item at one location."""

    id: str  # gid://shopify/InventoryLevel/1?inventory_item_id=2
    truth: str
    created: int
    updated: int
    item: str
    location: str
    available: int
    on_hand: int
    committed: int
    incoming: int


@dataclass(frozen=True, slots=True)
class DiscountCode:
    """A discount code of the shop: `percent` off (whole percents) or `amount` cents of USD off."""

    id: str  # gid://shopify/DiscountCodeNode/1
    truth: str
    created: int
    updated: int
    code: str
    title: str
    percent: int | None
    amount: int | None
    starts: int
    ends: int | None
    usage_limit: int | None
    used: int


@dataclass(frozen=True, slots=True)
class OrderLine:
    """One line of an order; money is in the order's currency, `discount` and `tax` are of the whole line."""

    id: str  # gid://shopify/LineItem/1
    product: str | None
    variant: str | None
    truth: str  # the product's truth
    title: str
    variant_title: str | None
    sku: str | None
    vendor: str
    quantity: int
    unit_price: int
    discount: int
    tax: int
    gift_card: bool = False
    removed: int = 0  # quantity taken out by an edit


@dataclass(frozen=True, slots=True)
class Transaction:
    """A Shopify transaction; a Stripe reference, where there is one, is in payment_id, authorization or receipt."""

    id: str  # gid://shopify/OrderTransaction/1
    truth: str
    kind: str  # SALE | AUTHORIZATION | CAPTURE | REFUND | VOID
    status: str  # SUCCESS | FAILURE | PENDING
    gateway: str  # stripe | gift_card | manual | bogus
    amount: int
    currency: str
    created: int
    parent: str | None = None
    payment_id: str | None = None
    authorization: str | None = None
    receipt: tuple[tuple[str, str], ...] = ()
    error_code: str | None = None


@dataclass(frozen=True, slots=True)
class RefundLine:
    """A refunded quantity of an order line; `subtotal` is without tax."""

    id: str
    line: str
    quantity: int
    subtotal: int
    tax: int
    restock: str  # RETURN | CANCEL | NO_RESTOCK


@dataclass(frozen=True, slots=True)
class Refund:
    """A Shopify refund; its money moved in the order's REFUND transaction named here."""

    id: str  # gid://shopify/Refund/1
    truth: str
    created: int
    note: str | None
    lines: tuple[RefundLine, ...]
    shipping: int
    total: int
    transaction: str | None


@dataclass(frozen=True, slots=True)
class Fulfillment:
    """A shipment of an order; `lines` are (OrderLine.id, quantity)."""

    id: str  # gid://shopify/Fulfillment/1
    truth: str
    created: int
    updated: int
    status: str  # SUCCESS | CANCELLED
    carrier: str
    tracking: str
    location: str
    lines: tuple[tuple[str, int], ...]
    delivered: int | None = None


@dataclass(frozen=True, slots=True)
class Visit:
    """Where the buyer came from; `gclid` is a Google click id, `campaign` the Google Ads campaign behind it."""

    at: int
    source: str  # google | newsletter | direct | instagram
    medium: str | None
    utm_campaign: str | None
    utm_term: str | None
    utm_content: str | None
    gclid: str | None
    campaign: str | None
    landing_page: str
    referrer: str | None


@dataclass(frozen=True, slots=True)
class Order:
    """A Shopify order with all that hangs on it, money in `currency`; total = subtotal + shipping + tax + tip."""

    id: str  # gid://shopify/Order/1
    truth: str  # order-000001
    person: str
    number: int
    name: str  # #1001
    created: int
    updated: int
    customer: str | None  # Account.id, null for guests
    email: str | None
    phone: str | None
    currency: str
    rate: int  # millionths: shop currency (USD) major units per major unit of `currency`
    lines: tuple[OrderLine, ...]
    subtotal: int  # lines after discount
    discount: int
    discount_code: str | None
    shipping: int
    shipping_title: str
    tax: int
    tip: int
    total: int
    billing: Address | None
    shipping_address: Address | None
    visit: Visit | None
    financial: str  # PENDING | AUTHORIZED | PAID | PARTIALLY_PAID | PARTIALLY_REFUNDED | REFUNDED | VOIDED
    fulfilment: str  # UNFULFILLED | PARTIALLY_FULFILLED | FULFILLED
    test: bool = False
    source: str = "web"  # web | pos | phone
    tags: tuple[str, ...] = ()
    note: str | None = None
    transactions: tuple[Transaction, ...] = ()
    refunds: tuple[Refund, ...] = ()
    fulfillments: tuple[Fulfillment, ...] = ()
    cancelled: int | None = None
    cancel_reason: str | None = None  # CUSTOMER | INVENTORY | FRAUD
    edited: bool = False


@dataclass(frozen=True, slots=True)
class Checkout:
    """An abandoned checkout; `completed` is set when the buyer came back."""

    id: str  # gid://shopify/AbandonedCheckout/1
    truth: str  # checkout-000001
    person: str
    created: int
    updated: int
    customer: str | None
    email: str | None
    currency: str
    rate: int
    lines: tuple[OrderLine, ...]
    subtotal: int
    tax: int
    total: int
    shipping_address: Address | None
    visit: Visit | None
    completed: int | None = None
