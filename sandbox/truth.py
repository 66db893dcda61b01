"""What is really behind every row the vendors serve, so that reconciliation can be scored."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from sandbox.business.crm import Engagement
from sandbox.business.snapshot import Snapshot

Row = tuple[str, str, str, str]

# (platform, stream of the tap) of each collection of a snapshot whose objects are rows by themselves.
STREAMS = {
    "stripe_customers": ("stripe", "customers"),
    "stripe_products": ("stripe", "products"),
    "prices": ("stripe", "prices"),
    "payment_intents": ("stripe", "payment_intents"),
    "charges": ("stripe", "charges"),
    "stripe_refunds": ("stripe", "refunds"),
    "disputes": ("stripe", "disputes"),
    "balance_transactions": ("stripe", "balance_transactions"),
    "payouts": ("stripe", "payouts"),
    "invoices": ("stripe", "invoices"),
    "subscriptions": ("stripe", "subscriptions"),
    "shopify_customers": ("shopify", "customers"),
    "products": ("shopify", "products"),
    "locations": ("shopify", "locations"),
    "inventory_levels": ("shopify", "inventory_levels"),
    "discount_codes": ("shopify", "discounts"),
    "orders": ("shopify", "orders"),
    "checkouts": ("shopify", "abandoned_checkouts"),
    "contacts": ("hubspot", "contacts"),
    "companies": ("hubspot", "companies"),
    "hubspot_products": ("hubspot", "products"),
    "deals": ("hubspot", "deals"),
    "line_items": ("hubspot", "line_items"),
    "tickets": ("hubspot", "tickets"),
    "owners": ("hubspot", "owners"),
    "pipelines": ("hubspot", "pipelines"),
    "marketing_campaigns": ("hubspot", "campaigns"),
    "marketing_emails": ("hubspot", "marketing_emails"),
    "campaigns": ("google_ads", "campaigns"),
    "ad_groups": ("google_ads", "ad_groups"),
    "ads": ("google_ads", "ads"),
    "keywords": ("google_ads", "keywords"),
}


def _children(now: Snapshot) -> Iterator[Row]:
    for product in now.products.live.values():
        for variant in product.variants:
            yield ("shopify", "variants", variant.id, variant.truth)
    for order in now.orders.live.values():
        for line in order.lines:
            yield ("shopify", "order_lines", line.id, line.truth)
        for kind, parts in (
            ("transactions", order.transactions),
            ("refunds", order.refunds),
            ("fulfillments", order.fulfillments),
        ):
            for part in parts:
                yield ("shopify", kind, part.id, order.truth)
    for invoice in now.invoices.live.values():
        for item in invoice.lines:
            yield ("stripe", "invoice_lines", item.id, item.truth)


def _engagements(objects: Iterator[Engagement]) -> Iterator[Row]:
    for engagement in objects:
        yield ("hubspot", engagement.kind, engagement.id, engagement.truth)


def truth_rows(now: Snapshot) -> Iterator[Row]:
    """Yield (platform, object, source_id, truth_id) for everything that exists or existed until now."""
    for name, (platform, stream) in STREAMS.items():
        collection = getattr(now, name)
        for known in collection.live.values():
            yield (platform, stream, known.id, known.truth)
        for _, gone in collection.deleted.values():
            yield (platform, stream, gone.id, gone.truth)
    yield from _children(now)
    yield from _engagements(iter(now.engagements.live.values()))
    for account in now.ads_accounts:
        yield ("google_ads", "accounts", account.id, account.truth)


def write_truth(now: Snapshot, path: Path) -> int:
    """Write the truth as parquet with the text columns platform, object, source_id, truth_id; return its rows."""
    names = ("platform", "object", "source_id", "truth_id")
    columns = zip(*truth_rows(now), strict=True)
    table = pa.table({name: pa.array(values, pa.string()) for name, values in zip(names, columns, strict=True)})
    path.parent.mkdir(parents=True, exist_ok=True)
    pq.write_table(table, path)
    return int(table.num_rows)
