"""The shape in which objects reach GraphQL: plain dictionaries, with functions where a field takes arguments."""

from __future__ import annotations

import zlib
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from sandbox.business.money import DIGITS, SHOP_CURRENCY, decimal_text

Args = dict[str, Any]
Node = dict[str, Any]
PathKey = str | int


@dataclass(slots=True)
class Context:
    """What one request gathers beside its data: reports on search arguments."""

    reports: list[dict[str, Any]] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Ask:
    """One field being answered: where it stands, and the request's context."""

    context: Context
    path: tuple[PathKey, ...]
    bulk: bool = False


Field = Callable[[Args, Ask], Any]


def moment(at: int | None) -> str | None:
    """Return an epoch second as Shopify writes times (UTC, `Z`), null for null."""
    return None if at is None else datetime.fromtimestamp(at, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def digits(gid: str) -> str:
    """Return the number at the end of a global id: gid://shopify/Order/12?x=1 is 12."""
    return gid.rsplit("/", 1)[-1].split("?", 1)[0]


def made_up_id(kind: str, *parts: object) -> str:
    """Return a stable global id for something the business does not number itself."""
    text = "|".join(str(part) for part in parts).encode()
    number = 1_000_000_000_000 + (zlib.crc32(text) << 7 | zlib.adler32(text) & 127)
    return f"gid://shopify/{kind}/{number}"


def money(amount: int, currency: str) -> Node:
    """Return minor units as MoneyV2."""
    return {"__typename": "MoneyV2", "amount": decimal_text(amount, currency), "currencyCode": currency}


@dataclass(frozen=True, slots=True)
class Purse:
    """Turns amounts of an order's currency into MoneyBag; `rate` is millionths of a US dollar per major unit."""

    currency: str
    rate: int

    def shop(self, amount: int) -> int:
        """Return the amount in cents of the shop's currency, rounded half up, also below zero."""
        if self.currency == SHOP_CURRENCY:
            return amount
        digits_here = DIGITS[self.currency]
        numerator, denominator = abs(amount) * self.rate * 100, 1_000_000 * int(10**digits_here)
        cents = (2 * numerator + denominator) // (2 * denominator)
        return cents if amount >= 0 else -cents

    def bag(self, amount: int) -> Node:
        """Return the amount as MoneyBag in shop and buyer's currency."""
        return {"shopMoney": money(self.shop(amount), SHOP_CURRENCY), "presentmentMoney": money(amount, self.currency)}


def count(number: int) -> Node:
    """Return a number as Count."""
    return {"count": number, "precision": "EXACT"}


def first_of(items: list[Node]) -> Field:
    """Return a field that lists `items`, cut to its argument `first`."""

    def answer(args: Args, _ask: Ask) -> list[Node]:
        return items[: args["first"]] if args.get("first") is not None else items

    return answer
