"""Stripe's shapes of payment intents and charges."""

from __future__ import annotations

from sandbox.business.payments import Charge, PaymentIntent
from sandbox.stripe.objects import Json, address

DECLINES = {
    "card_declined": "Your card was declined.",
    "expired_card": "Your card has expired.",
    "insufficient_funds": "Your card has insufficient funds.",
}


def _failure(code: str) -> tuple[str, str]:
    """Return the error code and the decline code of a failed attempt."""
    return (
        (code, code)
        if code == "expired_card"
        else ("card_declined", "generic_decline" if code == "card_declined" else code)
    )


def _outcome(known: Charge) -> Json:
    if known.failure:
        return {
            "network_status": "declined_by_network",
            "reason": _failure(known.failure)[1],
            "risk_level": "normal",
            "risk_score": 22,
            "seller_message": "The bank returned the decline code.",
            "type": "issuer_declined",
        }
    return {
        "network_status": "approved_by_network",
        "reason": None,
        "risk_level": "normal",
        "risk_score": 12,
        "seller_message": "Payment complete.",
        "type": "authorized",
    }


def _card(known: Charge) -> Json:
    return {
        "card": {
            "brand": known.card_brand,
            "checks": {"address_line1_check": None, "address_postal_code_check": None, "cvc_check": "pass"},
            "country": known.card_country,
            "exp_month": 1 + int(known.card_last4) % 12,
            "exp_year": 2029,
            "fingerprint": known.payment_method[-16:],
            "funding": "credit",
            "installments": None,
            "last4": known.card_last4,
            "mandate": None,
            "network": known.card_brand,
            "network_token": None,
            "three_d_secure": None,
            "wallet": None,
        },
        "type": "card",
    }


_UNUSED_BY_CHARGES: Json = dict.fromkeys(
    (
        "application",
        "application_fee",
        "application_fee_amount",
        "failure_balance_transaction",
        "on_behalf_of",
        "receipt_number",
        "review",
        "shipping",
        "source_transfer",
        "statement_descriptor",
        "statement_descriptor_suffix",
        "transfer_data",
        "transfer_group",
    )
)
"""What the business never fills in on a charge."""


def charge(known: Charge) -> Json:
    """Return a charge; its refunds are a list of their own since API version 2022-11-15."""
    message = DECLINES[known.failure] if known.failure else None
    return {
        "id": known.id,
        "object": "charge",
        "amount": known.amount,
        "amount_captured": known.captured,
        "amount_refunded": known.refunded,
        "balance_transaction": known.balance_transaction,
        "billing_details": {
            "address": address(known.address),
            "email": known.email,
            "name": known.name,
            "phone": known.phone,
        },
        "calculated_statement_descriptor": "ENGARDE OUTFITTERS",
        "captured": known.captured > 0,
        "created": known.created,
        "currency": known.currency,
        "customer": known.customer,
        "description": known.description,
        "disputed": known.disputed,
        "failure_code": _failure(known.failure)[0] if known.failure else None,
        "failure_message": message,
        "fraud_details": {},
        "invoice": known.invoice,
        "livemode": False,
        "metadata": dict(known.metadata),
        "outcome": _outcome(known),
        "paid": known.status == "succeeded",
        "payment_intent": known.intent,
        "payment_method": known.payment_method,
        "payment_method_details": _card(known),
        "receipt_email": known.email,
        "receipt_url": f"https://pay.stripe.com/receipts/{known.id}",
        "refunded": known.amount > 0 and known.refunded >= known.amount,
        "status": known.status,
        **_UNUSED_BY_CHARGES,
    }


_UNUSED_BY_INTENTS: Json = dict.fromkeys(
    (
        "application",
        "application_fee_amount",
        "automatic_payment_methods",
        "last_payment_error",
        "next_action",
        "on_behalf_of",
        "processing",
        "review",
        "setup_future_usage",
        "shipping",
        "statement_descriptor",
        "statement_descriptor_suffix",
        "transfer_data",
        "transfer_group",
    )
)
"""What the business never fills in on a payment intent."""


def payment_intent(known: PaymentIntent) -> Json:
    """Return a payment intent."""
    return {
        "id": known.id,
        "object": "payment_intent",
        "amount": known.amount,
        "amount_capturable": known.amount if known.status == "requires_capture" else 0,
        "amount_details": {"tip": {}},
        "amount_received": known.received,
        "canceled_at": known.canceled,
        "cancellation_reason": known.cancel_reason,
        "capture_method": known.capture_method,
        "client_secret": f"{known.id}_secret_sandbox",
        "confirmation_method": "automatic",
        "created": known.created,
        "currency": known.currency,
        "customer": known.customer,
        "description": known.description,
        "invoice": known.invoice,
        "latest_charge": known.charge,
        "livemode": False,
        "metadata": dict(known.metadata),
        "payment_method": known.payment_method if known.status != "requires_payment_method" else None,
        "payment_method_options": {},
        "payment_method_types": ["card"],
        "receipt_email": known.email,
        "status": known.status,
        **_UNUSED_BY_INTENTS,
    }
