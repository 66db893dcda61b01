"""Seeded chance: independent streams of random numbers, so that one part of the business never disturbs another."""

from __future__ import annotations

from collections.abc import Sequence
from random import Random
from typing import TypeVar

ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
HOUR = 3600
DAY = 86400
T = TypeVar("T")


def stream(seed: int, *parts: str | int) -> Random:
    """Return the random stream of one part of the business."""
    return Random(":".join(str(part) for part in (seed, *parts)))  # noqa: S311 - a pretend business, not a secret


def token(rng: Random, length: int) -> str:
    """Return a random text of letters and digits, as vendors use in ids."""
    return "".join(rng.choices(ALPHABET, k=length))


def stripe_id(rng: Random, prefix: str) -> str:
    """Return an id in Stripe's shape."""
    return f"{prefix}_1N{token(rng, 22)}" if prefix != "cus" else f"cus_{token(rng, 14)}"


def pick(rng: Random, weighted: dict[T, int]) -> T:
    """Return one key by its weight."""
    return rng.choices(list(weighted), weights=list(weighted.values()))[0]


def some(rng: Random, items: Sequence[T], count: int) -> list[T]:
    """Return up to `count` different items."""
    return rng.sample(items, min(count, len(items)))
