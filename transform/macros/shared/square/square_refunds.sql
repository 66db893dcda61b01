{% macro square_refunds(platform) %}
select
    {{ origin(platform, 'refunds', from='refund') }},
    refund.id as source_record_id,
    payment.order_id as source_order_id, -- the refund's own order is the return
    cast(null as text) as source_order_line_id, -- Square refunds money; the goods stand in the return
    refund.payment_id as source_payment_id,
    case refund.status when 'COMPLETED' then 'succeeded' when 'PENDING' then 'pending' else 'failed' end as status,
    ---------- money
    {{ money(json_text('refund.amount_money', 'amount')) }} as amount,
    cast(null as numeric(38,9)) as tax, -- stands in the return
    cast(null as numeric(38,9)) as shipping, -- Square does not tell
    {{ json_text('refund.amount_money', 'currency') }} as currency,
    refund.reason,
    coalesce(refund.destination_type not in ('CASH', 'EXTERNAL'), true) as is_processor,
    ---------- when
    refund.created_at as processed_at,
    refund._sdc_deleted_at as deleted_at,
    refund._sdc_extracted_at as _loaded_at
from {{ raw(platform, 'refunds') }} as refund
left join {{ raw(platform, 'payments') }} as payment
    on payment.id = refund.payment_id and payment._connection_id = refund._connection_id
left join {{ ref('currencies') }} as currency on currency.code = {{ json_text('refund.amount_money', 'currency') }}
{% endmacro %}
