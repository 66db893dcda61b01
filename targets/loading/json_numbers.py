"""Numbers inside JSON that PostgreSQL's jsonb cannot hold: it keeps each as a numeric.

https://www.postgresql.org/docs/current/datatype-numeric.html: up to 131,072 digits before the point, 16,383 after it.
"""

from __future__ import annotations

import re
from decimal import Decimal, InvalidOperation

BEYOND_JSON = "number beyond jsonb, as text"
_DIGITS_BEFORE, _DIGITS_AFTER = 131_072, 16_383
_SUSPECT = re.compile(r"[eE][+-]?\d{4}|\d{9999}")
_TOKENS = re.compile(r'"(?:[^"\\]|\\.)*"|(-?\d[\d.]*(?:[eE][+-]?\d+)?)', re.DOTALL)


def bounded_numbers(text: str) -> tuple[str, int]:
    """The JSON with each number that jsonb refuses as the text of it, and how many those were."""
    if _SUSPECT.search(text) is None:
        return text, 0
    beyond = 0

    def token(match: re.Match[str]) -> str:
        nonlocal beyond
        if match[1] is None or _fits(match[1]):
            return match[0]
        beyond += 1
        return f'"{match[1]}"'

    return _TOKENS.sub(token, text), beyond


def _fits(number: str) -> bool:
    try:
        value = Decimal(number)
    except InvalidOperation:
        return False
    exponent = value.as_tuple().exponent
    return value.adjusted() < _DIGITS_BEFORE and isinstance(exponent, int) and exponent >= -_DIGITS_AFTER
