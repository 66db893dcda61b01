"""Stripe's shapes of invoices, their lines, and subscriptions."""

from __future__ import annotations

from sandbox.business.model import Account, Price
from sandbox.business.payments import Invoice, InvoiceLine, Subscription
from sandbox.stripe.objects import Json, address, full_name, plan, price


def embedded(items: list[Json], url: str) -> Json:
    """Return a list as it stands inside another object."""
    return {"object": "list", "data": items, "has_more": False, "url": url}


def invoice_line(line: InvoiceLine, subscription: str | None, known: Price) -> Json:
    """Return a line of an invoice."""
    shape: Json = {
        "id": line.id,
        "object": "line_item",
        "amount": line.amount,
        "amount_excluding_tax": line.amount,
        "currency": line.currency,
        "description": line.description,
        "discount_amounts": [],
        "discountable": True,
        "discounts": [],
        "livemode": False,
        "metadata": {},
        "period": {"end": line.period_end, "start": line.period_start},
        "price": price(known),
        "proration": line.proration,
        "proration_details": {"credited_items": None},
        "quantity": line.quantity,
        "subscription": subscription,
        "tax_amounts": [],
        "tax_rates": [],
        "type": "subscription" if subscription else "invoiceitem",
        "unit_amount_excluding_tax": str(line.amount),
    }
    if line.subscription_item:
        shape["subscription_item"] = line.subscription_item
    if not subscription:
        shape["invoice_item"] = line.id.replace("il_", "ii_")
    return shape


def _customer_part(customer: Account | None) -> Json:
    return {
        "customer_address": address(customer.address) if customer else None,
        "customer_email": customer.email if customer else None,
        "customer_name": full_name(customer) if customer else None,
        "customer_phone": customer.phone if customer else None,
        "customer_shipping": None,
        "customer_tax_exempt": "none",
        "customer_tax_ids": [],
    }


def _amounts(known: Invoice) -> Json:
    return {
        "amount_due": known.total,
        "amount_paid": known.paid,
        "amount_remaining": known.total - known.paid,
        "amount_shipping": 0,
        "ending_balance": 0 if known.finalized else None,
        "post_payment_credit_notes_amount": 0,
        "pre_payment_credit_notes_amount": 0,
        "starting_balance": 0,
        "subtotal": known.total,
        "subtotal_excluding_tax": known.total,
        "tax": None,
        "total": known.total,
        "total_discount_amounts": [],
        "total_excluding_tax": known.total,
        "total_tax_amounts": [],
    }


def _transitions(known: Invoice) -> Json:
    return {
        "finalized_at": known.finalized,
        "marked_uncollectible_at": known.updated if known.status == "uncollectible" else None,
        "paid_at": known.paid_at,
        "voided_at": None,
    }


_UNUSED_BY_INVOICES: Json = dict.fromkeys(
    (
        "account_tax_ids",
        "application",
        "application_fee_amount",
        "custom_fields",
        "default_payment_method",
        "default_source",
        "description",
        "discount",
        "due_date",
        "footer",
        "from_invoice",
        "last_finalization_error",
        "latest_revision",
        "next_payment_attempt",
        "on_behalf_of",
        "quote",
        "receipt_number",
        "rendering_options",
        "shipping_cost",
        "shipping_details",
        "statement_descriptor",
        "test_clock",
        "transfer_data",
    )
)
"""What the business never fills in on an invoice."""


def invoice(known: Invoice, customer: Account | None, lines: list[Json]) -> Json:
    """Return an invoice with its lines and what it copied from its customer."""
    return {
        "id": known.id,
        "object": "invoice",
        "account_country": "US",
        "account_name": "EnGarde Outfitters",
        "attempt_count": known.attempts,
        "attempted": known.attempts > 0,
        "auto_advance": known.status in ("draft", "open"),
        "automatic_tax": {"enabled": False, "status": None},
        "billing_reason": known.billing_reason,
        "charge": known.charge,
        "collection_method": "charge_automatically",
        "created": known.created,
        "currency": known.currency,
        "customer": known.customer,
        "default_tax_rates": [],
        "discounts": [],
        "effective_at": known.finalized,
        "hosted_invoice_url": f"https://invoice.stripe.com/i/{known.id}" if known.finalized else None,
        "invoice_pdf": f"https://pay.stripe.com/invoice/{known.id}/pdf" if known.finalized else None,
        "lines": embedded(lines, f"/v1/invoices/{known.id}/lines"),
        "livemode": False,
        "metadata": {},
        "number": known.number,
        "paid": known.status == "paid",
        "paid_out_of_band": False,
        "payment_intent": known.intent,
        "payment_settings": dict.fromkeys(("default_mandate", "payment_method_options", "payment_method_types")),
        "period_end": known.created,
        "period_start": known.created,
        "status": known.status,
        "status_transitions": _transitions(known),
        "subscription": known.subscription,
        "webhooks_delivered_at": known.created,
        **_amounts(known),
        **_customer_part(customer),
        **_UNUSED_BY_INVOICES,
    }


def invoice_payment(known: Invoice) -> Json:
    """Return the payment of a finalised invoice."""
    return {
        "id": known.id.replace("in_", "inpay_", 1),
        "object": "invoice_payment",
        "amount_paid": known.paid or None,
        "amount_requested": known.total,
        "created": known.finalized,
        "currency": known.currency,
        "invoice": known.id,
        "is_default": True,
        "livemode": False,
        "payment": {"payment_intent": known.intent, "type": "payment_intent"},
        "status": "paid" if known.status == "paid" else "open",
        "status_transitions": {"canceled_at": None, "paid_at": known.paid_at},
    }


def subscription_item(known: Subscription, its_price: Price) -> Json:
    """Return the one item of a subscription."""
    return {
        "id": known.item,
        "object": "subscription_item",
        "billing_thresholds": None,
        "created": known.created,
        "metadata": {},
        "plan": plan(its_price),
        "price": price(its_price),
        "quantity": known.quantity,
        "subscription": known.id,
        "tax_rates": [],
    }


_UNUSED_BY_SUBSCRIPTIONS: Json = dict.fromkeys(
    (
        "application",
        "application_fee_percent",
        "billing_thresholds",
        "days_until_due",
        "default_source",
        "description",
        "discount",
        "next_pending_invoice_item_invoice",
        "on_behalf_of",
        "pause_collection",
        "pending_invoice_item_interval",
        "pending_setup_intent",
        "pending_update",
        "schedule",
        "test_clock",
        "transfer_data",
        "trial_end",
        "trial_start",
    )
)
"""What the business never fills in on a subscription."""


def subscription(known: Subscription, its_price: Price) -> Json:
    """Return a subscription with its item."""
    items = embedded([subscription_item(known, its_price)], f"/v1/subscription_items?subscription={known.id}")
    asked = known.canceled is not None
    return {
        "id": known.id,
        "object": "subscription",
        "automatic_tax": {"enabled": False},
        "billing_cycle_anchor": known.created,
        "cancel_at": known.period_end if known.cancel_at_period_end and not known.ended else None,
        "cancel_at_period_end": known.cancel_at_period_end and not known.ended,
        "canceled_at": known.canceled,
        "cancellation_details": {
            "comment": None,
            "feedback": None,
            "reason": ("cancellation_requested" if known.cancel_at_period_end else "payment_failed") if asked else None,
        },
        "collection_method": "charge_automatically",
        "created": known.created,
        "currency": known.currency,
        "current_period_end": known.period_end,
        "current_period_start": known.period_start,
        "customer": known.customer,
        "default_payment_method": known.payment_method,
        "default_tax_rates": [],
        "ended_at": known.ended,
        "items": items,
        "latest_invoice": known.latest_invoice,
        "livemode": False,
        "metadata": {},
        "payment_settings": {
            "payment_method_options": None,
            "payment_method_types": None,
            "save_default_payment_method": "off",
        },
        "start_date": known.created,
        "status": known.status,
        "trial_settings": {"end_behavior": {"missing_payment_method": "create_invoice"}},
        **_UNUSED_BY_SUBSCRIPTIONS,
    }
