"""What is bought: order lines with prices, discounts and taxes in the buyer's currency."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from random import Random

from sandbox.business.catalogue import Catalogue
from sandbox.business.model import DiscountCode, OrderLine, Product, Variant
from sandbox.business.money import charm_price, convert, share

TAX_PERCENT = {"USD": 8, "CAD": 13, "EUR": 19, "GBP": 20, "JPY": 10, "KWD": 0}
GIFT_CARDS = (2500, 5000, 10000)


@dataclass(frozen=True, slots=True)
class Basket:
    """Lines with their sums, all in minor units of `currency`."""

    currency: str
    lines: tuple[OrderLine, ...]
    subtotal: int
    discount: int
    discount_code: str | None
    shipping: int
    shipping_title: str
    tax: int
    tip: int

    @property
    def total(self) -> int:
        """What the buyer pays."""
        return self.subtotal + self.shipping + self.tax + self.tip


def rounded(amount: int, currency: str) -> int:
    """Return the amount as cards can be charged: dinars in tens of fils."""
    return (amount + 5) // 10 * 10 if currency == "KWD" else amount


class Shelf:
    """What can be bought at a moment, and at which price."""

    def __init__(self, catalogue: Catalogue) -> None:
        self.products = catalogue.products
        self.codes = catalogue.discount_codes

    def on_sale(self, rng: Random, at: int) -> tuple[Product, Variant]:
        """Return a random variant that the shop sells at this moment."""
        while True:
            timeline = rng.choice(self.products)
            product = timeline.at(at)
            gone = timeline.deleted is not None and timeline.deleted <= at
            if product is not None and product.status == "ACTIVE" and not gone:
                return product, rng.choice(product.variants)

    def code(self, rng: Random, at: int) -> DiscountCode | None:
        """Return a discount code that is valid at this moment."""
        known = [timeline.at(at) for timeline in self.codes]
        valid = [c for c in known if c is not None and c.starts <= at and (c.ends is None or at < c.ends)]
        return rng.choice(valid) if valid else None

    def fill(self, rng: Random, at: int, currency: str, line_ids: Iterator[str]) -> Basket:
        """Return a basket of one to four lines."""
        lines = tuple(self._line(rng, at, currency, line_ids) for _ in range(rng.choice((1, 1, 1, 2, 2, 3, 4))))
        code = self.code(rng, at) if rng.random() < 0.18 else None
        gross = sum(line.unit_price * line.quantity for line in lines)
        off = self._off(code, gross, currency) if code else 0
        lines = _finish(lines, gross, off, currency)
        subtotal = gross - off
        free = subtotal >= convert(7500, "USD", currency)
        shipping = 0 if free else rounded(charm_price(convert(690, "USD", currency), currency), currency)
        tipped = rng.random() < 0.03
        return Basket(
            currency=currency,
            lines=lines,
            subtotal=subtotal,
            discount=off,
            discount_code=code.code if code and off else None,
            shipping=shipping,
            shipping_title="Free shipping" if free else "Standard",
            tax=sum(line.tax for line in lines),
            tip=charm_price(convert(300, "USD", currency), currency) if tipped else 0,
        )

    def _off(self, code: DiscountCode, gross: int, currency: str) -> int:
        off = share(gross, code.percent, 100) if code.percent else convert(code.amount or 0, "USD", currency)
        return min(rounded(off, currency), gross)

    def _line(self, rng: Random, at: int, currency: str, line_ids: Iterator[str]) -> OrderLine:
        if rng.random() < 0.008:
            price = charm_price(convert(rng.choice(GIFT_CARDS), "USD", currency), currency)
            return OrderLine(
                next(line_ids),
                None,
                None,
                "product-gift-card",
                "Gift card",
                None,
                None,
                "EnGarde",
                1,
                price,
                0,
                0,
                True,
            )
        product, variant = self.on_sale(rng, at)
        return OrderLine(
            id=next(line_ids),
            product=product.id,
            variant=variant.id,
            truth=variant.truth,
            title=product.title,
            variant_title=variant.title,
            sku=variant.sku,
            vendor=product.vendor,
            quantity=rng.choice((1, 1, 1, 1, 2, 3)),
            unit_price=charm_price(convert(variant.price, "USD", currency), currency),
            discount=0,
            tax=0,
        )


def _finish(lines: tuple[OrderLine, ...], gross: int, off: int, currency: str) -> tuple[OrderLine, ...]:
    """Spread the discount over the lines (the last one takes what rounding leaves) and add tax."""
    left, done = off, []
    for index, line in enumerate(lines):
        whole = line.unit_price * line.quantity
        part = left if index == len(lines) - 1 else min(left, share(off, whole, gross))
        part = min(part, whole)
        left -= part
        tax = 0 if line.gift_card else rounded(share(whole - part, TAX_PERCENT[currency], 100), currency)
        done.append(replace(line, discount=part, tax=tax))
    return tuple(done)
