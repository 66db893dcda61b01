"""What the retailer sells: products of the shop, their stock, and the same products in Stripe's and HubSpot's words."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from random import Random

from sandbox.business.chance import DAY, stream, stripe_id
from sandbox.business.dirt import typo
from sandbox.business.model import (
    Address,
    DiscountCode,
    ForeignProduct,
    InventoryLevel,
    Location,
    Price,
    Product,
    Variant,
)
from sandbox.business.spans import Span
from sandbox.business.timeline import Timeline

BRANDS = ("Northwind", "Kestrel", "Alder & Ash", "Lumio", "Brückner", "Sansai", "Fjord", "Corvo")
ADJECTIVES = ("Classic", "Compact", "Pro", "Everyday", "Travel", "Heritage", "Ultra", "Mini")
NOUNS = {
    "Kettle": ("Kitchen", 5900, ("Black", "Steel", "White")),
    "Coffee Grinder": ("Kitchen", 8900, ("Manual", "Electric")),
    "Chef Knife": ("Kitchen", 7400, ("18 cm", "21 cm")),
    "Water Bottle": ("Outdoor", 2450, ("0.5 l", "0.75 l", "1 l")),
    "Backpack": ("Outdoor", 11900, ("Olive", "Navy", "Black")),
    "Wool Blanket": ("Home", 9900, ("Grey", "Ochre")),
    "Desk Lamp": ("Home", 6900, ("White", "Black")),
    "Linen Shirt": ("Clothing", 5400, ("S", "M", "L", "XL")),
    "Rain Jacket": ("Clothing", 14900, ("S", "M", "L", "XL")),
    "Notebook": ("Office", 1490, ("Lined", "Dotted")),
}
PLANS = (
    ("Coffee Club Monthly", 1900, "month"),
    ("Coffee Club Yearly", 19900, "year"),
    ("Care Plus", 490, "month"),
    ("Pro Workshop Access", 4900, "month"),
)
SERVICES = ("Installation service", "Gift wrapping for companies", "Staff discount programme", "Kitchen consulting")
WAREHOUSES = (
    ("Portland warehouse", Address("1200 River Road", None, "Portland", "OR", "97201", "US")),
    ("Berlin warehouse", Address("Gartenstraße 44", None, "Berlin", None, "10115", "DE")),
)


@dataclass(slots=True)
class Catalogue:
    """Everything on sale, each with its history."""

    products: list[Timeline[Product]] = field(default_factory=list)
    stripe_products: list[Timeline[ForeignProduct]] = field(default_factory=list)
    hubspot_products: list[Timeline[ForeignProduct]] = field(default_factory=list)
    prices: list[Timeline[Price]] = field(default_factory=list)
    locations: list[Timeline[Location]] = field(default_factory=list)
    inventory_levels: list[Timeline[InventoryLevel]] = field(default_factory=list)
    discount_codes: list[Timeline[DiscountCode]] = field(default_factory=list)


def _gtin(rng: Random) -> str:
    digits = f"4{rng.randrange(10**11):011d}"
    check = sum(int(d) * (3 if i % 2 else 1) for i, d in enumerate(digits))
    return f"{digits}{-check % 10}"


def _variant(rng: Random, product: Product, number: int, position: int, option: str, price: int) -> Variant:
    code = "".join(word[0] for word in product.title.split())
    return Variant(
        id=f"gid://shopify/ProductVariant/{42_000_000_000_000 + 32_768 * number}",
        truth=f"{product.truth}-{position}",
        product=product.id,
        inventory_item=f"gid://shopify/InventoryItem/{44_000_000_000_000 + 32_768 * number}",
        created=product.created,
        updated=product.created,
        title=option,
        option=option,
        sku=None if rng.random() < 0.04 else f"{code}-{product.truth[-4:]}-{position:02d}",
        barcode=None if rng.random() < 0.12 else _gtin(rng),
        price=price + 500 * (position - 1) * (rng.random() < 0.3),
        compare_at_price=price * 5 // 4 if rng.random() < 0.2 else None,
        cost=price * rng.randint(35, 55) // 100,
        weight_grams=rng.randint(2, 60) * 50,
        position=position,
        stock=rng.randint(0, 240),
    )


def _product(rng: Random, number: int, variants: int, span: Span) -> Product:
    noun = rng.choice(tuple(NOUNS))
    kind, price, options = NOUNS[noun]
    brand, adjective = rng.choice(BRANDS), rng.choice(ADJECTIVES)
    created = span.start - rng.randint(1, 90) * DAY if number <= 40 else rng.randint(span.start, span.end)
    title = f"{brand} {adjective} {noun}"
    product = Product(
        id=f"gid://shopify/Product/{7_500_000_000_000 + 32_768 * number}",
        truth=f"product-{number:04d}",
        created=created,
        updated=created,
        title=title,
        handle=f"{title.lower().replace(' & ', '-').replace(' ', '-')}-{number}",
        description=f"The {adjective.lower()} {noun.lower()} by {brand}.",
        vendor=brand,
        product_type=kind,
        status="ACTIVE",
        tags=tuple(sorted({kind.lower(), adjective.lower()})),
        variants=(),
    )
    own = price + rng.randint(-5, 8) * 100
    made = tuple(_variant(rng, product, variants + i, i, o, own) for i, o in enumerate(options, start=1))
    return replace(product, variants=made)


def _changes(rng: Random, product: Product, span: Span) -> Timeline[Product]:
    versions = [product]
    for at in sorted(rng.randint(max(product.created, span.start) + 1, span.end) for _ in range(rng.randint(1, 6))):
        last = versions[-1]
        if rng.random() < 0.6:
            raised = tuple(replace(v, price=v.price + rng.choice((-200, 100, 300)), updated=at) for v in last.variants)
            versions.append(replace(last, variants=raised, updated=at))
        elif rng.random() < 0.5:
            versions.append(replace(last, description=f"{last.description} Now with free returns.", updated=at))
        else:
            status = "DRAFT" if last.status == "ACTIVE" and rng.random() < 0.3 else "ACTIVE"
            versions.append(replace(last, status=status, updated=at))
    return Timeline(versions)


def _foreign(rng: Random, product: Product, platform: str, made: str, span: Span) -> Timeline[ForeignProduct]:
    words = product.title
    chance = rng.random()
    if chance < 0.25:
        words = words.replace(product.vendor, "").strip() + f" ({product.vendor})"
    elif chance < 0.4:
        words = words.lower()
    elif chance < 0.5:
        words = typo(rng, words)
    created = min(span.end, max(product.created, span.start - 60 * DAY) + rng.randint(0, 20) * DAY)
    first = ForeignProduct(
        id=made,
        platform=platform,
        truth=product.truth,
        created=created,
        updated=created,
        name=words,
        description=product.description if rng.random() < 0.5 else None,
        sku=product.variants[0].sku if rng.random() < (0.5 if platform == "stripe" else 0.7) else None,
        price=product.variants[0].price,
    )
    versions = [first]
    if rng.random() < 0.4 and created + 1 < span.end:
        at = rng.randint(created + 1, span.end)
        versions.append(replace(first, description=f"{product.description} New.", updated=at))
    return Timeline(versions)


def _own(rng: Random, platform: str, name: str, number: int, price: int, span: Span) -> Timeline[ForeignProduct]:
    made = stripe_id(rng, "prod") if platform == "stripe" else str(1_500_000_000 + 77 * number)
    created = span.start - number * DAY
    return Timeline(
        [ForeignProduct(made, platform, f"product-{number:04d}", created, created, name, None, None, price)]
    )


def _price(rng: Random, product: ForeignProduct, currency: str, interval: str | None) -> Timeline[Price]:
    first = Price(
        id=stripe_id(rng, "price"),
        truth=product.truth,
        product=product.id,
        created=product.created,
        updated=product.created,
        currency=currency,
        unit_amount=product.price,
        interval=interval,
        nickname=None if rng.random() < 0.6 else product.name.split()[0],
    )
    return Timeline([first])


def _stock(rng: Random, variant: Variant, location: Location, place: int, span: Span) -> Timeline[InventoryLevel]:
    item = variant.inventory_item.rpartition("/")[2]
    created = variant.created
    available = variant.stock // 2
    versions = [
        InventoryLevel(
            id=f"gid://shopify/InventoryLevel/{100_000_000 + place}?inventory_item_id={item}",
            truth=variant.truth,
            created=created,
            updated=created,
            item=variant.inventory_item,
            location=location.id,
            available=available,
            on_hand=available + 2,
            committed=2,
            incoming=0,
        )
    ]
    moments = sorted(rng.randint(max(created, span.start) + 1, span.end) for _ in range(rng.randint(4, 14)))
    for at in moments:
        left, held = rng.randint(0, 150), rng.randint(0, 4)
        versions.append(
            replace(versions[-1], available=left, committed=held, on_hand=left + held, incoming=0, updated=at)
        )
    return Timeline(versions)


def _discount_codes(rng: Random, span: Span) -> list[Timeline[DiscountCode]]:
    codes = (("WELCOME10", 10, None), ("SUMMER15", 15, None), ("FREE5", None, 500), ("VIP20", 20, None))
    seasonal = tuple((f"{word}{year}", 12, None) for year in (24, 25, 26) for word in ("SPRING", "AUTUMN"))
    made: list[Timeline[DiscountCode]] = []
    for number, (code, percent, amount) in enumerate((*codes, *seasonal), start=1):
        created = span.start - 10 * DAY if number <= len(codes) else rng.randint(span.start, span.end)
        first = DiscountCode(
            id=f"gid://shopify/DiscountCodeNode/{1_200_000_000_000 + 32_768 * number}",
            truth=f"discount-{number:04d}",
            created=created,
            updated=created,
            code=code,
            title=code.title(),
            percent=percent,
            amount=amount,
            starts=created,
            ends=created + 60 * DAY if number > len(codes) else None,
            usage_limit=500 if number > len(codes) else None,
            used=0,
        )
        versions = [first]
        for at in sorted(rng.randint(created + 1, span.end) for _ in range(8)):
            versions.append(replace(versions[-1], used=versions[-1].used + rng.randint(1, 9), updated=at))
        made.append(Timeline(versions))
    return made


def make_catalogue(seed: int, span: Span) -> Catalogue:
    """Return sixty products with variants, stock and codes, and the foreign views of them."""
    rng = stream(seed, "catalogue")
    catalogue = Catalogue(discount_codes=_discount_codes(rng, span))
    for number, (name, address) in enumerate(WAREHOUSES, start=1):
        born = span.start - 200 * DAY
        made = Location(
            f"gid://shopify/Location/{65_000_000_000 + number}", f"location-{number}", born, born, name, address
        )
        catalogue.locations.append(Timeline([made]))
    variants = 1
    drafts = sorted((_product(rng, n, 0, span) for n in range(1, 61)), key=lambda p: p.created)
    for number, draft in enumerate(drafts, start=1):
        product = _renumber(draft, number, variants)
        variants += len(product.variants)
        catalogue.products.append(_changes(rng, product, span))
        for variant in product.variants:
            for place, location in enumerate(catalogue.locations, start=1):
                catalogue.inventory_levels.append(_stock(rng, variant, location.versions[0], place, span))
    _add_foreign(rng, catalogue, span)
    return catalogue


def _renumber(product: Product, number: int, first_variant: int) -> Product:
    made = f"gid://shopify/Product/{7_500_000_000_000 + 32_768 * number}"
    variants = tuple(
        replace(
            variant,
            product=made,
            id=f"gid://shopify/ProductVariant/{42_000_000_000_000 + 32_768 * (first_variant + index)}",
            inventory_item=f"gid://shopify/InventoryItem/{44_000_000_000_000 + 32_768 * (first_variant + index)}",
        )
        for index, variant in enumerate(product.variants)
    )
    return replace(product, id=made, variants=variants)


def _add_foreign(rng: Random, catalogue: Catalogue, span: Span) -> None:
    for number, timeline in enumerate(catalogue.products, start=1):
        product = timeline.versions[0]
        if rng.random() < 0.7:
            made = _foreign(rng, product, "stripe", stripe_id(rng, "prod"), span)
            catalogue.stripe_products.append(made)
            catalogue.prices.append(_price(rng, made.versions[0], "usd", None))
        if rng.random() < 0.65:
            catalogue.hubspot_products.append(_foreign(rng, product, "hubspot", str(1_500_000_000 + 77 * number), span))
    for number, (name, price, interval) in enumerate(PLANS, start=101):
        plan = _own(rng, "stripe", name, number, price, span)
        catalogue.stripe_products.append(plan)
        catalogue.prices.append(_price(rng, plan.versions[0], "usd", interval))
    for number, name in enumerate(SERVICES, start=201):
        catalogue.hubspot_products.append(_own(rng, "hubspot", name, number, 15_000, span))
