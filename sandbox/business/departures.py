"""What is deleted: accounts nobody needs, products taken off the list, contacts archived."""

from __future__ import annotations

from random import Random

from sandbox.business.accounts import Accounts
from sandbox.business.catalogue import Catalogue
from sandbox.business.chance import DAY
from sandbox.business.orders import Orders
from sandbox.business.relations import Relations
from sandbox.business.spans import Span
from sandbox.business.timeline import T, Timeline


def _moment(rng: Random, timeline: Timeline[T], span: Span) -> int:
    """Half of all deletions happen around the present, so that a few days of advancing show some."""
    first = timeline.versions[0].created + DAY
    early, late = (span.epoch - 20 * DAY, span.epoch + 25 * DAY) if rng.random() < 0.5 else (span.start, span.end)
    return rng.randint(max(first, early), max(first, late))


def _delete(rng: Random, timelines: list[Timeline[T]], chance: float, span: Span, keep: set[str] | None = None) -> None:
    for timeline in timelines:
        if rng.random() < chance and (keep is None or timeline.versions[0].id not in keep):
            timeline.deleted = _moment(rng, timeline, span)


def make_departures(
    rng: Random, accounts: Accounts, catalogue: Catalogue, orders: Orders, relations: Relations, span: Span
) -> None:
    """Decide what is deleted and when; Shopify keeps customers who have orders."""
    buyers = {t.versions[0].customer for t in orders.orders} | {t.versions[0].customer for t in orders.checkouts}
    _delete(rng, accounts.by_platform["shopify"], 0.12, span, {buyer for buyer in buyers if buyer})
    _delete(rng, accounts.by_platform["stripe"], 0.025, span)
    _delete(rng, accounts.by_platform["hubspot"], 0.035, span)
    _delete(rng, relations.deals, 0.01, span)
    _delete(rng, relations.tickets, 0.02, span)
    _delete(rng, relations.companies, 0.03, span)
    _delete(rng, relations.engagements, 0.01, span)
    _delete(rng, catalogue.products, 0.08, span)
    _delete(rng, catalogue.hubspot_products, 0.06, span)
    _empty_shelves(catalogue)


def _empty_shelves(catalogue: Catalogue) -> None:
    """A product's stock goes with it."""
    gone = {
        variant.inventory_item: product.deleted
        for product in catalogue.products
        if product.deleted is not None
        for version in product.versions
        for variant in version.variants
    }
    for level in catalogue.inventory_levels:
        level.deleted = gone.get(level.versions[0].item, level.deleted)
