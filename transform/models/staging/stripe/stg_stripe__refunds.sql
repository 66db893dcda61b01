select
    {{ origin('stripe', 'refunds', from='refund') }},
    refund.id as source_record_id,
    cast(null as text) as source_order_id, -- known through the charge
    cast(null as text) as source_order_line_id, -- Stripe refunds money, not goods
    refund.charge as source_payment_id,
    refund.status,
    ---------- money
    {{ stripe_money('refund.amount') }} as amount,
    cast(null as numeric(38,9)) as tax, -- Stripe does not tell
    cast(null as numeric(38,9)) as shipping, -- Stripe does not tell
    upper(refund.currency) as currency,
    refund.reason,
    true as is_processor,
    ---------- when
    {{ from_epoch('refund.created') }} as processed_at,
    refund._sdc_deleted_at as deleted_at,
    refund._sdc_extracted_at as _loaded_at
from {{ raw('stripe', 'refunds') }} as refund
left join {{ ref('currencies') }} as currency on currency.code = upper(refund.currency)
