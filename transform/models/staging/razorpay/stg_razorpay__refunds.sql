select
    {{ origin('razorpay', 'refunds', from='refund') }},
    refund.id as source_record_id,
    cast(null as text) as source_order_id, -- known through the payment
    cast(null as text) as source_order_line_id, -- Razorpay refunds money, not goods
    refund.payment_id as source_payment_id,
    case refund.status when 'processed' then 'succeeded' when 'failed' then 'failed' else 'pending' end as status,
    ---------- money
    {{ money('refund.amount') }} as amount,
    cast(null as numeric(38,9)) as tax, -- Razorpay does not tell
    cast(null as numeric(38,9)) as shipping, -- Razorpay does not tell
    refund.currency,
    coalesce({{ json_text('refund.notes', 'reason') }}, {{ json_text('refund.notes', 'comment') }}) as reason,
    true as is_processor,
    ---------- when
    {{ from_epoch('refund.created_at') }} as processed_at,
    refund._sdc_deleted_at as deleted_at,
    refund._sdc_extracted_at as _loaded_at
from {{ raw('razorpay', 'refunds') }} as refund
left join {{ ref('currencies') }} as currency on currency.code = refund.currency
