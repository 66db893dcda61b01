-- One row per payment; what it cost stands in the balance transaction it caused.
with movements as (
    select
        _connection_id,
        coalesce({{ json_text('context', 'payment', 'paymentId') }}, {{ json_text('context', 'capture', 'paymentId') }}) as payment_id,
        max(id) as balance_id,
        sum(-{{ mollie_value('deductions') }}) as fee,
        sum({{ mollie_value('"resultAmount"') }}) as net,
        max({{ json_text('"resultAmount"', 'currency') }}) as currency
    from {{ raw('mollie', 'balance_transactions') }} as balance_transactions
    where type in ('payment', 'capture')
    group by 1, 2
)

select
    {{ origin('mollie', 'payments', from='payment') }},
    payment.id as source_record_id,
    ---------- what it belongs to
    cast(null as text) as source_parent_id, -- a payment is one attempt
    payment."orderId" as source_order_id,
    payment."customerId" as source_customer_id,
    cast(null as text) as source_invoice_id, -- sales invoices name their payment, not the other way round
    movements.balance_id as source_balance_id,
    {{ json_text('payment."billingAddress"', 'email') }} as email,
    ---------- how
    'mollie' as gateway,
    payment.method,
    case when payment.status = 'authorized' then 'auth' when payment.status = 'canceled' then 'void' else 'sale' end as kind,
    case when payment.status in ('paid', 'authorized') then 'succeeded' when payment.status in ('open', 'pending') then 'pending'
        else 'failed' end as status,
    payment.description as gateway_reference,
    ---------- money: what was captured, or what was asked for where nothing was
    coalesce(nullif({{ mollie_value('payment."amountCaptured"') }}, 0), {{ mollie_value('payment.amount') }}) as amount,
    {{ json_text('payment.amount', 'currency') }} as currency,
    coalesce(movements.fee, 0) as fee,
    movements.net,
    movements.currency as settlement_currency,
    true as is_processor,
    false as is_offline,
    payment.mode = 'test' as is_test,
    ---------- when
    coalesce(payment."paidAt", payment."authorizedAt", payment."createdAt") as processed_at,
    payment._sdc_deleted_at as deleted_at,
    payment._sdc_extracted_at as _loaded_at
from {{ raw('mollie', 'payments') }} as payment
left join movements on movements.payment_id = payment.id and movements._connection_id = payment._connection_id
