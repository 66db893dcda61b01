-- One row per charge: an attempt to take money, successful or not.
{% set charges %}(
    select
        charge.*, balance.fee as settled_fee, balance.net as settled_net, balance.currency as settled_in,
        coalesce(charge.invoice, invoice_payment.invoice) as paid_invoice
    from {{ raw('stripe', 'charges') }} as charge
    left join {{ raw('stripe', 'balance_transactions') }} as balance
        on balance.id = charge.balance_transaction and balance._connection_id = charge._connection_id
    left join (
        select _connection_id, {{ json_text('payment', 'payment_intent') }} as payment_intent, max(invoice) as invoice
        from {{ raw('stripe', 'invoice_payments') }} as invoice_payments group by 1, 2
    ) as invoice_payment
        on invoice_payment.payment_intent = charge.payment_intent and invoice_payment._connection_id = charge._connection_id
){% endset %}
with charge as ({{ each_row(charges) }})

select
    {{ origin('stripe', 'charges', from='charge') }},
    charge.id as source_record_id,
    ---------- what it belongs to
    charge.payment_intent as source_parent_id,
    cast(null as text) as source_order_id, -- Stripe knows no orders of its own
    charge.customer as source_customer_id,
    charge.paid_invoice as source_invoice_id,
    charge.balance_transaction as source_balance_id,
    coalesce({{ json_text('charge.billing_details', 'email') }}, charge.receipt_email) as email,
    ---------- how
    'stripe' as gateway,
    {{ json_text('charge.payment_method_details', 'type') }} as method,
    case when charge.captured or charge.status <> 'succeeded' then 'sale' else 'auth' end as kind,
    charge.status,
    charge.payment_intent as gateway_reference,
    ---------- money: what was captured, or what was asked for where nothing was
    case when charge.captured and charge.amount_captured is not null
        then {{ stripe_money('charge.amount_captured') }} else {{ stripe_money('charge.amount') }} end as amount,
    upper(charge.currency) as currency,
    {{ stripe_money('charge.settled_fee', 'settled') }} as fee,
    {{ stripe_money('charge.settled_net', 'settled') }} as net,
    upper(charge.settled_in) as settlement_currency,
    true as is_processor,
    false as is_offline,
    false as is_test, -- an account in test mode is a connection of its own
    ---------- when
    {{ from_epoch('charge.created') }} as processed_at,
    charge._sdc_deleted_at as deleted_at,
    charge._sdc_extracted_at as _loaded_at,
    charge._row_hash
from charge
left join {{ ref('currencies') }} as currency on currency.code = upper(charge.currency)
left join {{ ref('currencies') }} as settled on settled.code = upper(charge.settled_in)
