-- A payment holds what was given back of it, in one sum.
select
    {{ origin('toast', 'payments', from='payment', object='refunds') }},
    payment.guid as source_record_id,
    payment.order_guid as source_order_id,
    cast(null as text) as source_order_line_id, -- Toast refunds payments; lines tell their share
    payment.guid as source_payment_id,
    'succeeded' as status, -- Toast tells only refunds that were made
    ---------- money
    coalesce({{ amount(json_text('payment.refund', 'refundAmount')) }}, 0)
        + coalesce({{ amount(json_text('payment.refund', 'tipRefundAmount')) }}, 0) as amount,
    cast(null as numeric(38,9)) as tax, -- stands in the refunded lines
    cast(null as numeric(38,9)) as shipping, -- Toast does not tell
    restaurant."currencyCode" as currency,
    cast(null as text) as reason, -- Toast keeps none
    payment.type = 'CREDIT' as is_processor,
    ---------- when
    cast({{ json_text('payment.refund', 'refundDate') }} as timestamp with time zone) as processed_at,
    payment._sdc_deleted_at as deleted_at,
    payment._sdc_extracted_at as _loaded_at
from {{ raw('toast', 'payments') }} as payment
left join {{ raw('toast', 'restaurants') }} as restaurant
    on restaurant.guid = payment.restaurant_guid and restaurant._connection_id = payment._connection_id
where payment."refundStatus" in ('PARTIAL', 'FULL')
