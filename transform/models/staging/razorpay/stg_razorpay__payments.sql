-- One row per attempt to pay; Razorpay's own orders are intents to pay and stand behind `source_parent_id`.
select
    {{ origin('razorpay', 'payments', from='payment') }},
    payment.id as source_record_id,
    ---------- what it belongs to
    payment.order_id as source_parent_id,
    cast(null as text) as source_order_id, -- a Razorpay order is no purchase but the intent to pay one
    payment.customer_id as source_customer_id,
    payment.invoice_id as source_invoice_id,
    cast(null as text) as source_balance_id, -- known through the settlement
    payment.email,
    ---------- how
    'razorpay' as gateway,
    payment.method,
    case when payment.status = 'authorized' then 'auth' else 'sale' end as kind,
    -- a refunded payment was captured before
    case payment.status when 'captured' then 'succeeded' when 'refunded' then 'succeeded' when 'authorized' then 'succeeded'
        when 'failed' then 'failed' else 'pending' end as status,
    orders.receipt as gateway_reference,
    ---------- money: the fee holds the tax on it
    {{ money('payment.amount') }} as amount,
    payment.currency,
    {{ money('coalesce(payment.fee, 0)') }} as fee,
    case when payment.captured then {{ money('payment.amount - coalesce(payment.fee, 0)') }} end as net,
    payment.currency as settlement_currency,
    true as is_processor,
    false as is_offline,
    false as is_test, -- a test key is a connection of its own
    ---------- when
    {{ from_epoch('payment.created_at') }} as processed_at,
    payment._sdc_deleted_at as deleted_at,
    payment._sdc_extracted_at as _loaded_at
from {{ raw('razorpay', 'payments') }} as payment
left join {{ raw('razorpay', 'orders') }} as orders
    on orders.id = payment.order_id and orders._connection_id = payment._connection_id
left join {{ ref('currencies') }} as currency on currency.code = payment.currency
