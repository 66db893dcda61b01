select
    {{ origin('mollie', 'refunds', from='refund') }},
    refund.id as source_record_id,
    payment."orderId" as source_order_id,
    cast(null as text) as source_order_line_id, -- Mollie refunds money, not goods
    refund."paymentId" as source_payment_id,
    case refund.status when 'refunded' then 'succeeded' when 'failed' then 'failed' when 'canceled' then 'failed' else 'pending' end as status,
    ---------- money
    {{ mollie_value('refund.amount') }} as amount,
    cast(null as numeric(38,9)) as tax, -- Mollie does not tell
    cast(null as numeric(38,9)) as shipping, -- Mollie does not tell
    {{ json_text('refund.amount', 'currency') }} as currency,
    refund.description as reason,
    true as is_processor,
    ---------- when
    refund."createdAt" as processed_at,
    refund._sdc_deleted_at as deleted_at,
    refund._sdc_extracted_at as _loaded_at
from {{ raw('mollie', 'refunds') }} as refund
left join {{ raw('mollie', 'payments') }} as payment
    on payment.id = refund."paymentId" and payment._connection_id = refund._connection_id
