-- Refunds give back what a payment took; credits are paid out without a payment before them.
with given as (
    select
        'refunds' as kind, _connection_id, id, {{ json_text('"orderRef"', 'id') }} as order_id,
        {{ json_text('payment', 'id') }} as payment_id, coalesce(status, 'SUCCESS') as result, voided, amount,
        "taxAmount" as tax, reason, "cardTransaction" as card, "createdTime" as created, _sdc_deleted_at, _sdc_extracted_at
    from {{ raw('clover', 'refunds') }} as refunds
    union all
    select
        'credits', _connection_id, id, {{ json_text('"orderRef"', 'id') }}, cast(null as text), result, voided, amount,
        "taxAmount", reason, "cardTransaction", "createdTime", _sdc_deleted_at, _sdc_extracted_at
    from {{ raw('clover', 'credits') }} as credits
)

select
    'clover.' || given.kind as source_relation,
    'clover' as platform,
    given._connection_id as connection_id,
    given._connection_id as account_id,
    given.kind as source_object,
    given.id as source_record_id,
    given.order_id as source_order_id,
    cast(null as text) as source_order_line_id, -- a refund may name several
    given.payment_id as source_payment_id,
    case when given.voided or given.result in ('FAIL', 'VOIDED') then 'failed' when given.result = 'PENDING' then 'pending'
        else 'succeeded' end as status,
    ---------- money
    {{ money('given.amount') }} as amount,
    {{ money('given.tax') }} as tax,
    cast(null as numeric(38,9)) as shipping, -- Clover does not tell
    currency.code as currency,
    given.reason,
    coalesce({{ json_text('given.card', 'type') }}, {{ json_text('payment."cardTransaction"', 'type') }}) is not null as is_processor,
    ---------- when
    {{ clover_moment('given.created') }} as processed_at,
    given._sdc_deleted_at as deleted_at,
    given._sdc_extracted_at as _loaded_at
from given
left join {{ raw('clover', 'orders') }} as sale on sale.id = given.order_id and sale._connection_id = given._connection_id
left join {{ raw('clover', 'payments') }} as payment on payment.id = given.payment_id and payment._connection_id = given._connection_id
left join {{ raw('clover', 'merchant_properties') }} as merchant on merchant._connection_id = given._connection_id
left join {{ ref('currencies') }} as currency on currency.code = coalesce(sale.currency, merchant."defaultCurrency")
