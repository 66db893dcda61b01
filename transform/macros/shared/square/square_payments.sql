{# One row per payment; cash and payments taken elsewhere are written down by Square, not processed. #}
{% macro square_payments(platform) %}
with fees as (
    select payment._connection_id, payment.id, sum(cast({{ json_text('fee.item', 'amount_money', 'amount') }} as bigint)) as amount
    from {{ raw(platform, 'payments') }} as payment
    {{ json_items('payment.processing_fee', 'fee') }}
    group by payment._connection_id, payment.id
)

select
    {{ origin(platform, 'payments', from='payment') }},
    payment.id as source_record_id,
    ---------- what it belongs to
    cast(null as text) as source_parent_id, -- a payment is authorised and captured as one record
    payment.order_id as source_order_id,
    payment.customer_id as source_customer_id,
    cast(null as text) as source_invoice_id, -- an invoice is paid through its order
    cast(null as text) as source_balance_id, -- known through the payout's entries
    payment.buyer_email_address as email,
    ---------- how
    case payment.source_type when 'CASH' then 'cash' when 'EXTERNAL' then 'external' else 'square' end as gateway,
    lower(payment.source_type) as method,
    case when payment.status = 'APPROVED' then 'auth' when payment.status = 'CANCELED' then 'void' else 'sale' end as kind,
    case payment.status when 'COMPLETED' then 'succeeded' when 'APPROVED' then 'succeeded' when 'PENDING' then 'pending'
        else 'failed' end as status,
    payment.reference_id as gateway_reference,
    ---------- money
    {{ money(json_text('payment.total_money', 'amount')) }} as amount,
    {{ json_text('payment.total_money', 'currency') }} as currency,
    {{ money('coalesce(fees.amount, 0)') }} as fee,
    {{ money('cast(' ~ json_text('payment.total_money', 'amount') ~ ' as bigint) - coalesce(fees.amount, 0) - coalesce(cast('
        ~ json_text('payment.app_fee_money', 'amount') ~ ' as bigint), 0)') }} as net,
    {{ json_text('payment.total_money', 'currency') }} as settlement_currency,
    payment.source_type not in ('CASH', 'EXTERNAL') as is_processor,
    payment.source_type in ('CASH', 'EXTERNAL') as is_offline,
    false as is_test, -- the sandbox is a connection of its own
    ---------- when
    payment.created_at as processed_at,
    payment._sdc_deleted_at as deleted_at,
    payment._sdc_extracted_at as _loaded_at
from {{ raw(platform, 'payments') }} as payment
left join fees on fees.id = payment.id and fees._connection_id = payment._connection_id
left join {{ ref('currencies') }} as currency on currency.code = {{ json_text('payment.total_money', 'currency') }}
{% endmacro %}
