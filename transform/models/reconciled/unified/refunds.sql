{{ config(meta={'tells': {'refund_key': 'refund_key', 'record': named_record('refund_id'), 'customer_key': 'customer_key'}}) }}
select
    refund.refund_key,
    refund.source_relation, refund.platform, refund.connection_id, refund.account_id,
    refund.source_record_id as refund_id,
    refund.order_key,
    line.order_line_key,
    coalesce(refund.payment_key, mirrored.payment_key) as payment_key,
    refund.customer_key,
    refund.status,
    refund.amount, refund.tax, refund.shipping, refund.currency,
    {{ in_base('refund.amount', 'refund.currency') }} as amount_base,
    {{ base_columns('refund.currency') }},
    refund.reason,
    refund.processed_at,
    refund.is_processor,
    mirrored.refund_key as mirrors_refund_key,
    mirrored.refund_key is null and refund.status = 'succeeded' as is_counted,
    refund._loaded_at,
    '{{ invocation_id }}' as run_id
from {{ ref('int_refunds') }} as refund
left join {{ ref('int_refund_mirrors') }} as noted on noted.refund_key = refund.refund_key
left join {{ ref('int_refund_bookings') }} as booked on booked.refund_key = refund.refund_key
left join {{ ref('int_refunds') }} as mirrored on mirrored.refund_key = coalesce(noted.mirrors_refund_key, booked.mirrors_refund_key)
left join {{ ref('order_lines') }} as line
    on line.platform = refund.platform
    and line.connection_id = refund.connection_id
    and line.order_line_id = refund.source_order_line_id
{{ rate_join('refund.currency', utc_date('refund.processed_at')) }}
