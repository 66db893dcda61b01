"""Ids of everything that hangs on an order."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import count
from random import Random

from sandbox.business.chance import stripe_id


def _gids(kind: str, start: int) -> Iterator[str]:
    return (f"gid://shopify/{kind}/{start + 32_768 * number}" for number in count(1))


class OrderIds:
    """Endless ids, each given once."""

    def __init__(self, rng: Random) -> None:
        self.lines = _gids("LineItem", 14_000_000_000_000)
        self.transactions = _gids("OrderTransaction", 6_900_000_000_000)
        self.refunds = _gids("Refund", 930_000_000_000)
        self.refund_lines = _gids("RefundLineItem", 620_000_000_000)
        self.fulfillments = _gids("Fulfillment", 5_100_000_000_000)
        self._rng = rng

    def stripe(self, prefix: str) -> str:
        """Return a new id in Stripe's shape."""
        return stripe_id(self._rng, prefix)
