"""Currencies of the retailer: digits after the point (ISO 4217) and fixed rates to the shop's US dollar."""

from __future__ import annotations

from decimal import Decimal

SHOP_CURRENCY = "USD"
DIGITS = {"USD": 2, "EUR": 2, "GBP": 2, "CAD": 2, "JPY": 0, "KWD": 3}
# Millionths of a US dollar per major unit.
RATES = {"USD": 1_000_000, "EUR": 1_085_000, "GBP": 1_270_000, "CAD": 735_000, "JPY": 6_700, "KWD": 3_255_000}


def _units(currency: str) -> int:
    return int(10 ** DIGITS[currency])


def convert(amount: int, source: str, target: str) -> int:
    """Return `amount` minor units of `source` in minor units of `target`, rounded half up, at the fixed rates."""
    numerator = amount * RATES[source] * _units(target)
    denominator = RATES[target] * _units(source)
    return (2 * numerator + denominator) // (2 * denominator)


def decimal_text(amount: int, currency: str) -> str:
    """Return minor units as decimal text with the currency's digits: 1234 USD is 12.34, 1234 JPY is 1234."""
    return str(Decimal(amount).scaleb(-DIGITS[currency]))


def share(amount: int, part: int, whole: int) -> int:
    """Return part/whole of `amount`, rounded half up."""
    return (2 * amount * part + whole) // (2 * whole) if whole else 0


def charm_price(amount: int, currency: str) -> int:
    """Return the price a shop would print for this converted amount: 19.90, 2,400 yen, 6.500 dinars."""
    step = {0: 100, 2: 10, 3: 50}[DIGITS[currency]]
    return max(step, (amount + step // 2) // step * step)
