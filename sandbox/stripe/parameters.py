"""Stripe's query parameters: brackets for nested ones, and refusal of what an endpoint does not know."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field

from sandbox.stripe.errors import StripeError

RANGE = ("gt", "gte", "lt", "lte")
PAGING = ("limit", "starting_after", "ending_before", "expand")
MAX_EXPAND_DEPTH = 4
_NAME = re.compile(r"([A-Za-z_]+)(?:\[([A-Za-z0-9_]*)\])?\Z")


@dataclass(slots=True)
class Parameters:
    """A list request: paging, ranges such as created, plain filters and lists such as types[]."""

    limit: int = 10
    starting_after: str | None = None
    ending_before: str | None = None
    expand: list[str] = field(default_factory=list)
    ranges: dict[str, dict[str, int]] = field(default_factory=dict)
    filters: dict[str, str] = field(default_factory=dict)
    lists: dict[str, list[str]] = field(default_factory=dict)

    def within(self, name: str, value: int) -> bool:
        """Return whether a time lies in the range asked for."""
        asked = self.ranges.get(name, {})
        return (
            value > asked.get("gt", value - 1)
            and value >= asked.get("gte", value)
            and value < asked.get("lt", value + 1)
            and value <= asked.get("lte", value)
        )


def _integer(name: str, text: str) -> int:
    try:
        return int(text)
    except ValueError:
        raise StripeError(400, f"Invalid integer: {text}", "parameter_invalid_integer", name) from None


def _limit(text: str) -> int:
    limit = _integer("limit", text)
    if limit > 100:
        raise StripeError(400, "This value must be less than or equal to 100.", "parameter_invalid_integer", "limit")
    if limit < 1:
        raise StripeError(400, "This value must be greater than or equal to 1.", "parameter_invalid_integer", "limit")
    return limit


def _unknown(name: str) -> StripeError:
    return StripeError(400, f"Received unknown parameter: {name}", "parameter_unknown", name)


def _put(made: Parameters, name: str, inner: str | None, value: str, whole: str, ranges: Iterable[str]) -> None:
    if name == "expand":
        if value.count(".") >= MAX_EXPAND_DEPTH:
            raise StripeError(400, "You cannot expand more than 4 levels of a property.", param="expand")
        made.expand.append(value)
    elif name in ranges:
        if inner not in (None, *RANGE):
            raise _unknown(whole)
        bounds = made.ranges.setdefault(name, {})
        number = _integer(name, value)
        bounds.update({inner: number} if inner else {"gte": number, "lte": number})
    elif inner is not None:
        made.lists.setdefault(name, []).append(value)
    else:
        made.filters[name] = value


def parse(query: Iterable[tuple[str, str]], ranges: Iterable[str], filters: Iterable[str]) -> Parameters:
    """Return the parameters of a list request; raise StripeError for unknown or malformed ones."""
    made, ranges = Parameters(), tuple(ranges)
    known = {*PAGING, *ranges, *filters}
    for whole, value in query:
        found = _NAME.match(whole)
        if found is None or found[1] not in known:
            raise _unknown(whole)
        name, inner = found[1], found[2]
        if name == "limit":
            made.limit = _limit(value)
        elif name in ("starting_after", "ending_before"):
            setattr(made, name, value)
        else:
            _put(made, name, inner, value, whole, ranges)
    if made.starting_after and made.ending_before:
        message = "You can only specify one of these parameters: starting_after, ending_before."
        raise StripeError(400, message, param="ending_before")
    return made
