"""Stripe's shapes of customers, products, prices and money that moved (API version 2023-08-16).

Source: https://docs.stripe.com/api. Amounts are integers in the currency's minor unit, times epoch seconds.
"""

from __future__ import annotations

from typing import Any

from sandbox.business.model import Account, Address, ForeignProduct, Price
from sandbox.business.payments import BalanceTransaction, Dispute, Payout, StripeRefund

Json = dict[str, Any]
API_VERSION = "2023-08-16"
ACCOUNT_ID = "acct_1EnGardeSandbox"
CATEGORIES = {"charge": "charge", "refund": "refund", "payout": "payout", "adjustment": "dispute", "stripe_fee": "fee"}
EVIDENCE = (
    "access_activity_log",
    "billing_address",
    "cancellation_policy",
    "cancellation_policy_disclosure",
    "cancellation_rebuttal",
    "customer_communication",
    "customer_email_address",
    "customer_name",
    "customer_purchase_ip",
    "customer_signature",
    "duplicate_charge_documentation",
    "duplicate_charge_explanation",
    "duplicate_charge_id",
    "product_description",
    "receipt",
    "refund_policy",
    "refund_policy_disclosure",
    "refund_refusal_explanation",
    "service_date",
    "service_documentation",
    "shipping_address",
    "shipping_carrier",
    "shipping_date",
    "shipping_documentation",
    "shipping_tracking_number",
    "uncategorized_file",
    "uncategorized_text",
)


def address(known: Address | None) -> Json | None:
    """Return an address, null where there is none."""
    if known is None:
        return None
    return {
        "city": known.city,
        "country": known.country,
        "line1": known.line1,
        "line2": known.line2,
        "postal_code": known.postcode,
        "state": known.region,
    }


def full_name(account: Account) -> str | None:
    """Return the one name Stripe keeps of a customer."""
    return " ".join(name for name in (account.first_name, account.last_name) if name) or None


def customer(account: Account) -> Json:
    """Return a customer."""
    metadata = {"shopify_customer_id": account.shopify_id} if account.shopify_id else {}
    return {
        "id": account.id,
        "object": "customer",
        "address": address(account.address),
        "balance": 0,
        "created": account.created,
        "currency": account.currency.lower(),
        "default_source": None,
        "delinquent": False,
        "description": account.note,
        "discount": None,
        "email": account.email,
        "invoice_prefix": account.id[-8:].upper(),
        "invoice_settings": {
            "custom_fields": None,
            "default_payment_method": None,
            "footer": None,
            "rendering_options": None,
        },
        "livemode": False,
        "metadata": metadata,
        "name": full_name(account),
        "next_invoice_sequence": 1,
        "phone": account.phone,
        "preferred_locales": [account.locale],
        "shipping": None,
        "tax_exempt": "none",
        "test_clock": None,
    }


def deleted(made: str, kind: str) -> Json:
    """Return what is left of a deleted object."""
    return {"id": made, "object": kind, "deleted": True}


def product(known: ForeignProduct) -> Json:
    """Return a product."""
    return {
        "id": known.id,
        "object": "product",
        "active": known.active,
        "created": known.created,
        "default_price": None,
        "description": known.description,
        "features": [],
        "images": [],
        "livemode": False,
        "metadata": {"sku": known.sku} if known.sku else {},
        "name": known.name,
        "package_dimensions": None,
        "shippable": None,
        "statement_descriptor": None,
        "tax_code": None,
        "unit_label": None,
        "updated": known.updated,
        "url": None,
    }


def price(known: Price) -> Json:
    """Return a price."""
    recurring = None
    if known.interval:
        recurring = {
            "aggregate_usage": None,
            "interval": known.interval,
            "interval_count": 1,
            "trial_period_days": None,
            "usage_type": "licensed",
        }
    return {
        "id": known.id,
        "object": "price",
        "active": known.active,
        "billing_scheme": "per_unit",
        "created": known.created,
        "currency": known.currency,
        "custom_unit_amount": None,
        "livemode": False,
        "lookup_key": None,
        "metadata": {},
        "nickname": known.nickname,
        "product": known.product,
        "recurring": recurring,
        "tax_behavior": "unspecified",
        "tiers_mode": None,
        "transform_quantity": None,
        "type": "recurring" if known.interval else "one_time",
        "unit_amount": known.unit_amount,
        "unit_amount_decimal": str(known.unit_amount),
    }


def plan(known: Price) -> Json:
    """Return a recurring price in the older shape of a plan."""
    return {
        "id": known.id,
        "object": "plan",
        "active": known.active,
        "aggregate_usage": None,
        "amount": known.unit_amount,
        "amount_decimal": str(known.unit_amount),
        "billing_scheme": "per_unit",
        "created": known.created,
        "currency": known.currency,
        "interval": known.interval,
        "interval_count": 1,
        "livemode": False,
        "metadata": {},
        "nickname": known.nickname,
        "product": known.product,
        "tiers_mode": None,
        "transform_usage": None,
        "trial_period_days": None,
        "usage_type": "licensed",
    }


def refund(known: StripeRefund) -> Json:
    """Return a refund."""
    return {
        "id": known.id,
        "object": "refund",
        "amount": known.amount,
        "balance_transaction": known.balance_transaction,
        "charge": known.charge,
        "created": known.created,
        "currency": known.currency,
        "metadata": dict(known.metadata),
        "payment_intent": known.intent,
        "reason": known.reason,
        "receipt_number": None,
        "source_transfer_reversal": None,
        "status": known.status,
        "transfer_reversal": None,
    }


def balance_transaction(known: BalanceTransaction) -> Json:
    """Return an entry of the balance."""
    fees = []
    if known.fee:
        what = "Dispute fee" if known.kind == "adjustment" else "Stripe processing fees"
        fees = [
            {
                "amount": known.fee,
                "application": None,
                "currency": known.currency,
                "description": what,
                "type": "stripe_fee",
            }
        ]
    category = "dispute_reversal" if known.kind == "adjustment" and known.amount > 0 else CATEGORIES[known.kind]
    return {
        "id": known.id,
        "object": "balance_transaction",
        "amount": known.amount,
        "available_on": known.available,
        "created": known.created,
        "currency": known.currency,
        "description": known.description,
        "exchange_rate": None if known.exchange_rate is None else known.exchange_rate / 1_000_000,
        "fee": known.fee,
        "fee_details": fees,
        "net": known.amount - known.fee,
        "reporting_category": category,
        "source": known.source,
        "status": known.status,
        "type": known.kind,
    }


def payout(known: Payout) -> Json:
    """Return a payout."""
    return {
        "id": known.id,
        "object": "payout",
        "amount": known.amount,
        "arrival_date": known.arrival,
        "automatic": known.automatic,
        "balance_transaction": known.balance_transaction,
        "created": known.created,
        "currency": known.currency,
        "description": "STRIPE PAYOUT",
        "destination": "ba_1EnGardeSandbox",
        "failure_balance_transaction": None,
        "failure_code": None,
        "failure_message": None,
        "livemode": False,
        "metadata": {},
        "method": "standard",
        "original_payout": None,
        "reconciliation_status": "completed",
        "reversed_by": None,
        "source_type": "card",
        "statement_descriptor": None,
        "status": known.status,
        "type": "bank_account",
    }


def dispute(known: Dispute, entries: list[Json]) -> Json:
    """Return a dispute with the balance transactions it caused."""
    closed = known.status in ("won", "lost")
    return {
        "id": known.id,
        "object": "dispute",
        "amount": known.amount,
        "balance_transactions": entries,
        "charge": known.charge,
        "created": known.created,
        "currency": known.currency,
        "evidence": dict.fromkeys(EVIDENCE),
        "evidence_details": {
            "due_by": known.due_by,
            "has_evidence": known.status != "needs_response",
            "past_due": False,
            "submission_count": 0 if known.status == "needs_response" else 1,
        },
        "is_charge_refundable": not closed,
        "livemode": False,
        "metadata": {},
        "payment_intent": known.intent,
        "reason": known.reason,
        "status": known.status,
    }


def account() -> Json:
    """Return the account itself."""
    return {
        "id": ACCOUNT_ID,
        "object": "account",
        "business_profile": None,
        "business_type": "company",
        "charges_enabled": True,
        "country": "US",
        "created": 1_600_000_000,
        "default_currency": "usd",
        "details_submitted": True,
        "email": "owner@engarde.example",
        "metadata": {},
        "payouts_enabled": True,
        "settings": None,
        "type": "standard",
    }
